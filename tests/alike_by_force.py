"""The likeness of the planted items worked out from whole matrices, without the code under test."""

from __future__ import annotations

import numpy as np

from reco_core.inspect.raters import Raters
from reco_core.models.item_scorer import ItemScorer
from reco_core.models.spec import Scorer
from tests.planted import planted, planted_split


def raters() -> Raters:
    return Raters.of(planted(), planted_split().train)


def matrix(ratings=None, rows=None) -> np.ndarray:
    """Who rated what, each user counting 1 / sqrt(items): float64 [n_users, n_items]."""
    ratings, rows = (planted(), planted_split().train) if ratings is None else (ratings, rows)
    rated = np.zeros((ratings.n_users, ratings.n_items))
    rated[ratings.user_index[rows], ratings.item_index[rows]] = 1
    return rated / np.sqrt(np.maximum(rated.sum(axis=1, keepdims=True), 1))


def cosines(vectors: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
    return unit @ unit.T


def half_white(vectors: np.ndarray) -> np.ndarray:
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, singular, directions = np.linalg.svd(centred, full_matrices=False)
    variance = singular**2 / len(centred)
    return centred @ directions.T / np.maximum(variance, 1e-9 * variance.max()) ** 0.25


def by_raters() -> np.ndarray:
    return raters_cosines(matrix())


def raters_cosines(weighted: np.ndarray) -> np.ndarray:
    """The likeness of items by who rated both, of a matrix that `matrix` gave."""
    counts = np.maximum((weighted > 0).sum(axis=0), 1)
    _, singular, items = np.linalg.svd(weighted * counts**-0.25, full_matrices=False)
    return cosines(items[:40].T * np.sqrt(singular[:40]))


def by_model(scorer: Scorer) -> np.ndarray:
    if isinstance(scorer, ItemScorer):
        every = np.arange(planted().n_items)
        to = np.array([scorer.contributions(every, np.ones(len(every)), target) for target in every]).T
        return (to + to.T) / 2
    own = cosines(half_white(scorer.item_vectors))
    weighted = matrix()
    tastes = weighted.T @ scorer.user_vectors / np.maximum(weighted.sum(axis=0), 1e-12)[:, None]
    return (own + cosines(half_white(tastes))) / 2


def brute_force(basis: str, scorer: Scorer) -> np.ndarray:
    """The likeness of each two items, worked out from whole matrices."""
    if basis == "raters":
        return by_raters()
    model = by_model(scorer)
    if basis == "learned":
        return model
    if isinstance(scorer, ItemScorer):
        model = model / model.max(axis=1, keepdims=True)
    return model / 3 + by_raters() * 2 / 3
