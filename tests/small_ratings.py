"""Small datasets whose answers are known by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from reco_core.encode import IdEncoder, RatingScale
from reco_core.ratings import ITEM_COLUMNS, Ratings, Source


def small_ratings(
    rows: Sequence[tuple[int, int, float]],
    n_users: int,
    n_items: int,
    times: Sequence[int] | None = None,
    expected: np.ndarray | None = None,
) -> Ratings:
    """Ratings 1..5 of (user_index, item_index, stars) rows; users and items without a row exist too."""
    user, item, stars = (np.array(column) for column in zip(*rows, strict=True))
    return Ratings(
        name="small",
        user_index=user.astype(np.int32),
        item_index=item.astype(np.int32),
        rating=stars.astype(np.float32),
        timestamp=None if times is None else np.array(times, dtype=np.int64),
        users=IdEncoder(np.arange(n_users, dtype=np.int64)),
        items=IdEncoder(np.arange(n_items, dtype=np.int64)),
        scale=RatingScale(1, 5, 1),
        item_table=pd.DataFrame({column: [""] * n_items for column in ITEM_COLUMNS}),
        source=Source("Small"),
        expected=expected,
    )


def random_ratings(seed: int, n_users: int = 20, n_items: int = 30, share: float = 0.4) -> Ratings:
    """Ratings of a random part of all pairs, in random order."""
    rng = np.random.default_rng(seed)
    user, item = np.nonzero(rng.random((n_users, n_items)) < share)
    order = rng.permutation(len(user))
    stars = rng.integers(1, 6, len(user))
    return small_ratings(list(zip(user[order], item[order], stars, strict=True)), n_users, n_items)


def with_genres(ratings: Ratings, has: np.ndarray) -> Ratings:
    """The same ratings whose items have the genres g00, g01, ...: bool [n_items, n_genres]."""
    texts = ["|".join(f"g{genre:02}" for genre in np.flatnonzero(row)) for row in has]
    return replace(ratings, item_table=ratings.item_table.assign(genres=texts))


class TableScorer:
    """A scorer that reads scores [n_users, n_items] from a table; index -1 scores `unknown`."""

    user_vectors = item_vectors = user_bias = item_bias = None

    def __init__(self, table: np.ndarray, unknown: float = 0.0) -> None:
        table = np.asarray(table, dtype=np.float32)
        self._table = np.pad(table, ((0, 1), (0, 1)), constant_values=unknown)

    def score(self, user_index: np.ndarray, item_index: np.ndarray) -> np.ndarray:
        return self._table[user_index, item_index]

    def score_all(self, user_index: np.ndarray) -> np.ndarray:
        return self._table[user_index, :-1]
