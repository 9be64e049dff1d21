"""What the dimensions of item vectors stand for, where they stand for something that has a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from reco_core.ratings import Ratings, genres_in

AT_LEAST = 20  # ratings: the vector of an item that few have rated is a matter of luck
LEAST = 0.3  # correlation, below which a name would say too much
LEAST_ITEMS = 10
EXTREMES = 3


@dataclass(frozen=True)
class Meaning:
    """One dimension: the property that it goes with most (empty where none does) and their correlation.

    low and high: indices of well-known items at its two ends, the farthest first.
    """

    dimension: int
    name: str
    correlation: float
    low: tuple[int, ...]
    high: tuple[int, ...]


def meanings(vectors: np.ndarray, ratings: Ratings) -> tuple[Meaning, ...]:
    """The meaning of each dimension of the item vectors [n_items, dim].

    Pearson's correlation, over the items with AT_LEAST ratings (all items where fewer than LEAST_ITEMS have as many),
    with each genre (1 or 0), the year and the logarithm of the number of ratings; a name from LEAST on. A factorisation
    may be turned without changing its predictions, so most dimensions mean nothing by themselves.
    """
    known = np.flatnonzero(ratings.item_counts >= AT_LEAST)
    if len(known) < LEAST_ITEMS:
        known = np.arange(ratings.n_items)
    columns = _properties(ratings, known)
    names, values = list(columns), np.array(list(columns.values())).reshape(len(columns), len(known))
    found = []
    for dimension, along in enumerate(np.asarray(vectors, dtype=np.float64)[known].T):
        correlations = np.array([_correlation(column, along) for column in values])
        best = int(np.abs(correlations).argmax()) if len(names) else -1
        named = best >= 0 and abs(correlations[best]) >= LEAST
        order = known[np.argsort(along, kind="stable")]
        found.append(
            Meaning(
                dimension,
                names[best] if named else "",
                float(correlations[best]) if best >= 0 else 0.0,
                tuple(order[:EXTREMES].tolist()),
                tuple(order[::-1][:EXTREMES].tolist()),
            )
        )
    return tuple(found)


def _properties(ratings: Ratings, known: np.ndarray) -> Mapping[str, np.ndarray]:
    """Name -> float64 [len(known)] of what an item can be called by; nan where it is not known."""
    genres = [set(genres_in(text)) for text in ratings.item_table["genres"].iloc[known]]
    columns = {name: np.array([name in own for own in genres], dtype=np.float64) for name in ratings.genre_names}
    year = ratings.item_table["year"].iloc[known].astype("Float64").to_numpy(np.float64, na_value=np.nan)
    return columns | {"newer": year, "well known": np.log1p(ratings.item_counts[known].astype(np.float64))}


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson's, over the entries where both are numbers; 0 where one of them does not vary."""
    there = np.isfinite(a) & np.isfinite(b)
    if there.sum() < LEAST_ITEMS:
        return 0.0
    a, b = a[there] - a[there].mean(), b[there] - b[there].mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 1e-12 else 0.0
