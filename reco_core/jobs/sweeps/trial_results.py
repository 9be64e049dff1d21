"""What became of the runs of a sweep; those that are over are read once, and remembered until their files change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from reco_core.errors import RunError
from reco_core.jobs.results.validation_scores import Score, score_of
from reco_core.runs import Run, RunStore
from reco_core.runs.recording import EVENTS
from reco_core.runs.requests import CONTROL
from reco_core.runs.run_spec import INFO
from reco_core.runs.status import StatusName

OVER = ("finished", "stopped", "failed")
Stamp = tuple[tuple[int, int, int] | None, ...]


@dataclass(frozen=True)
class Outcome:
    """A run in a few words; word: its status for people, such as diverged; scored: whether it came to an end that was
    scored; seconds: None before that."""

    id: str
    name: str
    status: StatusName
    word: str
    epochs: int
    score: Score | None
    scored: bool
    seconds: float | None


_remembered: WeakKeyDictionary[RunStore, dict[str, tuple[Stamp, Outcome]]] = WeakKeyDictionary()


def outcome_of(store: RunStore, run_id: str) -> Outcome | None:
    """The outcome of a run, None for one that was deleted or cannot be read.

    A run that is over, and of which nothing is asked, stays so until one of its files is written: that costs three
    looks at the folder, where reading it costs its whole log.
    """
    known, stamp = _remembered.setdefault(store, {}), _stamp(store.root / run_id)
    if run_id in known and known[run_id][0] == stamp:
        return known[run_id][1]
    try:
        run = store.open(run_id)
        outcome = _read(run)
    except RunError:
        known.pop(run_id, None)
        return None
    if outcome.status in OVER and run.asked is None:
        known[run_id] = stamp, outcome
    return outcome


def _read(run: Run) -> Outcome:
    finished = run.finished
    return Outcome(
        id=run.id,
        name=run.name,
        status=run.status,
        word=run.word,
        epochs=len(run.epochs()),
        score=score_of(run),
        scored=finished is not None,
        seconds=finished.seconds.get("total") if finished is not None else None,
    )


def _stamp(folder: Path) -> Stamp:
    """Which version of each of a run's files is there."""
    return tuple(_version(folder / name) for name in (INFO, EVENTS, CONTROL))


def _version(path: Path) -> tuple[int, int, int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_ino, state.st_size, state.st_mtime_ns
