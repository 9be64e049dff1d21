"""The buttons that steer a run: always the same four in the same places, live or not as the run's status allows.

A button that appears, goes or moves while somebody presses it loses the click, or gives it to its neighbour. So no
button here is ever added, taken away or moved while a run is looked at; what cannot be done now is greyed out.
"""

from __future__ import annotations

import streamlit as st

from pages.ui.shell.visitor import visitor
from pages.ui.training.steering import WATCH_ONLY, ask, can_go_on, mine
from reco_core.runs import RunReading
from reco_core.runs.requests import Continue, Pause, Request, Step, Stop

UNDER_WAY = ("queued", "running", "paused")
GOES_ON = ("paused", "stopped", "failed", "interrupted")  # to the end of its plan, where it is not there
STEPS = (*GOES_ON, "finished")
STOPS = ("queued", "running", "paused", "interrupted")


def run_controls(run: RunReading, status: str, planned: int) -> None:
    """The buttons of a run that can be steered; a sentence instead where it is somebody else's.

    Those of a model in epochs stay when nothing can be pressed any more; a closed form can only be stopped.
    """
    if status not in UNDER_WAY and run.spec.fit is not None:
        return
    if not mine(run):
        st.caption(f":material/visibility: {WATCH_ONLY}")
        return
    asked = run.asked if status == "running" else None
    stopping = isinstance(asked, Stop)
    word = "Cancel" if status == "queued" else "Stopping ..." if stopping else "Stop training"
    with st.container(key="transport"):
        if run.spec.fit is None:
            _play(run, status, asked, planned)
        icon = "close" if status == "queued" else "stop"
        _button(word, "stop", icon, run, Stop, live=_stops(run, status) and not stopping)


def left_of_plan(run: RunReading, status: str, planned: int) -> bool:
    """Whether a run that rests has epochs of its plan before it."""
    return status in GOES_ON and (status == "paused" or (can_go_on(run) and run.epochs()[-1].epoch < planned))


def _stops(run: RunReading, status: str) -> bool:
    """Whether there is something to stop; of a run whose process is gone, to score as it stands."""
    return status in STOPS and (status != "interrupted" or can_go_on(run))


def _play(run: RunReading, status: str, asked: Request | None, planned: int) -> None:
    pausing, goes_on = isinstance(asked, Pause), left_of_plan(run, status, planned)
    word = "Pausing ..." if pausing else "Pause"
    _button(word, "pause", "pause", run, Pause, live=status == "running" and asked is None)
    _button("Continue", "continue", "play_arrow", run, Continue, live=goes_on)
    _button(
        "One epoch", "step", "skip_next", run, Step, live=status == "paused" or (status in STEPS and can_go_on(run))
    )


def _button(label: str, key: str, icon: str, run: RunReading, kind: type[Request], live: bool = True) -> None:
    """A button whose label may change; its key and its kind do not, so that it stays the same one to the browser.

    A button of another type is another element, so workbench.css gives Pause and Continue their colour. And it has no
    tip: a button with one is there twice, and one of them hidden.
    """
    st.button(
        label,
        key=key,
        icon=f":material/{icon}:",
        disabled=not live,
        width="stretch",
        on_click=ask,
        args=(run, kind(by=visitor())),
    )
