"""Steering a run while it learns: pause, go on, one epoch, stop, train further, other numbers."""

from __future__ import annotations

import time

import streamlit as st

from pages.ui import cache
from pages.ui.marks import LABELS
from pages.ui.visitor import visitor
from reco_core.errors import RecoError
from reco_core.events import Changed, EpochEnded
from reco_core.jobs.steering import may_steer
from reco_core.runs import Run
from reco_core.runs.control import CHANGEABLE, Change, Continue, Pause, Request, Step, Stop
from reco_core.runs.state import has_state

WATCH_ONLY = "You can watch this run; only its owner steers it."
FURTHER = 5
LEAST_RATE, MOST = 1e-6, 10.0
FORM_WIDTH = 380
ANSWER_SECONDS = 0.5
FACTORS = {"÷ 10": 0.1, "÷ 2": 0.5, "× 2": 2.0}


def mine(run: Run) -> bool:
    """Whether this visitor may steer the run."""
    return may_steer(run, visitor())


def ask(run: Run, request: Request) -> None:
    """Hand a request to the manager; a refusal is kept for the page to say. A callback.

    Waits a moment for the answer, which is mostly there at once: so the page shows it without a look in between.
    """
    try:
        cache.manager().ask(run.id, request, visitor())
    except RecoError as error:
        st.session_state["refused"] = str(error)
        return
    deadline = time.monotonic() + ANSWER_SECONDS
    while run.asked is not None and _soon(run) and time.monotonic() < deadline:
        time.sleep(ANSWER_SECONDS / 25)


def _soon(run: Run) -> bool:
    """Whether a process has the run, or takes it at once."""
    manager = cache.manager()
    return run.id in manager.running() or (manager.worker_state == "ready" and manager.position(run.id) == 1)


def transport(run: Run, status: str) -> None:
    """The buttons of a run under way or paused, in one row; a sentence instead where it is somebody else's."""
    if not mine(run):
        st.caption(f":material/visibility: {WATCH_ONLY}")
        return
    asked = run.asked if status == "running" else None
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="transport"):
        if run.spec.fit is None:
            _play(run, status, asked)
        if status == "queued":
            _button("Cancel", "stop", "close", run, Stop)
        else:
            stopping = isinstance(asked, Stop)
            _button("Stopping ..." if stopping else "Stop training", "stop", "stop", run, Stop, off=stopping)
        if run.spec.fit is None and status != "queued":
            change_form(run, status)


def _play(run: Run, status: str, asked: Request | None) -> None:
    if status == "running":
        pausing = isinstance(asked, Pause)
        _button("Pausing ..." if pausing else "Pause", "pause", "pause", run, Pause, off=asked is not None, first=True)
    elif status == "paused":
        _button("Continue", "continue", "play_arrow", run, Continue, first=True)
    if status in ("running", "paused"):
        _button(
            "One epoch", "step", "skip_next", run, Step, off=status == "running", tip="Train one epoch, then pause."
        )


def _button(
    label: str,
    key: str,
    icon: str,
    run: Run,
    kind: type[Request],
    off: bool = False,
    first: bool = False,
    tip: str | None = None,
) -> None:
    st.button(
        label,
        key=key,
        icon=f":material/{icon}:",
        type="primary" if first else "secondary",
        disabled=off,
        help=tip,
        on_click=ask,
        args=(run, kind(by=visitor())),
    )


def can_go_on(run: Run) -> bool:
    """Whether there is a checkpoint to go on from."""
    return run.spec.fit is None and bool(run.epochs()) and has_state(run.folder)


def train_further(run: Run, status: str, planned: int) -> None:
    """For a run that rests: to the end of its plan where it is not there, and n epochs more."""
    if not can_go_on(run):
        return
    if not mine(run):
        if status != "paused":
            st.caption(f":material/visibility: {WATCH_ONLY}")
        return
    done = run.epochs()[-1].epoch
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="further"):
        if status in ("interrupted", "stopped") and done < planned:
            _button(f"Go on to epoch {planned}", "continue", "play_arrow", run, Continue, first=True)
        asked = st.session_state.get("further_epochs", FURTHER)
        st.button(
            "Train further",
            key="train_further",
            icon=":material/fast_forward:",
            help="From where it stopped: weights, optimiser and random numbers are kept. It is scored anew at the end.",
            on_click=ask,
            args=(run, Continue(epochs=int(asked), by=visitor())),
        )
        st.number_input(
            "More epochs", 1, 2000, FURTHER, key="further_epochs", width=120, persist_state="session",
            label_visibility="collapsed",
        )  # fmt: skip
        st.markdown(":gray[epochs more]", width="content")


def change_form(run: Run, status: str) -> None:
    """Other numbers while it runs, behind a button; says from when they hold. What is left empty stays as it is."""
    now = current_values(run)
    with (
        st.popover("Change", icon=":material/tune:", key="change"),
        st.container(width=FORM_WIDTH, key="change_form_body"),
    ):
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.markdown(f"Learning rate **{now['learning_rate']:.3g}**", width="stretch")
            for label, factor in FACTORS.items():
                change = Change("learning_rate", _within(now["learning_rate"] * factor), by=visitor())
                st.button(label, key=f"rate_{factor:g}", on_click=ask, args=(run, change))
        with st.form("change_form", clear_on_submit=True, border=False):
            for column, (name, value) in zip(st.columns(len(now), wrap=False), now.items(), strict=True):
                low = LEAST_RATE if name == "learning_rate" else 0.0
                column.number_input(
                    LABELS[name], low, MOST, None, format="%g", key=f"change_{name}", placeholder=f"{value:.3g}"
                )
            st.form_submit_button(
                "Apply", key="apply_change", type="primary", width="stretch", on_click=_apply, args=(run,)
            )
        epochs = run.epochs()
        goes_on = f"when the run goes on, in epoch {epochs[-1].epoch + 1 if epochs else 1}"
        st.caption(f"Takes effect {goes_on if status == 'paused' else 'with the next epoch'}, and is marked there.")


def current_values(run: Run) -> dict[str, float]:
    """The numbers of this run that can be changed, as they are now: asked for, else in force, else as set."""
    values = {name: float(getattr(run.settings, name)) for name in CHANGEABLE if hasattr(run.settings, name)}
    for event in run.events():
        if isinstance(event, EpochEnded):
            values["learning_rate"] = event.learning_rate
        elif isinstance(event, Changed):
            values[event.setting] = event.after
    return values | {change.setting: float(change.value) for change in waiting_changes(run)}


def waiting_changes(run: Run) -> list[Change]:
    """What was asked to be changed and is not in force yet, the newest of each setting."""
    done = max((event.serial for event in run.events() if isinstance(event, Changed)), default=0)
    asked = [r for r in run.requests() if isinstance(r, Change) and r.serial > done]
    return list({change.setting: change for change in asked}.values())


def _apply(run: Run) -> None:
    """Ask for each number that was filled in. A callback."""
    for name in CHANGEABLE:
        wanted = st.session_state.get(f"change_{name}")
        if wanted is not None and hasattr(run.settings, name):
            ask(run, Change(name, float(wanted), by=visitor()))


def _within(rate: float) -> float:
    """A learning rate that may be asked for, with three digits."""
    return float(f"{min(max(rate, LEAST_RATE), MOST):.3g}")
