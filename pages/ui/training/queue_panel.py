"""The training process and its queue: what it is doing, who waits, and cancelling one's own run."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import cache, selection
from pages.ui.shell.markdown import md
from pages.ui.shell.visitor import visitor
from pages.ui.training.steering import ask, mine
from reco_core.errors import RecoError
from reco_core.runs import RunReading
from reco_core.runs.requests import Stop

TICK = 1.0
MOST = 8
WORKER_WORDS = {
    "starting": (":orange-badge[:material/hourglass_top: Training process is starting]", "It loads TensorFlow once."),
    "ready": (":green-badge[:material/check_circle: Training process ready]", "A new run starts at once."),
    "busy": (":blue-badge[:material/progress_activity: Training process busy]", "A new run is queued."),
    "off": (":gray-badge[:material/power_off: Training process off]", "Runs stay queued until it is back."),
}


def worker_line(active: bool) -> None:
    """What the training process is doing, kept up to date while it starts or has a run.

    active: the run that is shown has it, or waits for it; its panel looks for both then, and a look costs the browser.
    """
    at_first = cache.manager().worker_state

    @st.fragment(run_every=TICK if at_first == "starting" or (at_first == "busy" and not active) else None)
    def line() -> None:
        now = cache.manager().worker_state
        if now != at_first and "starting" in (now, at_first):
            st.rerun()
        badge, meaning = WORKER_WORDS[now]
        st.markdown(badge, help=meaning, width="content")

    line()


def queue_panel(shown: RunReading | None) -> None:
    """Runs that train or wait beside the one that is shown; nothing where there are none."""
    running, waiting = _runs(shown)
    if not running and not waiting:
        return

    @st.fragment(run_every=TICK)
    def panel() -> None:
        running, waiting = _runs(shown)
        if not running and not waiting:
            st.rerun()
        with st.container(border=True, key="queue", gap="xsmall"):
            st.markdown("**Queue** :small[:gray[one run at a time, in this order]]")
            for id_ in running[:MOST]:
                _row(id_, 0)
            for place, id_ in enumerate(waiting[:MOST], start=1):
                _row(id_, place)
            if len(waiting) > MOST:
                st.caption(f"And {len(waiting) - MOST} more.")

    panel()


def place_words(place: int) -> str:
    """`training` (0), `next`, `place 3 in the queue`."""
    return ("training", "next")[place] if place < 2 else f"place {place} in the queue"


def _runs(shown: RunReading | None) -> tuple[list[str], list[str]]:
    """Ids of the runs that train (without the one that is shown) and of all that wait; none where it waits alone."""
    manager = cache.manager()
    own = shown.id if shown is not None else None
    running, waiting = [id_ for id_ in manager.running() if id_ != own], manager.queue()
    return running, [] if waiting == [own] and not running else waiting


def _row(id_: str, place: int) -> None:
    try:
        run = cache.store().open(id_)
    except RecoError:  # deleted a moment ago
        return
    yours = run.info.owner == visitor()
    who = "yours" if yours else "another visitor's" if run.info.owner else "from the command line"
    done = f" · epoch {run.epochs()[-1].epoch} of {run.planned_epochs}" if run.epochs() else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"queue_{id_}"):
        words = f":small[:gray[{place_words(place)}{done} · {who}]]"
        st.markdown(f"**{md(run.name)}** {words}", width="stretch")
        if st.button("Open", key=f"queue_open_{id_}", type="tertiary"):
            selection.choose("run", id_)
            st.rerun()
        if mine(run):
            st.button(
                "Cancel" if place else "Stop",
                key=f"cancel_{id_}",
                type="tertiary",
                icon=":material/close:",
                on_click=ask,
                args=(run, Stop(by=visitor())),
            )
