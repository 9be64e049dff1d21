"""A run while it waits, trains, rests and ends: what is happening, its curves, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from pages.ui import cache
from pages.ui.curve_cards import curves_of
from pages.ui.marks import LABELS
from pages.ui.results import beside_baselines, headline
from pages.ui.run_form import start_again
from pages.ui.runs import LOOKS
from pages.ui.steering import can_go_on, train_further, transport, waiting_changes
from pages.ui.strip import strip
from pages.ui.text import md, plural
from pages.ui.visitor import visitor
from pages.ui.watch_panel import watch_panel
from reco_core.events import Continued, EpochEnded, Evaluating, Event, Progress, StageStarted
from reco_core.ratings import Ratings
from reco_core.runs import Run
from reco_core.runs.control import CONTROL
from reco_core.runs.status import Status, last_of, session

FIRST_TICK, TICK, SLOW_TICK = 0.3, 0.5, 2.0
FIRST_SECONDS = 20.0  # after something was asked: a quick run is seen while it learns, a step at once
RECENT = 10
UNDER_WAY = ("queued", "running", "paused")
RESTS = ("paused", "finished", "stopped", "failed", "interrupted")
BROKEN = ("stopped", "failed", "interrupted")
FACES = {
    "failed": (st.error, "error"),
    "interrupted": (st.warning, "power_off"),
}


def watch(ratings: Ratings, run: Run) -> None:
    """The run's panel; looks again while the run is under way, and starts the page once more when it is over.

    Each part has a container of its own, empty or not, so that nothing changes its place between two looks.
    """
    state = run.state
    with st.container(key="run_panel"):
        if state.name in UNDER_WAY:
            _watch_live(run, state.name)
        else:
            with st.container():
                _draw(run, state)
    watch_panel(ratings, run, visitor())
    if state.name not in UNDER_WAY:
        beside_baselines(run)


def followed(run: Run) -> bool:
    """Whether this visitor sees, or saw, the run under way: a phone then shows it before the form, to the end."""
    if run.status in UNDER_WAY:
        st.session_state["followed"] = run.id
    return st.session_state.get("followed") == run.id


def tick_of(run: Run, status: str) -> float | None:
    """Seconds between two looks at a run: few after somebody asked for something, None when it is over."""
    if status not in UNDER_WAY:
        return None
    if _quiet_seconds(run) < FIRST_SECONDS:
        return FIRST_TICK
    return SLOW_TICK if status == "paused" else TICK


def _watch_live(run: Run, status: str) -> None:
    tick, at_first = tick_of(run, status), _of_page(run, status)

    @st.fragment(run_every=tick)
    def panel() -> None:
        state = run.state
        if tick_of(run, state.name) != tick or _of_page(run, state.name) != at_first:
            st.rerun()
        _draw(run, state)

    panel()


def _of_page(run: Run, status: str) -> tuple[bool, int]:
    """What the rest of the page depends on: whether the run rests, and where."""
    return status == "paused", len(run.epochs()) if status == "paused" else 0


def _draw(run: Run, state: Status) -> None:
    planned = planned_epochs(run)
    with st.container(key="run_head"):
        _head(run, state.name)
    with st.container(key="run_buttons"):
        if state.name in UNDER_WAY:
            transport(run, state.name)
    with st.container(key="run_face"):
        _face(run, state, planned)
    with st.container(key="run_figures"):
        if state.name in ("finished", "stopped"):
            headline(run)
        else:
            strip(run.epochs(), planned)
    with st.container(key="run_curves"):
        curves_of(run, planned)


def _quiet_seconds(run: Run) -> float:
    """Seconds since the run was made, or anything was asked of it."""
    try:
        asked = (run.folder / CONTROL).stat().st_mtime
    except OSError:
        asked = 0.0
    return datetime.now(UTC).timestamp() - max(asked, run.info.created.timestamp())


def planned_epochs(run: Run) -> int:
    """Epochs of the whole plan: as the run began or last went on, else from its settings."""
    return run.planned_epochs or (sum(s.epochs for s in run.spec.stages(run.settings)) if run.spec.stages else 1)


def _head(run: Run, status: str) -> None:
    icon, color = LOOKS[status]
    with st.container(horizontal=True, vertical_alignment="center", key="run_title"):
        st.subheader(md(run.name), anchor=False, width="stretch")
        st.badge(status, icon=f":material/{icon}:", color=color)


def _face(run: Run, state: Status, planned: int) -> None:
    """Where it waits, how far it is, or how it ended and what to do about it."""
    status = state.name
    if status in UNDER_WAY:
        _said(run)
    if status == "queued":
        _queued(run)
    elif status == "running":
        share, text = how_far(session(run.events()), planned)
        st.progress(share, text=text)
    elif status == "paused":
        st.caption(f":material/pause_circle: {md(state.reason)}")
    elif state.reason:
        kind, icon = FACES.get(status, (st.info, "info"))
        kind(md(state.reason), icon=f":material/{icon}:")
    if status in RESTS:
        train_further(run, status, planned)
    if status in BROKEN and not can_go_on(run):
        _again(run)


def _again(run: Run) -> None:
    st.button(
        "Train again with the same settings",
        key="again",
        type="primary",
        icon=":material/replay:",
        on_click=start_again,
        args=(run,),
    )


def _said(run: Run) -> None:
    """A refusal of the last request, once; and what was asked for and is still to come."""
    if sentence := st.session_state.pop("refused", None):
        st.error(md(sentence), icon=":material/error:")
    if coming := waiting_changes(run):
        words = ", ".join(f"{LABELS[change.setting]} {change.value:g}" for change in coming)
        st.caption(f":material/schedule: From the next epoch on: {words}.")


def _queued(run: Run) -> None:
    place = cache.manager().position(run.id) or 1
    worker = cache.manager().worker_state
    why = {
        "starting": "The training process is starting; the run begins as soon as it is ready.",
        "busy": f"Waiting: another run trains, and {plural(place - 1, 'run')} more before this one."
        if place > 1
        else "Waiting: another run trains; this one is next.",
        "off": "The training process is off; the run begins when it is back.",
    }
    st.progress(0.0, text=why.get(worker, "About to begin."))


def how_far(events: Sequence[Event], planned: int) -> tuple[float, str]:
    """(share done 0..1, sentence) of a run that trains, from the events since it began or last went on."""
    if any(isinstance(event, Evaluating) for event in events):
        return 1.0, "Scoring the held-out rows."
    epoch, progress, stage = last_of(EpochEnded, events), last_of(Progress, events), last_of(StageStarted, events)
    went_on = last_of(Continued, events)
    done = epoch.epoch if epoch else went_on.epoch if went_on else 0
    within = progress.rows_done / max(progress.rows_total, 1) if progress and progress.epoch > done else 0.0
    if not epoch and not progress:
        return (
            done / planned,
            "Going on." if went_on else "Preparing: reading the ratings and compiling the first epoch.",
        )
    words = [f"Epoch {min(done + 1, planned)} of {planned}"]
    if stage and stage.stage > 1:
        words.append(stage.name)
    if (left := _seconds_left(events, planned - done - within)) is not None:
        words.append(f"{_duration(left)} left")
    return min((done + within) / planned, 1.0), " · ".join(words)


def _seconds_left(events: Sequence[Event], epochs_left: float) -> float | None:
    """By the last epochs with all that comes between them; before there are two, as the training estimates it."""
    clocks = [event.elapsed for event in events if isinstance(event, EpochEnded)][-RECENT:]
    if len(clocks) > 1:
        return max(epochs_left, 0.0) * (clocks[-1] - clocks[0]) / (len(clocks) - 1)
    progress = last_of(Progress, events)
    return progress.seconds_left if progress else None


def _duration(seconds: float) -> str:
    """`4 s`, `2 min 5 s`, `1 h 3 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
