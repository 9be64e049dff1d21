"""What is measured of a trained model for the alarms, quickly: on a sample of users, on its vectors, on its stars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reco_core.data.item_words import words_of
from reco_core.evaluation.cold_start import cold_aware
from reco_core.evaluation.lists import mean_overlap
from reco_core.kinds import ITEM, ItemKind
from reco_core.models.spec import ModelSpec, Scorer
from reco_core.ratings import Ratings
from reco_core.split import Split

USERS = 256
# A dimension whose spread is below this share of the largest one is dead.
ALIVE = 0.01


@dataclass(frozen=True)
class Course:
    """A training that over-fitted: its validation figure was at its best in epoch `best`, and worse in the last one.

    kept: the epoch that the result is from. at_best, at_last: the figure, whose name for people is `figure`.
    """

    best: int
    last: int
    kept: int
    at_best: float
    at_last: float
    figure: str = "RMSE"


@dataclass(frozen=True)
class Evidence:
    """None wherever the model has no such thing.

    overlap: mean share of the first k places that two users have in common (lists.mean_overlap).
    norm_popularity: Spearman's rank correlation of the items' vector lengths with their trained ratings.
    dead, dim: dimensions of the item or user vectors without spread, of how many.
    outside: share of the test predictions that no rating of the scale is nearest to (half a step beyond its ends, or
    more; of a continuous scale, half the distance of its levels), or that are no number; least, most: their extremes.
    by_chance: the overlap of lists drawn at random, k of n items.
    users, items, rows, validation_rows: known users and items, test and validation rows, None where nobody counted.
    diverged: whether the numbers grew without bound in training (runs/diverged.py).
    words: what the items are called.
    """

    k: int = 10
    overlap: float | None = None
    norm_popularity: float | None = None
    dead: int | None = None
    dim: int | None = None
    outside: float | None = None
    least: float | None = None
    most: float | None = None
    course: Course | None = None
    by_chance: float = 0.0
    users: int | None = None
    items: int | None = None
    rows: int | None = None
    validation_rows: int | None = None
    diverged: bool = False
    words: ItemKind = ITEM


def gather(
    spec: ModelSpec,
    scorer: Scorer,
    ratings: Ratings,
    split: Split,
    trained_rows: np.ndarray,
    k: int = 10,
    seed: int = 0,
    course: Course | None = None,
    diverged: bool = False,
) -> Evidence:
    """The evidence for one trained model; at most USERS users are drawn, by the seed, for the overlap."""
    user_known, item_known = (
        np.bincount(index[trained_rows], minlength=n) > 0
        for index, n in ((ratings.user_index, ratings.n_users), (ratings.item_index, ratings.n_items))
    )
    seen_only = cold_aware(scorer, ratings, trained_rows)
    users = np.flatnonzero(user_known)
    if len(users) > USERS:
        users = np.sort(np.random.default_rng(seed).choice(users, USERS, replace=False))
    found: dict[str, Any] = {"overlap": mean_overlap(seen_only, users, ratings.n_items, k, seed)}
    found |= {
        "by_chance": min(k / ratings.n_items, 1.0),
        "users": int(user_known.sum()),
        "items": int(item_known.sum()),
    }
    found |= {"rows": len(split.test), "validation_rows": len(split.validation), "diverged": diverged}
    if spec.predicts_stars:
        found |= _outside(seen_only.score(ratings.user_index[split.test], ratings.item_index[split.test]), ratings)
    if scorer.item_vectors is not None:
        counts = np.bincount(ratings.item_index[trained_rows], minlength=ratings.n_items)
        found["norm_popularity"] = norm_popularity(scorer.item_vectors[item_known], counts[item_known])
        sides = [scorer.item_vectors[item_known]]
        if scorer.user_vectors is not None:
            sides.append(scorer.user_vectors[user_known])
        found |= _dead(sides)
    return Evidence(k=k, course=course, words=words_of(ratings), **found)


def norm_popularity(vectors: np.ndarray, counts: np.ndarray) -> float | None:
    """Spearman's rank correlation of vector lengths and counts: [n, dim], int [n]; None where either is all alike."""
    norms = np.linalg.norm(vectors.astype(np.float64), axis=1)
    if len(norms) < 3 or np.ptp(counts) == 0 or not np.isfinite(norms).all() or np.ptp(norms) <= 1e-6 * norms.max():
        return None
    return float(np.corrcoef(pd.Series(norms).rank(), pd.Series(counts).rank())[0, 1])


def dead_dimensions(vectors: np.ndarray) -> np.ndarray:
    """Whether each dimension has less than ALIVE of the largest standard deviation: [n, dim] -> bool [dim]."""
    spread = vectors.std(axis=0, dtype=np.float64)
    return ~(spread > ALIVE * spread.max()) if len(vectors) > 1 else np.zeros(vectors.shape[1], dtype=bool)


def _dead(sides: list[np.ndarray]) -> dict[str, int]:
    """Dimensions that are dead on either side; a side of another length than the items' counts by itself."""
    dead = [dead_dimensions(side) for side in sides]
    same = [one for one in dead if len(one) == len(dead[0])]
    return {"dead": int(np.logical_or.reduce(same).sum()), "dim": len(dead[0])}


def _outside(predicted: np.ndarray, ratings: Ratings) -> dict[str, float | None]:
    """Share outside the scale, and the extremes. A linear output goes a little beyond the ends of any scale."""
    scale, finite = ratings.scale, predicted[np.isfinite(predicted)]
    slack = 0.5 * scale.spacing
    within = (predicted >= scale.min - slack) & (predicted <= scale.max + slack)
    extremes = (float(finite.min()), float(finite.max())) if len(finite) else (None, None)
    return {"outside": float(1 - within.mean()), "least": extremes[0], "most": extremes[1]}
