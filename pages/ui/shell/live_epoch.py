"""A run that is still training, looked at meanwhile: the last epoch whose weights were kept, which a page follows."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import cache
from pages.ui.shell.markdown import md
from reco_core.runs import RunReading

LOOK = 1.0  # seconds between two looks for a later epoch


def last_kept(run: RunReading) -> int | None:
    """The last epoch whose weights were kept, None before the first one is over."""
    kept = run.snapshots()
    return kept[-1] if kept and kept[-1] > 0 else None


def follow(run: RunReading, shown: int) -> None:
    """One line that says which epoch is shown; the page is drawn again with each later kept epoch, and at the end."""

    @st.fragment(run_every=LOOK)
    def line() -> None:
        now = cache.look(run.id)
        status, done = now.status, len(now.epochs())
        if not now.active or last_kept(now) != shown:
            st.rerun()
        where = f"epoch {done} of {now.planned_epochs} done" if status == "running" else "queued"
        st.caption(
            f":blue-badge[:material/progress_activity: Training] {md(run.name)} after epoch {shown}, the latest one "
            f"saved ({where}). This page updates automatically."
        )

    with st.container(key="live_epoch"):
        line()
