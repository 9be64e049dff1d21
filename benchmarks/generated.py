"""Ratings of any number, made from a planted truth in a few seconds a million, for measuring cost against size."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reco_core.encode import IdEncoder, RatingScale
from reco_core.ratings import ITEM_COLUMNS, Ratings, Source

MEAN, BIAS, TASTES, TASTE, NOISE = 3.5, 0.45, 8, 0.35, 0.85
_AT_ONCE = 1_000_000


def generated(n_ratings: int, n_users: int, n_items: int, seed: int = 0) -> Ratings:
    """Stars of a mean, biases, a product of 8 tastes, and noise; some users and items are far busier than others.

    `expected` holds the stars without the noise. A pair may come twice: that costs as much as any other.
    """
    rng = np.random.default_rng(seed)
    users, items = _drawn(n_ratings, n_users, 0.5, rng), _drawn(n_ratings, n_items, 0.8, rng)
    biases = [rng.normal(0, BIAS, n).astype(np.float32) for n in (n_users, n_items)]
    tastes = [rng.normal(0, TASTE, (n, TASTES)).astype(np.float32) for n in (n_users, n_items)]
    expected, stars = np.empty(n_ratings, dtype=np.float32), np.empty(n_ratings, dtype=np.float32)
    for low in range(0, n_ratings, _AT_ONCE):
        part = slice(low, low + _AT_ONCE)
        user, item = users[part], items[part]
        liked = np.einsum("nd,nd->n", tastes[0][user], tastes[1][item])
        expected[part] = MEAN + biases[0][user] + biases[1][item] + liked
        noise = rng.standard_normal(len(user), dtype=np.float32) * np.float32(NOISE)
        stars[part] = np.clip(np.rint(expected[part] + noise), 1, 5)
    return Ratings(
        name=f"generated-{n_ratings}",
        user_index=users,
        item_index=items,
        rating=stars,
        timestamp=None,
        users=IdEncoder(np.arange(1, n_users + 1)),
        items=IdEncoder(np.arange(1, n_items + 1)),
        scale=RatingScale(1.0, 5.0, 1.0),
        item_table=item_table(n_items),
        source=Source("Generated"),
        expected=expected,
    )


def _drawn(n: int, size: int, steep: float, rng: np.random.Generator) -> np.ndarray:
    """n numbers below size, int32: each at least once where n allows it, the k-th busiest by k ** -steep beyond."""
    share = np.cumsum(np.arange(1, size + 1, dtype=float) ** -steep)
    drawn = np.empty(n, dtype=np.int32)
    for low in range(0, n, _AT_ONCE):
        part = drawn[low : low + _AT_ONCE]
        part[:] = np.searchsorted(share, rng.random(len(part)) * share[-1])
    first = min(n, size)
    drawn[:first] = rng.permutation(size)[:first]
    return drawn


def item_table(n_items: int) -> pd.DataFrame:
    """An item table with nothing but titles."""
    table = pd.DataFrame({column: pd.Series([None] * n_items, dtype="object") for column in ITEM_COLUMNS})
    return table.assign(title=[f"Item {n}" for n in range(1, n_items + 1)], genres="")
