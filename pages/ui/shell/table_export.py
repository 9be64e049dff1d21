"""Tables for people to take away, safe to open in a spreadsheet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reco_core.ratings import Ratings
from reco_core.spreadsheet import csv_bytes


def recommendations_csv(ratings: Ratings, item_index: np.ndarray, shown: np.ndarray, in_stars: bool) -> bytes:
    """CSV in UTF-8, best first: rank, item_id, title, year, genres and predicted_stars (or score).

    Years and genres are there only where the dataset has some.
    """
    rows = ratings.item_table.iloc[item_index]
    known = {"year": ratings.has_years, "genres": bool(ratings.genre_names)}
    table = pd.DataFrame(
        {
            "rank": range(1, len(rows) + 1),
            "item_id": ratings.items.ids[item_index],
            "title": rows["title"].to_numpy(),
            **{name: rows[name].to_numpy() for name, there in known.items() if there},
            "predicted_stars" if in_stars else "score": shown,
        }
    )
    return csv_bytes(table)
