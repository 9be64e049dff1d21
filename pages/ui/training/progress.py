"""A run while it waits, trains, rests and ends: what is happening, its curves, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from pages.ui.evaluation.alarm_list import alarm_list
from pages.ui.evaluation.results import beside_baselines, headline
from pages.ui.evaluation.run_settings import run_settings
from pages.ui.shell import cache
from pages.ui.shell.markdown import md, plural
from pages.ui.shell.notices import say_refused
from pages.ui.shell.run_list import LOOKS
from pages.ui.shell.visitor import visitor
from pages.ui.training.curve_cards import curves_of
from pages.ui.training.eta import how_far
from pages.ui.training.live_metrics import strip
from pages.ui.training.pace import pace_of
from pages.ui.training.queue_panel import queue_panel
from pages.ui.training.run_controls import UNDER_WAY, left_of_plan, run_controls
from pages.ui.training.run_form import start_again
from pages.ui.training.steering import ask, can_go_on, mine
from pages.ui.training.tuning_row import tuning_row
from pages.ui.training.watch_panel import nothing, watch_panel
from reco_core.data.item_words import words_of
from reco_core.kinds import ItemKind
from reco_core.ratings import Ratings
from reco_core.runs import RunReading
from reco_core.runs.requests import CONTROL, Continue
from reco_core.runs.status import Status, session

# (up to so many seconds after something was asked, seconds between two looks): a quick run is seen while it learns, a
# step at once; a look at a long one, which takes time from the training and from other tabs, comes less often.
TICKS = ((2.0, 0.3), (6.0, 0.5), (30.0, 1.0))
LAST_TICK = 2.0
QUICKEST = 0.5  # of the ticks, at which the buttons look as often as the curves
FURTHER = 5
RESTS = ("paused", "finished", "stopped", "failed", "interrupted")
BROKEN = ("stopped", "failed", "interrupted")
OVER = ("finished", "stopped")
FACES = {
    "failed": (st.error, "error"),
    "interrupted": (st.warning, "power_off"),
}


def watch(ratings: Ratings, run: RunReading) -> None:
    """The run's panel, which looks again while the run is under way.

    The bar with the buttons comes first and stays at the top of the window; numbers and curves follow. Each part has a
    container of its own, empty or not, of the same height before the end and after it: what comes with the end stands
    below the curves and the lists that are watched, so that nothing changes its place between two looks.
    """
    status, words = run.status, words_of(ratings)
    tick, at_first = tick_of(run, status), _of_page(run, status)

    def now() -> Status:
        state = run.state
        if (tick_of(run, state.name), _of_page(run, state.name)) != (tick, at_first):
            st.rerun()
        return state

    _part("steering", lambda: _bar(run, now()), LAST_TICK if tick is not None and tick > QUICKEST else tick)
    _part("run_panel", lambda: _body(run, now()), tick)
    with st.container(key="run_queue"):
        queue_panel(run)
    in_epochs = run.spec.fit is None
    if not in_epochs:
        run_end(run, run.state, words)
    watch_panel(ratings, run, visitor(), (lambda: run_end(run, run.state, words)) if in_epochs else nothing)
    if status not in UNDER_WAY:
        beside_baselines(run, words)
    run_settings(run)


def followed(run: RunReading) -> bool:
    """Whether this visitor sees, or saw, the run under way: a phone then shows it before the form, to the end."""
    if run.status in UNDER_WAY:
        st.session_state["followed"] = run.id
    return st.session_state.get("followed") == run.id


def tick_of(run: RunReading, status: str) -> float | None:
    """Seconds between two looks at a run: few after somebody asked for something, None when it is over.

    It is not over where it was asked to go on, or where nobody is known to have it: a page must not stop looking at a
    run that trains, whatever one look has found.
    """
    if status not in UNDER_WAY:
        return LAST_TICK if status == "interrupted" or run.to_go_on else None
    quiet = _quiet_seconds(run)
    return next((tick for until, tick in TICKS if quiet < until), LAST_TICK)


def _part(key: str, draw: Callable[[], None], tick: float | None) -> None:
    """A part of the panel, in the same containers whether it is drawn again and again or (tick None) once."""
    with st.container(key=key):
        if tick is not None:
            st.fragment(run_every=tick)(draw)()
            return
        with st.container():
            draw()


def _of_page(run: RunReading, status: str) -> tuple[str, int]:
    """What the rest of the page depends on: whether the run is under way, rests, and where, or how it ended."""
    rests = status == "paused"
    return status if rests or status not in UNDER_WAY else "under way", len(run.epochs()) if rests else 0


def _bar(run: RunReading, state: Status) -> None:
    """Name, status and how far it is, over the buttons: of one height from the first look to the last."""
    word = run.word if state.name not in UNDER_WAY else state.name
    icon, color = LOOKS[word]
    planned = planned_epochs(run)
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, key="run_title"):
        st.header(md(run.name), anchor=False, width="stretch")
        st.badge(word, icon=f":material/{icon}:", color=color)
        with st.container(key="run_progress"):
            share, words = _progress(run, state, planned)
            st.progress(min(max(share, 0.0), 1.0), text=words)
    with st.container(key="run_buttons"):
        run_controls(run, state.name, planned)


def _progress(run: RunReading, state: Status, planned: int) -> tuple[float, str]:
    epochs = run.epochs()
    done = (epochs[-1].epoch if epochs else 0) / max(planned, 1)
    if state.name == "queued":
        return 0.0, _waits(run)
    if state.name == "running":
        return how_far(session(run.events()), planned, pace_of(run))
    if state.name == "finished":
        return 1.0, _finished_words(run)
    return done, md(state.reason)


def _finished_words(run: RunReading) -> str:
    """What was trained and how long it took: `9 epochs in 2.4 s, epoch 6 kept`."""
    finished, epochs = run.finished, run.epochs()
    seconds = (finished.seconds.get("fit") or finished.seconds.get("total")) if finished else None
    if run.spec.fit is not None:
        return "Computed in closed form" + (f", in {seconds:.2f} s" if seconds is not None else "")
    words = plural(epochs[-1].epoch, "epoch") if epochs else "Trained"
    words += f" in {seconds:.1f} s" if seconds is not None else ""
    return words + (f", epoch {finished.best_epoch} kept" if finished and finished.best_epoch else "")


def _body(run: RunReading, state: Status) -> None:
    """What was refused, the numbers that may change, the figures of now, and the curves; none for a closed form."""
    planned = planned_epochs(run)
    with st.container(key="run_refused"):
        say_refused()
    if run.spec.fit is not None:
        return
    with st.container(key="run_tuning"):
        if mine(run):
            tuning_row(run, state.name)
    with st.container(key="run_figures"):
        measure = "rmse" if run.spec.predicts_stars else "ndcg"
        strip(run.epochs(), planned, measure, (run.metrics or {}).get("test") if state.name in OVER else None)
    with st.container(key="run_curves"):
        curves_of(run, planned)


def _quiet_seconds(run: RunReading) -> float:
    """Seconds since the run was made, or anything was asked of it."""
    try:
        asked = (run.folder / CONTROL).stat().st_mtime
    except OSError:
        asked = 0.0
    return datetime.now(UTC).timestamp() - max(asked, run.info.created.timestamp())


def planned_epochs(run: RunReading) -> int:
    """Epochs of the whole plan: as the run began or last went on, else from its settings."""
    return run.planned_epochs or (sum(s.epochs for s in run.spec.stages(run.settings)) if run.spec.stages else 1)


def run_end(run: RunReading, state: Status, words: ItemKind) -> None:
    """How a run that rests or is over ended, what it reached, and what can be done next; nothing while it trains."""
    status = state.name
    if status in ("queued", "running"):
        return
    with st.container(key="run_end"):
        if state.reason and status not in UNDER_WAY:
            kind, icon = FACES.get(status, (st.info, "info"))
            kind(md(state.reason), icon=f":material/{icon}:")
        if status in OVER:
            headline(run, words)
        if status in RESTS and can_go_on(run) and mine(run) and not run.diverged:
            _further(run, status, planned_epochs(run))
        if status == "failed" and run.diverged:
            alarm_list(run, key="failed_alarms")
        elif status in BROKEN and not can_go_on(run):
            _again(run)


def _further(run: RunReading, status: str, planned: int) -> None:
    """For a run that rests: n epochs more than it has."""
    asked = st.session_state.get("further_epochs", FURTHER)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="further"):
        st.button(
            "Train further",
            key="train_further",
            icon=":material/fast_forward:",
            type="secondary" if left_of_plan(run, status, planned) else "primary",
            help="Resumes where it stopped, with the same weights, optimiser and random state. It is evaluated again "
            "at the end.",
            on_click=ask,
            args=(run, Continue(epochs=int(asked), by=visitor())),
        )
        st.number_input(
            "More epochs", 1, 2000, FURTHER, key="further_epochs", width=110, persist_state="session",
            label_visibility="collapsed",
        )  # fmt: skip
        st.markdown(":gray[epochs]", width="content")


def _again(run: RunReading) -> None:
    st.button(
        "Train again with the same settings",
        key="again",
        type="primary",
        icon=":material/replay:",
        on_click=start_again,
        args=(run,),
    )


def _waits(run: RunReading) -> str:
    """Why a run has not begun yet."""
    place = cache.manager().position(run.id) or 1
    why = {
        "starting": "The training process is starting; the run begins as soon as it is ready.",
        "busy": f"Queued: another run is training, with {plural(place - 1, 'run')} before this one."
        if place > 1
        else "Queued: another run is training; this one is next.",
        "off": "The training process is off; the run starts when it is back.",
    }
    return why.get(cache.manager().worker_state, "About to start.")
