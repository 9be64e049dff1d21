"""What a list of recommendations may be filtered and spread by: facts of the items as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reco_core.ratings import Ratings, genres_in


@dataclass(frozen=True, eq=False)
class ItemFacts:
    """counts: int64 [n_items], ratings of each item. years: float64 [n_items], nan where not known. genres: bool
    [n_items, n_genres], with their names in order."""

    counts: np.ndarray
    years: np.ndarray
    genres: np.ndarray
    genre_names: tuple[str, ...]

    @classmethod
    def of(cls, ratings: Ratings) -> ItemFacts:
        """The facts of a dataset's items."""
        names = ratings.genre_names
        place = {name: column for column, name in enumerate(names)}
        genres = np.zeros((ratings.n_items, len(names)), dtype=bool)
        for row, text in enumerate(ratings.item_table["genres"]):
            genres[row, [place[name] for name in genres_in(text)]] = True
        years = pd.to_numeric(ratings.item_table["year"], errors="coerce").to_numpy(np.float64, na_value=np.nan)
        return cls(ratings.item_counts, years, genres, names)

    def features(self, vectors: np.ndarray | None) -> np.ndarray:
        """What likeness is measured by: the model's item vectors; the genres where it has none."""
        return self.genres if vectors is None else vectors
