"""Who rated what, user by user, in the form of a sparse matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Arrays: TypeAlias = dict[str, np.ndarray]
START, ITEMS = "rated_start", "rated_items"


@dataclass(frozen=True, eq=False)
class Rated:
    """The items of user u are items[start[u]:start[u + 1]], ascending: start int64 [n_users + 1], items int32 [n]."""

    start: np.ndarray
    items: np.ndarray
    n_items: int

    @classmethod
    def of(cls, users: np.ndarray, items: np.ndarray, n_users: int, n_items: int) -> Rated:
        """From pairs in any order; a pair that comes twice counts once."""
        keys = np.unique(np.asarray(users, dtype=np.int64) * n_items + items)
        return cls(starts(keys // n_items, n_users), (keys % n_items).astype(np.int32), n_items)

    @classmethod
    def read(cls, arrays: Arrays, n_users: int, n_items: int, prefix: str = "") -> Rated:
        """What to_arrays gave; raises ValueError where it cannot be a list of items for each user."""
        start, items = np.asarray(arrays[prefix + START]), np.asarray(arrays[prefix + ITEMS])
        check_lists(start, items, n_users, n_items)
        return cls(start.astype(np.int64), items, n_items)

    def to_arrays(self, prefix: str = "") -> Arrays:
        """As named arrays."""
        return {prefix + START: self.start, prefix + ITEMS: self.items}

    @property
    def n_users(self) -> int:
        return len(self.start) - 1

    def counts(self, users: np.ndarray) -> np.ndarray:
        """Items of each user, int64 [b]; 0 for an unknown user (-1)."""
        users = np.asarray(users)
        known = np.maximum(users, 0)
        return np.where(users >= 0, self.start[known + 1] - self.start[known], 0)

    def entries(self, users: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(place of the user in the block, item) of everything that the users rated, int64 and int32, in order."""
        users = np.asarray(users)
        counts = self.counts(users)
        return np.repeat(np.arange(len(users)), counts), self.items[spans(self.start[np.maximum(users, 0)], counts)]

    def mask(self, users: np.ndarray) -> np.ndarray:
        """Whether the user has the item, bool [b, n_items]."""
        mask = np.zeros((len(users), self.n_items), dtype=bool)
        mask[self.entries(users)] = True
        return mask

    def popularity(self) -> np.ndarray:
        """Users of each item as a share of the most rated one's, float32 [n_items]."""
        counts = np.bincount(self.items, minlength=self.n_items)
        return (counts / max(int(counts.max(initial=0)), 1)).astype(np.float32)

    def matrix(self) -> Any:
        """The same as a scipy.sparse.csr_array of ones, float32 [n_users, n_items]."""
        from scipy.sparse import csr_array

        ones = np.ones(len(self.items), dtype=np.float32)
        return csr_array((ones, self.items, self.start), shape=(self.n_users, self.n_items))


def check_lists(start: np.ndarray, items: np.ndarray, n_users: int, n_items: int) -> None:
    """Raises ValueError where these cannot be a list of items for each user.

    SciPy trusts them: a wrong one makes it read memory that is not its own, and ends the process.
    """
    if start.dtype.kind != "i" or items.dtype.kind != "i" or start.shape != (n_users + 1,) or items.ndim != 1:
        raise ValueError(f"{START} must be whole numbers [{n_users + 1}]; got {start.dtype} {list(start.shape)}")
    if start[0] != 0 or start[-1] != len(items) or (np.diff(start) < 0).any():
        raise ValueError(f"{START} must rise from 0 to {len(items)}")
    if len(items) and not 0 <= items.min() <= items.max() < n_items:
        raise ValueError(f"{ITEMS} must be from 0 to {n_items - 1}")


def starts(index: np.ndarray, n: int) -> np.ndarray:
    """Where the entries of each of 0..n-1 begin, once sorted by their index; last, their number: int64 [n + 1]."""
    return np.concatenate([[0], np.cumsum(np.bincount(index, minlength=n))]).astype(np.int64)


def spans(start: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """start[0], start[0] + 1, ... (counts[0] of them), start[1], ...: int64 [sum of counts]."""
    ends = np.cumsum(counts)
    shift = np.repeat(start - (ends - counts), counts)
    return np.arange(len(shift)) + shift


def blocks(n: int, size: int) -> Iterator[slice]:
    """Slices of at most `size` that cover 0..n-1."""
    for low in range(0, n, size):
        yield slice(low, min(low + size, n))
