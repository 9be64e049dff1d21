"""The planted ratings with genres, years and a table of users."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from reco_core.ratings import Ratings
from tests.planted import planted

GENRES = ("Drama", "Comedy", "War", "Crime|Drama", "")


@cache
def featured() -> Ratings:
    """60 users with age, gender and postal code, 40 items with genres and years, one item with neither."""
    ratings, rng = planted(), np.random.default_rng(5)
    years = pd.array(rng.integers(1950, 2000, ratings.n_items), dtype="Int64")
    years[4] = pd.NA
    genres = [GENRES[k % len(GENRES)] for k in range(ratings.n_items)]
    users = pd.DataFrame(
        {
            "age": rng.integers(18, 60, ratings.n_users),
            "gender": ["F" if k % 3 else "M" for k in range(ratings.n_users)],
            "zip_code": [f"{k:05d}" for k in range(ratings.n_users)],
        }
    )
    return replace(ratings, item_table=ratings.item_table.assign(genres=genres, year=years), user_table=users)
