"""What a run's log says already when its training begins or goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from reco_core.events import (
    Changed,
    Continued,
    EpochEnded,
    Event,
    Paused,
    Progress,
    StageStarted,
    Started,
    Stopped,
    counted,
)

_OF_EPOCHS = (Changed, EpochEnded, Paused, Progress, Stopped)


class Log:
    """The events of a run up to now. epoch: whole epochs that count; went_on: whether it ends with Continued."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self._counted = counted(events)
        self.epoch = max((event.epoch for event in self._counted if isinstance(event, EpochEnded)), default=0)
        self.started = any(isinstance(event, Started) for event in events)
        self.went_on = bool(events) and isinstance(events[-1], Continued)
        self._stages = {(event.stage, event.name) for event in events if isinstance(event, StageStarted)}

    def changes(self) -> list[Changed]:
        """What was changed by hand, in epochs that count."""
        return [event for event in self._counted if isinstance(event, Changed)]

    def new(self, events: Iterable[Event], before: int, refit: bool) -> Iterator[Event]:
        """A training's events in the numbers of the run, its stages marked for a refit; not what is said here."""
        said = {(change.epoch, change.setting, change.after, change.serial) for change in self.changes()}
        for event in events:
            if isinstance(event, _OF_EPOCHS):
                event = replace(event, epoch=event.epoch + before)
            elif isinstance(event, StageStarted):
                event = replace(event, name="refit: " * refit + event.name, refit=refit)
                if (event.stage, event.name) in self._stages:
                    continue
            if isinstance(event, Changed) and (event.epoch, event.setting, event.after, event.serial) in said:
                continue
            yield event


def changes_to_repeat(earlier: Log, now: Log, start: int, before: int, kept: int) -> list[Changed]:
    """Changes that a training which begins or goes on after `start` epochs makes again, in the run's epochs.

    Those that `earlier`, the log before it went on, has of that epoch and of later ones, which are trained anew; and in
    a second training, which begins after `before` epochs, those of the first one's epochs that were kept.
    """
    again = [replace(change, epoch=change.epoch + before) for change in now.changes() if change.epoch < kept]
    wanted = [change for change in (*again, *earlier.changes()) if change.epoch >= start]
    unique = {(change.epoch, change.setting, change.after, change.serial): change for change in wanted}
    return list(unique.values())
