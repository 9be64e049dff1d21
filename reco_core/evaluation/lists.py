"""The first k of every user's list, in blocks, so that memory does not grow with users x items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from reco_core.rated_lists import Rated

# 2M scores a block: 8 MB of scores and 16 MB of sorting keys, whatever the number of users.
BLOCK_SCORES = 2_000_000


class ScoresAll(Protocol):
    """What a ranking needs of a scorer."""

    def score_all(self, user_index: np.ndarray) -> np.ndarray:
        """Scores of all items for each user: int [n] -> float32 [n, n_items]."""


@dataclass(frozen=True, eq=False)
class Lists:
    """The first k of some users' lists.

    users: int64 [b]. items: int64 [b, min(k, n_items)], best first. real: bool, the same shape, False for a place
    that no candidate fills.
    """

    users: np.ndarray
    items: np.ndarray
    real: np.ndarray


def top_lists(scorer: ScoresAll, users: np.ndarray, known: Rated, k: int, seed: int) -> Iterator[Lists]:
    """The first k of each user's list without the known items, block by block; ties broken at random by the seed."""
    rng = np.random.default_rng(seed)
    size = max(1, BLOCK_SCORES // known.n_items)
    for at in range(0, len(users), size):
        block = users[at : at + size]
        scores = np.asarray(scorer.score_all(block), dtype=np.float32)
        keys = _sort_keys(scores, rng.integers(0, 1 << 32, size=scores.shape, dtype=np.uint32))
        keys[known.mask(block)] = 0
        items = _first_k(keys, k)
        yield Lists(block, items, np.take_along_axis(keys, items, axis=1) > 0)


def mean_overlap(scorer: ScoresAll, users: np.ndarray, n_items: int, k: int, seed: int) -> float | None:
    """Share of their first k places that two of the users have in common, on average over all pairs; None below two.

    No item is left out, so it is the model that is measured and not what each user has seen. Ties go to the same items
    for everyone: a model that scores all items alike gives everyone the same list. With c(i) the lists that item i
    is in, the mean over the n (n - 1) / 2 pairs is sum of c(i) (c(i) - 1) / (n (n - 1) k).
    """
    k = min(k, n_items)
    noise = np.random.default_rng(seed).integers(0, 1 << 32, size=n_items, dtype=np.uint32)
    size, shown = max(1, BLOCK_SCORES // n_items), np.zeros(n_items, dtype=np.int64)
    for at in range(0, len(users), size):
        keys = _sort_keys(np.asarray(scorer.score_all(users[at : at + size]), dtype=np.float32), noise)
        items = _first_k(keys, k)
        shown += np.bincount(items[np.take_along_axis(keys, items, axis=1) > 0], minlength=n_items)
    n = len(users)
    return float((shown * (shown - 1)).sum() / (n * (n - 1) * k)) if n > 1 else None


def _sort_keys(scores: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """uint64 keys in the order of the scores, by the noise among equals, 0 for nan and -inf: float32 [b, n] -> [b, n].

    noise: uint32 [b, n] or [n].

    The bits of an IEEE float sort like unsigned integers once the sign bit is flipped (for negatives: all bits).
    With random bits below them one partition breaks every tie, also those at the border of the first k.
    """
    bits = (scores + np.float32(0)).view(np.uint32)  # + 0 makes -0.0 equal to 0.0
    ordered = np.where(bits >> 31, ~bits, bits | np.uint32(1 << 31))
    keys = (ordered.astype(np.uint64) << np.uint64(32)) | noise
    keys[~(scores > -np.inf)] = 0
    return keys


def _first_k(keys: np.ndarray, k: int) -> np.ndarray:
    """Columns of the k largest keys of each row, largest first: [b, n] -> int64 [b, min(k, n)]."""
    first = max(0, keys.shape[1] - k)
    top = np.argpartition(keys, first, axis=1)[:, first:]
    order = np.argsort(np.take_along_axis(keys, top, axis=1), axis=1)[:, ::-1]
    return np.take_along_axis(top, order, axis=1)
