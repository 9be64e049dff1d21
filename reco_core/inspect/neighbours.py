"""The vectors nearest to one vector."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from reco_core.errors import SettingsError, UnknownIdError


def _cosine(vectors: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """Cosine of the angle, -1..1; 0 with a vector of zeros, which has no direction: [n, dim], [dim] -> [n]."""
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors) * (vector @ vector))
    return np.divide(_dot(vectors, vector), norms, out=np.zeros(len(vectors)), where=norms > 0)


def _dot(vectors: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """Dot product: [n, dim], [dim] -> [n]; on one thread, as the threads of BLAS wait for each other when busy."""
    return np.einsum("ij,j->i", vectors, vector)


def _euclidean(vectors: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """Distance, 0 for an equal vector: [n, dim], [dim] -> [n]."""
    difference = vectors - vector
    return np.sqrt(np.einsum("ij,ij->i", difference, difference))


AT_LEAST = 20  # ratings of an item, from which on its place says something

# Each measure, and whether a larger score is nearer.
_MEASURES: Mapping[str, tuple[Callable[[np.ndarray, np.ndarray], np.ndarray], bool]] = MappingProxyType(
    {"cosine": (_cosine, True), "dot": (_dot, True), "euclidean": (_euclidean, False)}
)
MEASURES = tuple(_MEASURES)


def nearest(
    vectors: np.ndarray, index: int, k: int = 10, measure: str = "cosine", usable: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """(indices int64 [k], scores float32 [k]) of the k nearest rows to row `index`, nearest first, itself left out.

    Scores are cosines, dot products or distances (smaller is nearer); equal scores come in the order of the index.
    usable: bool [n], the rows that may come back; all where None. Fewer than k come back where there are fewer; rows
    that are not finite never do. Raises SettingsError for an unknown measure or k < 1, UnknownIdError for an index
    outside the rows.
    """
    if measure not in _MEASURES:
        raise SettingsError(f"measure must be one of {', '.join(MEASURES)}; got {measure}.")
    checked(index, k, len(vectors))
    compare, larger_is_nearer = _MEASURES[measure]
    exact = np.asarray(vectors, dtype=np.float64)
    with np.errstate(invalid="ignore"):  # rows that are not finite are left out below
        finite = np.isfinite(exact.sum(axis=1))
        # Rounding float64 scores to float32 makes a tie of scores that differ only by the order of summation.
        scores = compare(exact, exact[index]).astype(np.float32)
    nearness = np.where(finite & finite[index], scores if larger_is_nearer else -scores, -np.inf)
    nearness[index] = -np.inf
    if usable is not None:
        nearness[~usable] = -np.inf
    found = first_k(nearness, k)
    return found, scores[found]


def with_ratings(counts: np.ndarray, at_least: int, item: int, wanted: int = 1) -> np.ndarray:
    """Which other items have `at_least` ratings, bool [n_items]; all others where fewer than `wanted` have as many.

    The place of an item that few have rated is a matter of luck.
    """
    usable = np.asarray(counts) >= at_least
    usable[item] = False
    if np.count_nonzero(usable) < wanted:
        usable[:] = True
        usable[item] = False
    return usable


def checked(index: int, k: int, n: int) -> None:
    """Raises SettingsError for k < 1, UnknownIdError for an index outside 0..n-1."""
    if k < 1:
        raise SettingsError(f"k must be at least 1; got {k}.")
    if not 0 <= index < n:
        raise UnknownIdError(f"index must be from 0 to {n - 1}; got {index}.")


def first_k(scores: np.ndarray, k: int) -> np.ndarray:
    """Indices of the k largest scores, largest first, equal ones by index; nan and -inf never come back.

    float [n] -> int64 [<= k], in O(n) for the choice and a sort of the chosen only.
    """
    k = min(k, int((scores > -np.inf).sum()))
    if k == 0:
        return np.empty(0, dtype=np.int64)
    scores = np.where(scores > -np.inf, scores, -np.inf)
    border = np.partition(scores, len(scores) - k)[len(scores) - k]
    chosen = np.flatnonzero(scores >= border)
    return chosen[np.argsort(-scores[chosen], kind="stable")][:k]
