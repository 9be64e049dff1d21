"""Who rated what in the rows that are trained on, in the form of a sparse matrix, and sums over it in numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reco_core.models.spec import CONTEXT, Arrays
from reco_core.rated_lists import check_lists, starts
from reco_core.ratings import Ratings

START, ITEMS, DEVIATIONS, EXPECTED = (CONTEXT + name for name in ("start", "items", "deviations", "expected"))

# Ratings at the mean that are added to each one's own before its deviation counts (Koren 2010, section 2.1).
DAMPING = 5.0


def rated_arrays(ratings: Ratings, rows: np.ndarray) -> Arrays:
    """The constants that say who rated what: made from the given rows alone; of a pair rated twice the last row counts.

    context_start int64 [n_users + 1] and context_items int32 [n]: the items of user u, in order, are
    items[start[u]:start[u + 1]]. context_deviations float32 [n]: how far each rating lies from what the damped biases
    expect. context_expected float32 [n_items]: the mean rating with the item's damped bias.
    """
    pairs = ratings.user_index[rows].astype(np.int64) * ratings.n_items + ratings.item_index[rows]
    pairs, newest = np.unique(pairs[::-1], return_index=True)
    users, items = np.divmod(pairs, ratings.n_items)
    stars = ratings.rating[rows][::-1][newest].astype(np.float64)
    mean = stars.mean()
    item_bias = _damped(items, stars - mean, ratings.n_items)
    user_bias = _damped(users, stars - mean - item_bias[items], ratings.n_users)
    return {
        START: starts(users, ratings.n_users),
        ITEMS: items.astype(np.int32),
        DEVIATIONS: (stars - mean - item_bias[items] - user_bias[users]).astype(np.float32),
        EXPECTED: (mean + item_bias).astype(np.float32),
    }


def _damped(index: np.ndarray, values: np.ndarray, n: int) -> np.ndarray:
    return np.bincount(index, weights=values, minlength=n) / (DAMPING + np.bincount(index, minlength=n))


def deviations(expected: np.ndarray, stars: np.ndarray) -> np.ndarray:
    """How far one user's ratings lie from what is expected of the items and of this user, float32 [n]."""
    above = np.asarray(stars, dtype=np.float64) - expected
    return (above - above.sum() / (DAMPING + len(above))).astype(np.float32)


@dataclass(frozen=True, eq=False)
class RatedMatrix:
    """users x items, with a 1 (or a deviation) where a user rated an item; sums are divided by sqrt(how many)."""

    start: np.ndarray
    items: np.ndarray
    deviations: np.ndarray
    n_items: int

    @classmethod
    def of(cls, arrays: Arrays, n_items: int) -> RatedMatrix:
        """The matrix in a model's constants; raises ValueError where they are none."""
        start, items, found = arrays[START], arrays[ITEMS], arrays[DEVIATIONS]
        check_lists(start, items, start.size - 1, n_items)
        if found.dtype.kind != "f" or found.shape != items.shape:
            raise ValueError(f"{DEVIATIONS} must be numbers [{len(items)}]; got {found.dtype} {list(found.shape)}")
        return cls(start, items, found, n_items)

    @property
    def users(self) -> np.ndarray:
        """The user of each pair, int64 [n], ascending."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    def shares(self) -> tuple[np.ndarray, np.ndarray]:
        """1 / sqrt(how many ratings): of each user and of each item, float32; 1 for those without any."""
        number = np.diff(self.start), np.bincount(self.items, minlength=self.n_items)
        return tuple((1.0 / np.sqrt(np.maximum(n, 1))).astype(np.float32) for n in number)

    def user_sums(self, table: np.ndarray, deviating: bool = False) -> np.ndarray:
        """For each user the sum of the rows of `table` [n_items, dim] of the items rated, float32 [n_users, dim]."""
        return (self._sparse(deviating) @ table) * self.shares()[0][:, None]

    def item_sums(self, table: np.ndarray, deviating: bool = False) -> np.ndarray:
        """For each item the sum of the rows of `table` [n_users, dim] of its raters, float32 [n_items, dim]."""
        return (self._sparse(deviating).T @ table) * self.shares()[1][:, None]

    def _sparse(self, deviating: bool) -> object:
        from scipy.sparse import csr_matrix

        values = self.deviations if deviating else np.ones(len(self.items), dtype=np.float32)
        return csr_matrix((values, self.items, self.start), shape=(len(self.start) - 1, self.n_items))
