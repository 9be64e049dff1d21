"""What became of a run, worked out from its events and from who still holds it: never stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from reco_core.events import EpochEnded, Event, Failed, Finished, Started, Stopped

StatusName: TypeAlias = Literal["queued", "running", "finished", "stopped", "failed", "interrupted"]
Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Status:
    """One word, and one sentence for a person (empty where the word says it all)."""

    name: StatusName
    reason: str = ""


def last_of(kind: type[Kind], events: Sequence[Event]) -> Kind | None:
    """The newest event of a kind."""
    return next((event for event in reversed(events) if isinstance(event, kind)), None)


def ended(events: Sequence[Event]) -> Status | None:
    """The status that the events alone decide, or None while they leave the end open."""
    finished, failed, stopped = (last_of(kind, events) for kind in (Finished, Failed, Stopped))
    if failed is not None:
        return Status("failed", failed.reason)
    if stopped is not None and stopped.reason == "asked" and (finished is not None or stopped.epoch == 0):
        return Status("stopped", _stopped(stopped.epoch))
    if finished is None:
        return None
    if stopped is not None:
        return Status("finished", f"Ended early, after epoch {stopped.epoch}: the validation loss no longer fell.")
    return Status("finished")


def current(events: Sequence[Event], working: Callable[[], bool], waiting: Callable[[], bool]) -> Status | None:
    """The status of a run without an end: who holds it decides; None where nobody does."""
    if working():
        return Status("running")
    if waiting() and last_of(Started, events) is None:
        return Status("queued")
    return None


def interrupted(events: Sequence[Event], note: str) -> Status:
    """The status of a run that nobody holds and that has no end: its process is gone."""
    started, epoch = last_of(Started, events), last_of(EpochEnded, events)
    if started is None and not note:
        return Status("interrupted", "The app was closed before this run began.")
    if epoch is None:
        kept = "before its first epoch was over; nothing is kept"
    else:
        kept = f"after epoch {epoch.epoch} of {started.epochs if started else '?'}; its last saved epoch is kept"
    return Status("interrupted", f"{note or 'The process that trained this run is gone'}: it ended {kept}.")


def _stopped(epoch: int) -> str:
    if epoch == 0:
        return "Stopped before its first epoch was over; there is no result."
    return f"Stopped after epoch {epoch}, as asked; it was scored as it stood."
