"""Slow motion: a run that stands still for a moment after each epoch, so that a quick one can be watched."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import cache
from pages.ui.shell.visitor import visitor
from pages.ui.training.steering import ask, mine
from reco_core.runs import Pace, Run
from reco_core.runs.requests import latest

KEY = "slow_motion"
PACES = {0.0: "Full speed", 0.5: "½ s", 1.0: "1 s"}
ABOUT = (
    "A pause after each epoch, to look at it. It changes nothing in what is learned, and counts as no training time."
)


def slow_motion(run: Run | None) -> None:
    """The choice of this visitor for the runs that are started, and for the one under way if it is theirs."""
    if run is not None and not (mine(run) and run.spec.fit is None):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="slow_motion_choice"):
        st.markdown(":small[Between epochs]", width="content", help=ABOUT)
        st.segmented_control(
            "Slow motion", list(PACES), key=KEY, required=True, default=0.0, format_func=PACES.get,
            persist_state="session", label_visibility="collapsed", on_change=_changed, args=(run,),
        )  # fmt: skip


def pace() -> float:
    """The chosen seconds between two epochs."""
    return float(st.session_state.get(KEY) or 0.0)


def begin_slowly(run: Run) -> None:
    """Tell a run that was just started, where slow motion is chosen."""
    if pace() and run.spec.fit is None:
        cache.manager().ask(run.id, Pace(pace(), by=visitor()), visitor())


def _changed(run: Run | None) -> None:
    """Another pace for the run that is shown. A callback."""
    if run is None or not (run.active or run.status == "paused"):
        return
    asked = latest(Pace, run.requests())
    if (asked.seconds if asked is not None else 0.0) != pace():
        ask(run, Pace(pace(), by=visitor()))
