"""What was done to a run by hand, as marks on its curves: one for each epoch, with everything that happened there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from reco_core.events import Changed, Continued, Event, Finished, Paused, Stopped, counted
from reco_core.inspect.curves import Reading

# The kinds of marks; where several fall on one epoch, the first of these gives the shape.
OVERFITTING, CHANGED, KEPT, CONTINUED, PAUSED = "overfitting", "change", "kept epoch", "continued", "pause"
KINDS = (OVERFITTING, CHANGED, KEPT, CONTINUED, PAUSED)


@dataclass(frozen=True)
class Mark:
    """At the end of `epoch` (0: before the first), what happened in words."""

    epoch: int
    kind: str
    words: str


def marks(events: Iterable[Event], reading: Reading | None = None, label: Callable[[str], str] = str) -> list[Mark]:
    """One mark for each epoch at which somebody did something, by epoch; the one where overfitting starts too.

    label: a setting's name for people.
    """
    found = [mark for event in counted(events) if (mark := _mark(event, label))]
    if reading is not None and reading.overfitting:
        words = f"Overfitting starts: validation {reading.name} {reading.least:.4f}"
        found.append(Mark(reading.best, OVERFITTING, words))
    by_epoch: dict[int, list[Mark]] = {}
    for mark in found:
        by_epoch.setdefault(mark.epoch, []).append(mark)
    return [_together(by_epoch[epoch]) for epoch in sorted(by_epoch)]


def change_words(event: Changed, label: Callable[[str], str]) -> str:
    """`Learning rate 0.01 → 0.001 from epoch 5 on`."""
    return f"{label(event.setting)} {event.before:.3g} → {event.after:.3g} from epoch {event.epoch + 1} on"


def _mark(event: Event, label: Callable[[str], str]) -> Mark | None:
    if isinstance(event, Changed):
        return Mark(event.epoch, CHANGED, change_words(event, label))
    if isinstance(event, Paused):
        return Mark(event.epoch, PAUSED, f"Paused after epoch {event.epoch}")
    if isinstance(event, Continued):
        return Mark(event.epoch, CONTINUED, f"Resumed after epoch {event.epoch} of {event.epochs}")
    if isinstance(event, Stopped):
        why = "Stopped manually" if event.reason == "asked" else "Stopped early: validation no longer improved"
        return Mark(event.epoch, PAUSED, f"{why}, after epoch {event.epoch}")
    if isinstance(event, Finished) and event.best_epoch:
        return Mark(event.best_epoch, KEPT, f"Epoch {event.best_epoch} is kept: the best on the validation rows")
    return None


def _together(same: Sequence[Mark]) -> Mark:
    """The marks of one epoch as one: each sentence once, in the order in which it happened."""
    kind = min((mark.kind for mark in same), key=KINDS.index)
    return Mark(same[0].epoch, kind, " · ".join(dict.fromkeys(mark.words for mark in same)))
