"""What a run is worth on its validation rows, and which combinations of settings differ by more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf
from statistics import median
from typing import Any, TypeAlias

import numpy as np

from reco_core.models.spec import Goal
from reco_core.runs import RunReading

Course: TypeAlias = dict[int, float]

# Before that many whole runs, and that many epochs, nothing is known that a run could be behind of.
STARTUP_RUNS, WARMUP_EPOCHS = 3, 2


@dataclass(frozen=True)
class Score:
    """The goal of a model (val_rmse in stars or val_ndcg) on validation rows, and the epoch that it is from."""

    goal: Goal
    value: float
    epoch: int


@dataclass(frozen=True)
class Tallied:
    """A combination: its values, the mean of its runs' goal, their standard deviation (None for one run).

    best: the best mean of those that were not pruned. tie: no worse than chance would have it: within two standard
    errors of the best, as the spread between seeds gives them; where no combination has two, equal to four decimals.
    """

    values: dict[str, Any]
    n: int
    mean: float | None
    sd: float | None
    pruned: bool
    best: bool = False
    tie: bool = False


def score_of(run: RunReading) -> Score | None:
    """The goal at the epoch that is kept (while the run trains, the best so far); None without validation rows."""
    goal = run.spec.goal
    epochs = {e.epoch: e.val_error for e in run.epochs() if e.val_error is not None}
    if not epochs:
        return None
    finished = run.finished
    if finished is not None and finished.best_epoch in epochs:
        kept = finished.best_epoch
    elif finished is not None:
        kept = max(epochs)
    else:
        kept = min(epochs, key=lambda epoch: (epochs[epoch], epoch))
    return Score(goal, next(getattr(e, goal) for e in reversed(run.epochs()) if e.epoch == kept), kept)


def course(run: RunReading) -> Course:
    """The lowest validation error (val_rmse, or 1 - val_ndcg) up to each epoch."""
    epochs = [(e.epoch, e.val_error) for e in run.epochs() if e.val_error is not None]
    lowest = accumulate((value for _, value in epochs), min)
    return dict(zip((epoch for epoch, _ in epochs), lowest, strict=True))


def is_behind(own: Course, whole: Sequence[Course]) -> int | None:
    """The epoch at which a run is behind the median of whole runs at the same epoch; None where it is not, or not yet.

    The median stopping rule of Golovin et al.: Google Vizier. KDD 2017, with the best value so far on both sides.
    """
    epoch = max(own, default=0)
    if epoch < WARMUP_EPOCHS or len(whole) < STARTUP_RUNS:
        return None
    return epoch if own[epoch] > median(_until(other, epoch) for other in whole) else None


def _until(other: Course, epoch: int) -> float:
    """What a run had reached by an epoch, or by its own end."""
    return min((value for n, value in other.items() if n <= epoch), default=inf)


def error_of(goal: Goal, value: float) -> float:
    """The value of a goal as an error, lower is better."""
    return 1.0 - value if goal == "val_ndcg" else value


def tally(trials: Sequence[tuple[dict[str, Any], Sequence[float], bool]], goal: Goal = "val_rmse") -> list[Tallied]:
    """Mean and spread of each combination (values, goal of its runs, pruned), with the best and its ties marked."""
    made = []
    for values, scores, pruned in trials:
        mean = float(np.mean(scores)) if scores else None
        sd = float(np.std(scores, ddof=1)) if len(scores) > 1 else None
        made.append(Tallied(values, len(scores), mean, sd, pruned))
    whole = [entry for entry in made if entry.mean is not None and not entry.pruned]
    if not whole:
        return made
    best = min(whole, key=lambda entry: error_of(goal, entry.mean))
    noise = _noise([scores for _, scores, pruned in trials if not pruned])
    return [_marked(entry, best, noise) for entry in made]


def _noise(scores: Sequence[Sequence[float]]) -> float | None:
    """Standard deviation between seeds, pooled over all combinations; None where no combination has two."""
    several = [entry for entry in scores if len(entry) > 1]
    if not several:
        return None
    squares = sum(float(((np.asarray(entry) - np.mean(entry)) ** 2).sum()) for entry in several)
    return (squares / sum(len(entry) - 1 for entry in several)) ** 0.5


def _marked(entry: Tallied, best: Tallied, noise: float | None) -> Tallied:
    if entry is best:
        return Tallied(entry.values, entry.n, entry.mean, entry.sd, entry.pruned, best=True)
    if entry.mean is None or entry.pruned:
        return entry
    margin = 0.00005 if noise is None else 2 * noise * (1 / entry.n + 1 / best.n) ** 0.5
    tie = abs(entry.mean - best.mean) <= margin
    return Tallied(entry.values, entry.n, entry.mean, entry.sd, entry.pruned, tie=tie)
