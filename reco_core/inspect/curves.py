"""What the curves of a training say: where overfitting starts, what is memorised, how far apart they are; smoothed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reco_core.evaluation.catalogue import figure_text
from reco_core.events import EpochEnded

SMOOTHING = 0.6
EPOCHS_AFTER = 2  # one worse epoch is noise
RISE = 1e-3  # of the least value


@dataclass(frozen=True)
class Reading:
    """Training and validation figure, in stars (`rmse`), as `ndcg` or as `loss`, at the best epoch and at the last one.

    least: the best value on the validation rows, which is the highest where the figure is ndcg. overfitting: the
    validation figure was best in epoch `best` and has become worse since, while the training figure became better.
    floor: the noise floor, None where it is not known; below_floor: the first epoch after which the training RMSE is
    below it, as no model can be on other rows: what it learns from there on is noise, by heart. None where it is not.
    """

    measure: str
    best: int
    last: int
    training_at_best: float
    training: float
    least: float
    validation: float
    overfitting: bool
    floor: float | None = None
    below_floor: int | None = None

    @property
    def gap(self) -> float:
        """Validation minus training figure at the last epoch."""
        return self.validation - self.training

    @property
    def name(self) -> str:
        """The figure for people."""
        return {"rmse": "RMSE", "ndcg": "NDCG@10", "loss": "loss"}[self.measure]


def read_curves(epochs: Sequence[EpochEnded], floor: float | None = None) -> Reading | None:
    """What the curves say so far, beside the noise floor where it is known; None before an epoch has both figures.

    Overfitting has started at `best` when at least EPOCHS_AFTER epochs came after it, the validation figure is now
    worse by more than RISE of its best value, and the training figure is better than it was there.
    """
    for measure in ("rmse", "ndcg", "loss"):
        rows = [(e.epoch, getattr(e, measure), getattr(e, f"val_{measure}")) for e in epochs]
        rows = [row for row in rows if None not in row]
        if rows:
            reading = _reading(measure, rows)
            return _beside_floor(reading, rows, floor) if measure == "rmse" and floor is not None else reading
    return None


def _beside_floor(reading: Reading, rows: Sequence[tuple[int, float, float]], floor: float) -> Reading:
    below = None
    for epoch, training, _ in reversed(rows):
        if training >= floor:
            break
        below = epoch
    return replace(reading, floor=floor, below_floor=below)


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


@dataclass(frozen=True)
class End:
    """How a training ended: by `patience`, `asked` to, or (empty) with its plan; kept: the epoch of its weights."""

    reason: str
    kept: int | None


def curve_words(reading: Reading, end: End | None = None, unit: str = "stars") -> str:
    """What the curves say, in Markdown: memorising, overfitting, the best epoch, what came of it.

    end: None while the training goes on; after it, in the past tense. unit: what an RMSE is counted in.
    """
    found = _memorising(reading, end) + _course(reading, end, unit)
    if end is not None:
        found += _ending(reading, end)
    return " ".join(found)


def _short(figure: float) -> str:
    return f"{figure:.3f}" if figure < 1000 else figure_text(figure)


def _memorising(reading: Reading, end: End | None) -> list[str]:
    if reading.below_floor is None or reading.floor is None:
        return []
    verb = "is" if end is None else "ended"
    head = "It memorises noise" if end is None else "It memorised noise"
    return [
        f"**{head}** from epoch {reading.below_floor} on: training RMSE {verb} at {_short(reading.training)}, "
        f"below the noise floor of {_short(reading.floor)}."
    ]


def _course(reading: Reading, end: End | None, unit: str) -> list[str]:
    name, better, worse = reading.name, "fell", "risen"
    if reading.measure == "ndcg":
        better, worse = "rose", "fallen"
    if reading.overfitting:
        tense = f"has {worse}" if end is None else ("fell" if worse == "fallen" else "rose")
        head = "Overfitting starts" if end is None else "Overfitting started"
        return [
            f"**{head} at epoch {reading.best}**: validation {name} was best there ({figure_text(reading.least)}) "
            f"and {tense} to {figure_text(reading.validation)}, while training {name} {better} to "
            f"{figure_text(reading.training)}."
        ]
    in_units = f" {unit}" if reading.measure == "rmse" else ""
    side = "above" if reading.gap >= 0 else "below"
    least = figure_text(reading.least)
    if reading.best == reading.last:
        best = f"Validation {name} {'is' if end is None else 'was'} at its best in the last epoch ({least})"
    else:
        of = "" if end is None else f" of {reading.last}"
        best = f"Validation {name} was best at epoch {reading.best}{of} ({least})"
    gap = f"{_short(abs(reading.gap))}{in_units} {side} training {name} after epoch {reading.last}"
    said = [f"{best}; it {'is' if end is None else 'ended'} {gap}."]
    if reading.below_floor is None and end is None:
        said.append("No overfitting so far.")
    elif reading.below_floor is None and reading.best == reading.last:
        said.append("It did not overfit; more epochs might still help.")
    return said


def _ending(reading: Reading, end: End) -> list[str]:
    said = []
    if end.reason == "patience":
        later = reading.last - reading.best
        epochs = "1 epoch" if later == 1 else f"{later} epochs"
        said.append(f"Stopped after {epochs} without improvement.")
    elif end.reason == "asked":
        said.append("Stopped by hand.")
    if end.kept is not None and end.kept != reading.last:
        said.append(f"Epoch {end.kept} is kept.")
    return said
