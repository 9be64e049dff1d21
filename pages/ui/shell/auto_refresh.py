"""Keeps a page that shows runs up to date while some of them wait or train."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.shell import cache
from reco_core.runs import RunView

LOOK_AGAIN = 1.5


def under_way(runs: Sequence[RunView]) -> tuple[str, ...]:
    """The ids of the runs that wait or train."""
    return tuple(run.id for run in runs if run.active)


def look_again(runs: Sequence[RunView], before: tuple[str, ...]) -> None:
    """Start the page once more when others wait or train than before; costs nothing where none did."""
    if not before:
        return

    @st.fragment(run_every=LOOK_AGAIN)
    def look() -> None:
        if under_way(cache.looks(run.id for run in runs)) != before:
            st.rerun()

    look()
