"""A run while it waits, trains and ends: what is happening, its curves, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from pages.ui import cache, curves
from pages.ui.results import beside_baselines, headline
from pages.ui.run_form import start_again, stop
from pages.ui.runs import LOOKS
from pages.ui.text import md, plural
from pages.ui.watch_panel import watch_panel
from reco_core.events import EpochEnded, Evaluating, Event, Progress, StageStarted
from reco_core.ratings import Ratings
from reco_core.runs import Run

TICK = 0.5
FIRST_TICK = 0.25  # for the first seconds, so that a quick run is seen while it learns
FIRST_SECONDS = 10.0
WORKER_WORDS = {
    "starting": (":orange-badge[:material/hourglass_top: Training process is starting]", "It loads TensorFlow once."),
    "ready": (":green-badge[:material/check_circle: Training process ready]", "A run begins at once."),
    "busy": (":blue-badge[:material/progress_activity: Training process busy]", "A new run waits for its turn."),
    "off": (":gray-badge[:material/power_off: Training process off]", "Runs stay queued until it is there."),
}


def worker_line() -> None:
    """What the training process is doing, kept up to date while it starts."""
    state = cache.manager().worker_state

    @st.fragment(run_every=1.0 if state == "starting" else None)
    def line() -> None:
        now = cache.manager().worker_state
        if now != state:
            st.rerun()
        badge, meaning = WORKER_WORDS[now]
        st.markdown(badge, help=meaning, width="content")

    line()


def watch(ratings: Ratings, run: Run) -> None:
    """The run's panel; looks again while the run is under way, and starts the page once more when it is over."""
    if run.active:
        _watch_active(run)
    else:
        state = run.state
        _head(run, state.name)
        _face(run, state.name, state.reason, run.events())
        headline(run)
        _curves_of(run)
        beside_baselines(run)
    watch_panel(ratings, run)


def _watch_active(run: Run) -> None:
    young = _age(run) < FIRST_SECONDS

    @st.fragment(run_every=FIRST_TICK if young else TICK)
    def panel() -> None:
        state = run.state
        if state.name not in ("queued", "running") or (young and _age(run) > FIRST_SECONDS):
            st.rerun()
        _head(run, state.name)
        _face(run, state.name, state.reason, run.events())
        _curves_of(run)

    panel()


def _curves_of(run: Run) -> None:
    lines = run.started.lines if run.started else {}
    draw_curves(run.epochs(), planned_epochs(run), lines, run.spec.predicts_stars)


def _age(run: Run) -> float:
    """Seconds since the run was asked for."""
    return (datetime.now(UTC) - run.info.created).total_seconds()


def planned_epochs(run: Run) -> int:
    """Epochs of the whole plan: as the run began, else from its settings."""
    if run.started:
        return max(run.started.epochs, 1)
    return sum(stage.epochs for stage in run.spec.stages(run.settings)) if run.spec.stages else 1


def draw_curves(epochs: Sequence[EpochEnded], planned: int, lines: dict[str, float], stars: bool) -> None:
    """RMSE in stars with the lines to beat, and the loss, side by side."""
    left, right = st.columns(2)
    if stars:
        with left, st.container(border=True, key="rmse_card"):
            st.markdown("**RMSE in stars** :small[:gray[lower is better]]")
            _draw(curves.rmse_chart(epochs, planned, lines), "rmse_curve", "RMSE in stars by epoch, with baselines")
    with right if stars else left, st.container(border=True, key="loss_card"):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.markdown("**Loss**", width="content")
            log = st.toggle("Log scale", key="log_scale", persist_state="session")
        _draw(curves.loss_chart(epochs, planned, log), "loss_curve", "Loss by epoch")


def _draw(chart: curves.LiveChart, key: str, words: str) -> None:
    st.vega_lite_chart(chart.table, chart.spec, key=key, width="stretch", alt=words)


def _head(run: Run, status: str) -> None:
    icon, color = LOOKS[status]
    with st.container(horizontal=True, vertical_alignment="center", key="run_head"):
        st.subheader(md(run.name), anchor=False, width="stretch")
        st.badge(status, icon=f":material/{icon}:", color=color)
        if status in ("queued", "running"):
            asked = run.stop_asked()
            st.button(
                "Stopping ..." if asked else "Stop training",
                key="stop",
                icon=":material/stop:",
                disabled=asked,
                on_click=stop,
                args=(run,),
            )


def _face(run: Run, status: str, reason: str, events: Sequence[Event]) -> None:
    """The line under the head: where it waits, how far it is, or how it ended and what to do about it."""
    if status == "queued":
        _queued(run)
    elif status == "running":
        share, text = how_far(events, planned_epochs(run))
        st.progress(share, text=text)
    elif reason:
        kind, icon = (st.error, "error") if status in ("failed", "interrupted") else (st.info, "info")
        kind(md(reason), icon=f":material/{icon}:")
    if status in ("failed", "interrupted") or (status == "stopped" and not run.has_result):
        st.button(
            "Train again with the same settings",
            key="again",
            type="primary",
            icon=":material/replay:",
            on_click=start_again,
            args=(run,),
        )


def _queued(run: Run) -> None:
    waiting = cache.manager().queue()
    before = waiting.index(run.id) if run.id in waiting else 0
    worker = cache.manager().worker_state
    why = {
        "starting": "The training process is starting; the run begins as soon as it is ready.",
        "busy": f"Waiting: another run trains, and {plural(before, 'run')} more before this one."
        if before
        else "Waiting: another run trains; this one is next.",
        "off": "The training process is off; the run begins when it is back.",
    }
    st.progress(0.0, text=why.get(worker, "About to begin."))


def how_far(events: Sequence[Event], planned: int) -> tuple[float, str]:
    """(share done 0..1, sentence) of a run that trains."""
    if any(isinstance(event, Evaluating) for event in events):
        return 1.0, "Scoring the held-out rows."
    epoch = _last(EpochEnded, events)
    progress = _last(Progress, events)
    stage = _last(StageStarted, events)
    done = epoch.epoch if epoch else 0
    within = progress.rows_done / max(progress.rows_total, 1) if progress and progress.epoch > done else 0.0
    if not epoch and not progress:
        return 0.0, "Preparing: reading the ratings and compiling the first epoch."
    words = [f"Epoch {min(done + 1, planned)} of {planned}"]
    if stage and stage.stage > 1:
        words.append(stage.name)
    newest = progress or epoch
    words.append(f"{newest.ratings_per_second:,.0f} ratings a second")
    if progress:
        words.append(f"{_duration(progress.seconds_left)} left")
    return min((done + within) / planned, 1.0), " · ".join(words)


def _last(kind: type, events: Sequence[Event]):
    return next((event for event in reversed(events) if isinstance(event, kind)), None)


def _duration(seconds: float) -> str:
    """`4 s`, `2 min 5 s`, `1 h 3 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
