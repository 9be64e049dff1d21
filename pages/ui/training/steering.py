"""Asking something of a run: who may, what it answers, and the numbers it trains with now."""

from __future__ import annotations

import time

from pages.ui.shell import cache
from pages.ui.shell.notices import forget_refusal, refuse
from pages.ui.shell.visitor import visitor
from reco_core.errors import RecoError
from reco_core.events import Changed, EpochEnded
from reco_core.jobs.server.permissions import may_steer
from reco_core.runs import RunReading
from reco_core.runs.checkpoint_file import has_state
from reco_core.runs.requests import Change, Request

WATCH_ONLY = "You can watch this run; only its owner can control it."
ANSWER_SECONDS = 0.5


def mine(run: RunReading) -> bool:
    """Whether this visitor may steer the run."""
    return may_steer(run, visitor())


def ask(run: RunReading, request: Request) -> None:
    """Hand a request to the manager; a refusal is kept for the page to say. A callback.

    Waits a moment for the answer, which is mostly there at once: so the page shows it without a look in between.
    """
    forget_refusal()
    try:
        cache.manager().ask(run.id, request, visitor())
    except RecoError as error:
        refuse(error)
        return
    deadline = time.monotonic() + ANSWER_SECONDS
    while run.asked is not None and _soon(run) and time.monotonic() < deadline:
        time.sleep(ANSWER_SECONDS / 25)


def can_go_on(run: RunReading) -> bool:
    """Whether there is a checkpoint to go on from."""
    return run.spec.fit is None and bool(run.epochs()) and has_state(run.folder)


def current_values(run: RunReading) -> dict[str, float]:
    """The numbers of this run that can be changed, as they are now: asked for, else in force, else as set."""
    values = {name: float(getattr(run.settings, name)) for name in run.settings.flagged("changeable")}
    for event in run.events():
        if isinstance(event, EpochEnded):
            values["learning_rate"] = event.learning_rate
        elif isinstance(event, Changed):
            values[event.setting] = event.after
    return values | {change.setting: float(change.value) for change in waiting_changes(run)}


def waiting_changes(run: RunReading) -> list[Change]:
    """What was asked to be changed and is not in force yet, the newest of each setting."""
    done = max((event.serial for event in run.events() if isinstance(event, Changed)), default=0)
    asked = [r for r in run.requests() if isinstance(r, Change) and r.serial > done]
    return list({change.setting: change for change in asked}.values())


def _soon(run: RunReading) -> bool:
    """Whether a process has the run, or takes it at once."""
    manager = cache.manager()
    return run.id in manager.running() or (manager.worker_state == "ready" and manager.position(run.id) == 1)
