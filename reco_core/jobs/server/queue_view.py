"""Who waits and who trains in a folder of runs, whichever process has them."""

from __future__ import annotations

from dataclasses import dataclass

from reco_core.runs import Run, RunStore
from reco_core.runs.live_status import WAITING
from reco_core.runs.status import StatusName


@dataclass(frozen=True)
class Place:
    """A run that trains (position 0) or waits (1 for the next of its server)."""

    run: Run
    status: StatusName
    position: int


def places_in_queue(store: RunStore) -> list[Place]:
    """The runs that train, then those that wait, in the order in which they were queued."""
    running, waiting = [], []
    for run in store.list():
        status = run.status
        if status == "running":
            running.append(Place(run, status, 0))
        elif status == "queued":
            waiting.append(run)
    waiting.sort(key=_since)
    return running[::-1] + [Place(run, "queued", number) for number, run in enumerate(waiting, start=1)]


def _since(run: Run) -> float:
    """When a manager took the run into its queue."""
    try:
        return (run.folder / WAITING).stat().st_mtime
    except OSError:
        return run.info.created.timestamp()
