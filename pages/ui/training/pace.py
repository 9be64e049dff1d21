"""The pace of training: a run may stand still for a moment after each epoch, so that a quick one can be watched."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import cache
from pages.ui.shell.browser_memory import remember, remembered
from pages.ui.shell.visitor import visitor
from pages.ui.training.steering import ask, mine
from reco_core.runs import Pace, RunReading
from reco_core.runs.requests import latest

KEY, CHOSEN = "pace", "pace_chosen"
PACES = {0.0: "Full speed", 0.5: "½ s", 1.0: "1 s"}
FIRST = 0.5
ABOUT = (
    "A pause after each epoch, so that you can watch. It affects neither the result nor the training time, and this "
    "browser remembers it. Your first run pauses ½ s."
)


def choose_pace(run: RunReading | None) -> None:
    """Draw the choice: it holds for the runs that are started, and at once for the one shown if it is theirs."""
    if KEY not in st.session_state:
        under_way = run is not None and run.spec.fit is None and run.active and mine(run)
        st.session_state[KEY] = _nearest(pace_of(run)) if under_way else _usual()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="pace_choice", width="content"):
        st.markdown(":small[Pause between epochs]", width="content", help=ABOUT)
        st.segmented_control(
            "Pause between epochs", list(PACES), key=KEY, required=True, format_func=PACES.get,
            persist_state="session", label_visibility="collapsed", on_change=_changed, args=(run,),
        )  # fmt: skip
    if CHOSEN in st.session_state:
        remember(KEY, f"{pace():g}")


def pace() -> float:
    """The chosen seconds between two epochs; 0 where nobody was asked yet."""
    return float(st.session_state.get(KEY) or 0.0)


def pace_of(run: RunReading) -> float:
    """Seconds for which a run stands still between two epochs, as it was last asked to."""
    asked = latest(Pace, run.requests())
    return asked.seconds if asked is not None else 0.0


def begin_slowly(run: RunReading) -> None:
    """Tell a run that was just started, where a pause is chosen."""
    if pace() and run.spec.fit is None:
        cache.manager().ask(run.id, Pace(pace(), by=visitor()), visitor())


def _usual() -> float:
    """What this browser chose last; half a second for a visitor who has no run yet, else full speed."""
    kept = {f"{seconds:g}": seconds for seconds in PACES}.get(remembered(KEY) or "")
    if kept is not None:
        return kept
    return 0.0 if any(run.info.owner == visitor() for run in cache.runs()) else FIRST


def _nearest(seconds: float) -> float:
    """The choice that comes nearest to a pace that was asked for elsewhere."""
    return min(PACES, key=lambda offered: abs(offered - seconds))


def _changed(run: RunReading | None) -> None:
    """Another pace for the run that is shown. A callback."""
    st.session_state[CHOSEN] = True
    if run is None or run.spec.fit is not None or not mine(run) or not (run.active or run.status == "paused"):
        return
    if pace_of(run) != pace():
        ask(run, Pace(pace(), by=visitor()))
