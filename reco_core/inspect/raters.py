"""Items by who rated them: vectors of the raters' taste, and cosines of who rated both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reco_core.rated_lists import Rated, blocks, spans
from reco_core.ratings import Ratings

DIM = 40
MOST = 5_000_000  # ratings, beyond which users are drawn: a million take about a second to prepare
_MORE, _ROUNDS = 8, 4  # further directions and power iterations, which make the first DIM exact enough
_CELLS = 2_000_000  # of the matrix users x items that are made dense at once
_ENTRIES = 65_536  # rows that are added in one go
_DENSE_CELLS = 30_000_000  # of users x items, up to which shared users are counted by a product of matrices


@dataclass(frozen=True, eq=False)
class Raters:
    """Who rated what in some rows. n_drawn: users that were drawn, where there were too many ratings; else all of them.

    A user with n items counts 1 / sqrt(n) in sums: who rates everything says little about what is alike.
    """

    rated: Rated
    n_drawn: int

    @classmethod
    def of(cls, ratings: Ratings, rows: np.ndarray, most: int = MOST, seed: int = 0) -> Raters:
        """From some rows of a dataset; above `most` ratings a share of the users is drawn."""
        users, items = ratings.user_index[rows], ratings.item_index[rows]
        drawn = ratings.n_users
        if len(rows) > most:
            drawn = max(1, ratings.n_users * most // len(rows))
            chosen = np.zeros(ratings.n_users, dtype=bool)
            chosen[np.random.default_rng(seed).permutation(ratings.n_users)[:drawn]] = True
            users, items = users[chosen[users]], items[chosen[users]]
        return cls(Rated.of(users, items, ratings.n_users, ratings.n_items), drawn)

    @property
    def sampled(self) -> bool:
        """Whether users were drawn."""
        return self.n_drawn < self.rated.n_users

    @cached_property
    def item_counts(self) -> np.ndarray:
        """Raters of each item, int64 [n_items]."""
        return np.bincount(self.rated.items, minlength=self.rated.n_items)

    @cached_property
    def vectors(self) -> np.ndarray:
        """Items as the raters see them, float32 [n_items, <= DIM]: two items are near where the same people rate both.

        V S^(1/2) of the truncated singular value decomposition U S V' of W, w_ui = n_u^(-1/2) n_i^(-1/4) where u rated
        i, n their numbers of ratings, by subspace iteration from a fixed start (Halko, Martinsson, Tropp: Finding
        structure with randomness. SIAM Review 2011). Thus two items that few share are near where both are rated by
        people of one taste. The damping of items keeps well-known ones from being near to the little-known only.
        """
        damping = np.maximum(self.item_counts, 1)[:, None].astype(np.float32) ** -0.25
        n_items = self.rated.n_items
        directions = np.random.default_rng(0).normal(size=(n_items, min(DIM + _MORE, n_items))).astype(np.float32)
        for _ in range(_ROUNDS):
            directions = _orthonormal(damping * self._sums_by_item(self._sums_by_user(damping * directions)))
        along = self._sums_by_user(damping * directions).astype(np.float64)
        variances, turn = np.linalg.eigh(along.T @ along)
        kept = np.arange(len(variances))[::-1][:DIM]
        scale = np.maximum(variances[kept], 0) ** 0.25
        return (directions @ turn[:, kept] * scale).astype(np.float32)

    def mean_of(self, user_vectors: np.ndarray) -> np.ndarray:
        """The weighted mean of the vectors of those who rated each item: [n_users, dim] -> float32 [n_items, dim].

        Zeros for an item that nobody rated.
        """
        weight = self._sums_by_item(np.ones((self.rated.n_users, 1), dtype=np.float32))
        sums = self._sums_by_item(np.asarray(user_vectors, dtype=np.float32))
        return np.divide(sums, weight, out=np.zeros_like(sums), where=weight > 0)

    def cosines(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Shared raters / sqrt(raters of the one x raters of the other): items [b], items [m] -> float32 [b, m]."""
        count = self._shared_dense if self.rated.n_users * len(columns) <= _DENSE_CELLS else self._shared_sparse
        length = np.sqrt(np.maximum(self.item_counts, 1)).astype(np.float32)
        return count(rows, columns) / (length[rows, None] * length[columns])

    def _shared_dense(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        shared = np.zeros((len(rows), len(columns)), dtype=np.float32)
        n_users, n_items, start = self.rated.n_users, self.rated.n_items, self.rated.start
        for part in blocks(n_users, max(1, _CELLS // n_items)):
            held = np.zeros((part.stop - part.start, n_items), dtype=np.float32)
            counts = np.diff(start[part.start : part.stop + 1])
            held[np.repeat(np.arange(len(held)), counts), self.rated.items[start[part.start] : start[part.stop]]] = 1
            shared += held[:, rows].T @ held[:, columns]
        return shared

    def _shared_sparse(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        shared = np.empty((len(rows), len(columns)), dtype=np.float32)
        users, start = self._by_item
        for place, item in enumerate(rows):
            raters = users[start[item] : start[item + 1]]
            counts = self.rated.start[raters + 1] - self.rated.start[raters]
            both = self.rated.items[spans(self.rated.start[raters], counts)]
            shared[place] = np.bincount(both, minlength=self.rated.n_items)[columns]
        return shared

    @cached_property
    def _by_item(self) -> tuple[np.ndarray, np.ndarray]:
        """(users, start): those who rated item i are users[start[i]:start[i + 1]]."""
        users = np.repeat(np.arange(self.rated.n_users), np.diff(self.rated.start))
        order = np.argsort(self.rated.items, kind="stable")
        return users[order], np.concatenate([[0], np.cumsum(self.item_counts)])

    @cached_property
    def _user_weight(self) -> np.ndarray:
        counts = np.diff(self.rated.start)
        return (1 / np.sqrt(np.maximum(counts, 1)))[:, None].astype(np.float32)

    def _sums_by_user(self, table: np.ndarray) -> np.ndarray:
        """W times a table of items."""
        return _sums(table, self.rated.items, self.rated.start) * self._user_weight

    def _sums_by_item(self, table: np.ndarray) -> np.ndarray:
        """W' times a table of users."""
        return _sums(table * self._user_weight, *self._by_item)


def _orthonormal(columns: np.ndarray) -> np.ndarray:
    """An orthonormal basis of the columns, float32 [n, dim]; a column of zeros for each direction that is missing.

    From the small matrix of their products, as the threads of a QR decomposition wait for each other when busy.
    """
    columns = columns.astype(np.float64)
    sizes, turn = np.linalg.eigh(columns.T @ columns)
    there = sizes > 1e-12 * max(sizes[-1], np.finfo(np.float64).tiny)
    scale = np.divide(1, np.sqrt(np.maximum(sizes, 0)), out=np.zeros_like(sizes), where=there)
    return (columns @ (turn * scale)).astype(np.float32)


def _sums(table: np.ndarray, index: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Row g: the sum of table[index[start[g]:start[g + 1]]]; zeros for a group without entries."""
    sums = np.zeros((len(start) - 1, table.shape[1]), dtype=table.dtype)
    groups = np.flatnonzero(np.diff(start))
    low = 0
    while low < len(groups):
        first = start[groups[low]]
        high = max(low + 1, int(np.searchsorted(start[groups], first + _ENTRIES)))
        entries = table[index[first : start[groups[high - 1] + 1]]]
        sums[groups[low:high]] = np.add.reduceat(entries, start[groups[low:high]] - first, axis=0)
        low = high
    return sums
