"""Tables for people to take away, safe to open in a spreadsheet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reco_core.ratings import Ratings

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


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


def csv_bytes(table: pd.DataFrame) -> bytes:
    """The table as CSV; text that a spreadsheet would read as a formula gets a leading apostrophe."""
    return table.map(harmless).to_csv(index=False).encode("utf-8-sig")


def harmless(value: object) -> object:
    """The value; text that begins like a formula as text that does not."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
