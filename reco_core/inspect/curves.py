"""What the curves of a training say: where over-fitting starts, how far apart they are, and their smoothed course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reco_core.events import EpochEnded

SMOOTHING = 0.6
EPOCHS_AFTER = 2  # one worse epoch is noise
RISE = 1e-3  # of the least value


@dataclass(frozen=True)
class Reading:
    """Training and validation figure, in stars (`rmse`), as `ndcg` or as `loss`, at the best epoch and at the last one.

    least: the best value on the validation rows, which is the highest where the figure is ndcg. overfitting: the
    validation figure was best in epoch `best` and has become worse since, while the training figure became better.
    """

    measure: str
    best: int
    last: int
    training_at_best: float
    training: float
    least: float
    validation: float
    overfitting: bool

    @property
    def gap(self) -> float:
        """Validation minus training figure at the last epoch."""
        return self.validation - self.training

    @property
    def name(self) -> str:
        """The figure for people."""
        return {"rmse": "RMSE", "ndcg": "NDCG@10", "loss": "loss"}[self.measure]


def read_curves(epochs: Sequence[EpochEnded]) -> Reading | None:
    """What the curves say so far; None before an epoch has both figures.

    Over-fitting has started at `best` when at least EPOCHS_AFTER epochs came after it, the validation figure is now
    worse by more than RISE of its best value, and the training figure is better than it was there.
    """
    for measure in ("rmse", "ndcg", "loss"):
        rows = [(e.epoch, getattr(e, measure), getattr(e, f"val_{measure}")) for e in epochs]
        rows = [row for row in rows if None not in row]
        if rows:
            return _reading(measure, rows)
    return None


def _reading(measure: str, rows: Sequence[tuple[int, float, float]]) -> Reading:
    sign = -1.0 if measure == "ndcg" else 1.0
    best = min(range(len(rows)), key=lambda row: sign * rows[row][2])
    epoch, training_at_best, least = rows[best]
    last, training, validation = rows[-1]
    later = len(rows) - 1 - best >= EPOCHS_AFTER
    rose = sign * (validation - least) > RISE * abs(least) and sign * (training - training_at_best) < 0
    return Reading(measure, epoch, last, training_at_best, training, least, validation, later and rose)


def smoothed(values: Sequence[float], weight: float = SMOOTHING) -> list[float]:
    """Exponential moving average of the values so far, each divided by the sum of its weights: starts without a lag."""
    total = norm = 0.0
    course = []
    for value in values:
        total, norm = weight * total + (1 - weight) * value, weight * norm + (1 - weight)
        course.append(total / norm)
    return course
