"""What became of a run, worked out from its events and from who still holds it: never stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from reco_core.events import Continued, EpochEnded, Event, Failed, Finished, Paused, Started, Stopped
from reco_core.runs.requests import Continue, Request, Step, Stop

StatusName: TypeAlias = Literal["queued", "running", "paused", "finished", "stopped", "failed", "interrupted"]
Kind = TypeVar("Kind", bound=Event)


@dataclass(frozen=True)
class Status:
    """One word, and one sentence for a person (empty where the word says it all)."""

    name: StatusName
    reason: str = ""


def last_of(kind: type[Kind] | tuple[type[Kind], ...], events: Sequence[Event]) -> Kind | None:
    """The newest event of a kind, or of several."""
    return next((event for event in reversed(events) if isinstance(event, kind)), None)


def session(events: Sequence[Event]) -> Sequence[Event]:
    """The events since the run last went on, all of them where it never did: what came before was superseded."""
    for place in range(len(events) - 1, -1, -1):
        if isinstance(events[place], Continued):
            return events[place:]
    return events


def ended(events: Sequence[Event]) -> Status | None:
    """The status that the events alone decide, or None while they leave the end open."""
    now = session(events)
    finished, failed = last_of(Finished, now), last_of(Failed, now)
    stopped, paused = last_of(Stopped, now), last_of(Paused, now)
    if failed is not None:
        return Status("failed", failed.reason)
    if stopped is not None and stopped.reason == "asked" and (finished is not None or stopped.epoch == 0):
        return Status("stopped", _stopped(stopped.epoch))
    if finished is not None and stopped is not None:
        last = last_of(EpochEnded, events)
        ranks = last is not None and last.val_ndcg is not None
        why = (
            "NDCG@10 on the validation rows no longer improved" if ranks else "the validation error no longer improved"
        )
        return Status("finished", f"Stopped early after epoch {stopped.epoch}: {why}.")
    if finished is not None:
        return Status("finished")
    if paused is not None:
        return Status("paused", f"Paused after epoch {paused.epoch} of {planned(events) or '?'}.")
    return None


def planned(events: Sequence[Event]) -> int:
    """Epochs of the whole run as planned when it began or last went on; 0 before it began."""
    return next((event.epochs for event in reversed(events) if isinstance(event, (Started, Continued))), 0)


def goes_on(asked: Request | None, events: Sequence[Event]) -> bool:
    """Whether an unanswered request lets a run that rests be trained (or, for Stop, scored) once more."""
    if isinstance(asked, Stop):
        over = ended(events)
        return (over is None or over.name == "paused") and last_of(Started, events) is not None
    return isinstance(asked, (Continue, Step))


def current(
    events: Sequence[Event], asked: Request | None, working: Callable[[], bool], waiting: Callable[[], bool]
) -> Status | None:
    """The status as events, the last unanswered request and the holders of the run give it; None where nobody has it.

    A request to go on counts from the moment that somebody waits with the run or works on it.
    """
    over, more = ended(events), goes_on(asked, events)
    if over is not None and not more:
        return over
    # Who waits with a run may be about to hand it to who works on it: in this order, one of them is seen.
    waits = (more or last_of(Started, events) is None) and waiting()
    at_work = working()
    if at_work and over is None:
        return Status("running")
    return Status("queued") if waits or (more and at_work) else over


def interrupted(events: Sequence[Event], note: str) -> Status:
    """The status of a run that nobody holds and that has no end: its process is gone."""
    started, epoch = last_of(Started, events), last_of(EpochEnded, events)
    if started is None and not note:
        return Status("interrupted", "The app was closed before this run started.")
    if epoch is None:
        kept = "before the first epoch ended; nothing was kept"
    else:
        kept = f"after epoch {epoch.epoch} of {planned(events) or '?'}; its last saved epoch is kept"
    return Status("interrupted", f"{note or 'The process that trained this run is gone'}: it ended {kept}.")


def _stopped(epoch: int) -> str:
    if epoch == 0:
        return "Stopped before the first epoch ended; there is no result."
    return f"Stopped after epoch {epoch} on request; evaluated as it was."
