"""Small planted data: ratings whose truth (biases plus a low-rank taste) is known."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from reco_core.encode import IdEncoder, RatingScale
from reco_core.ratings import Ratings, Source
from reco_core.split import Split, SplitSettings, make_split

SCALE = RatingScale(0.5, 5.0, 0.5)


def ratings_of(users: np.ndarray, items: np.ndarray, stars: np.ndarray, scale: RatingScale = SCALE) -> Ratings:
    """Ratings of the given raw ids."""
    user_ids, item_ids = IdEncoder.fit(users), IdEncoder.fit(items)
    n = len(item_ids)
    item_table = pd.DataFrame(
        {"title": [f"Film {i}" for i in item_ids.ids], "year": pd.array([2000] * n, dtype="Int64")}
        | {"genres": [""] * n, "imdb_id": [""] * n, "tmdb_id": pd.array([pd.NA] * n, dtype="Int64")}
    )
    return Ratings(
        name="planted",
        user_index=user_ids.encode(users),
        item_index=item_ids.encode(items),
        rating=np.asarray(stars, dtype=np.float32),
        timestamp=None,
        users=user_ids,
        items=item_ids,
        scale=scale,
        item_table=item_table,
        source=Source("Planted"),
    )


@cache
def planted(n_users: int = 60, n_items: int = 40, filled: float = 0.6, seed: int = 3) -> Ratings:
    """Half-star ratings = 2.75 + user bias + item bias + a taste of rank 2 + a little noise."""
    rng = np.random.default_rng(seed)
    truth = 2.75 + rng.normal(0, 0.5, (n_users, 1)) + rng.normal(0, 0.5, (1, n_items))
    truth = truth + rng.normal(0, 0.8, (n_users, 2)) @ rng.normal(0, 0.8, (2, n_items))
    users, items = np.nonzero(rng.random((n_users, n_items)) < filled)
    stars = SCALE.round(truth[users, items] + rng.normal(0, 0.1, len(users)))
    return ratings_of(users + 100, items + 7, stars)


@cache
def planted_split(seed: int = 0, val_size: float = 0.15) -> Split:
    """A random split of the planted ratings."""
    return make_split(planted(), SplitSettings(seed=seed, val_size=val_size))
