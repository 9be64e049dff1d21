"""What steers a training from outside: looked at between chunks and between epochs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

# asked: end and keep; paused: leave, to go on later; enough: the epochs asked for are over; step: the one epoch is.
Verdict: TypeAlias = Literal["", "asked", "paused", "enough", "step"]


@dataclass(frozen=True)
class Change:
    """Another value of learning_rate, l2 or bias_l2; serial: the request that it comes from, 0 for none."""

    setting: str
    value: float
    serial: int = 0


class Steering:
    """No requests but, where should_stop() says so, to end: the plan decides all else.

    Changes hold from the next epoch on, so that what a run went through is told by whole epochs. `rested` are the
    seconds that rest() stood still in all: they count as no time of the training.
    """

    def __init__(self, should_stop: Callable[[], bool] = lambda: False) -> None:
        self._should_stop = should_stop
        self.rested = 0.0

    def between_chunks(self) -> Verdict:
        """Whether to leave in the middle of an epoch: "asked" or "paused"."""
        return "asked" if self._should_stop() else ""

    def after(self, epoch: int) -> Verdict:
        """Whether to go on after so many whole epochs."""
        return ""

    def rest(self) -> None:
        """Stands still between two epochs, for as long as somebody wants to look."""

    def wants(self, epoch: int) -> bool:
        """Whether epochs after this one were asked for by number: the plan's end and patience then do not count."""
        return False

    def changes(self, epoch: int) -> Sequence[Change]:
        """What changes after so many whole epochs."""
        return ()


class Replay(Steering):
    """Changes known in advance, as (epoch, setting, value), and how many epochs to train in all; None for the plan's.

    Trains as a run did that was steered so by hand, to the same weights.
    """

    def __init__(self, changes: Sequence[tuple[int, str, float]] = (), epochs: int | None = None) -> None:
        super().__init__()
        self._changes, self._epochs = tuple(changes), epochs

    def after(self, epoch: int) -> Verdict:
        return "enough" if self._epochs is not None and epoch >= self._epochs else ""

    def wants(self, epoch: int) -> bool:
        return self._epochs is not None and epoch < self._epochs

    def changes(self, epoch: int) -> Sequence[Change]:
        return [Change(setting, value) for when, setting, value in self._changes if when == epoch]
