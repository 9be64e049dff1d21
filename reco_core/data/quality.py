"""What is in a dataset: a report for people and programs, and the tables behind its charts."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from reco_core.data.item_words import words_of
from reco_core.rating_bins import RatingBins
from reco_core.ratings import Ratings, genres_in

ACTIVITY_EDGES = np.array([1, 2, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1_000, 2_000, 5_000, 10_000])
TAIL_POINTS = 200
TIME_STEPS = ("D", "W", "MS", "YS")  # day, week, month, year
TIME_POINTS = 130


def report(ratings: Ratings) -> dict[str, Any]:
    """Sizes, scale, times, quality and the 15 most rated items, in types that JSON has.

    noise_floor is there where the truth is known: the RMSE of the expected rating on all rows.
    """
    stars, quality, times = ratings.rating.astype(np.float64), ratings.quality, ratings.timestamp
    found = {
        "name": ratings.name,
        "title": ratings.source.title,
        "fingerprint": ratings.fingerprint,
        "ratings": len(ratings),
        "users": ratings.n_users,
        "items": ratings.n_items,
        "items_are": words_of(ratings).many,
        "filled": ratings.filled,
        "sparsity": ratings.sparsity,
        "rating_min": ratings.scale.min,
        "rating_max": ratings.scale.max,
        "rating_step": ratings.scale.step,
        "rating_mean": float(stars.mean()),
        "rating_std": float(stars.std(ddof=1)) if len(stars) > 1 else 0.0,
        "rating_quartiles": [float(q) for q in np.quantile(stars, [0.25, 0.5, 0.75])],
        "ratings_per_user": _spread(ratings.user_counts),
        "ratings_per_item": _spread(ratings.item_counts),
        "time_from": None if times is None else _utc(times.min()),
        "time_to": None if times is None else _utc(times.max()),
        "lines": quality.lines or len(ratings),
        "rows_read": quality.rows_read or len(ratings),
        "empty": quality.empty,
        "refused": dict(quality.refused),
        "duplicates": quality.duplicates,
        "filtered": quality.filtered,
        "folds": sorted(ratings.folds),
        "licence": ratings.source.licence,
        "notes": ratings.source.notes,
        "top": _top(ratings),
    }
    if ratings.expected is not None:
        found["noise_floor"] = float(np.sqrt(np.mean((ratings.expected - stars) ** 2)))
    return found


def top_items(ratings: Ratings, n: int = 15) -> pd.DataFrame:
    """The n items with most ratings, ties by index: item_index, title, year, genres, count, mean."""
    counts = ratings.item_counts
    index = np.argsort(-counts, kind="stable")[:n]
    sums = np.bincount(ratings.item_index, ratings.rating, ratings.n_items)
    table = ratings.item_table.iloc[index][["title", "year", "genres"]].reset_index(drop=True)
    table.insert(0, "item_index", index)
    return table.assign(count=counts[index], mean=sums[index] / np.maximum(counts[index], 1))


def rating_histogram(ratings: Ratings) -> pd.DataFrame:
    """Ratings at each level of the scale, also where there are none: rating, name, low, high, count, share.

    A continuous scale comes in some 20 bins from low to high; rating is then the middle of a bin.
    """
    bins = RatingBins.of(ratings.scale)
    count = np.bincount(bins.place(ratings.rating), minlength=len(bins))
    edges = {"low": bins.low, "high": bins.high}
    words = {"rating": bins.middle, "name": bins.names}
    return pd.DataFrame(words | edges | {"count": count, "share": count / len(ratings)})


def activity(ratings: Ratings) -> pd.DataFrame:
    """Users by how many items they rated: ratings (as "20–29"), users."""
    edges = ACTIVITY_EDGES
    place = np.searchsorted(edges, ratings.user_counts, side="right") - 1
    users = np.bincount(place, minlength=len(edges))
    labels = [_band(low, high - 1) for low, high in pairwise(edges)] + [f"{edges[-1]:,}+"]
    within = slice(int(place.min()), int(place.max()) + 1)
    return pd.DataFrame({"ratings": labels[within], "users": users[within]})


def long_tail(ratings: Ratings) -> pd.DataFrame:
    """Share of all ratings (ratings) that the most rated share of the items (items) holds, from 0 to 1."""
    held = np.concatenate([[0], np.cumsum(np.sort(ratings.item_counts)[::-1])])
    points = np.unique(np.linspace(0, ratings.n_items, TAIL_POINTS).round().astype(int))
    return pd.DataFrame({"items": points / ratings.n_items, "ratings": held[points] / len(ratings)})


def ratings_over_time(ratings: Ratings) -> pd.DataFrame:
    """Ratings in each day, week, month or year, whichever gives at most 130 points: time (its start), count."""
    if ratings.timestamp is None:
        return pd.DataFrame({"time": pd.to_datetime([]), "count": np.array([], dtype=np.int64)})
    days, count = np.unique(ratings.timestamp // 86_400, return_counts=True)
    daily = pd.Series(count, index=pd.to_datetime(days, unit="D"))
    for step in TIME_STEPS:
        series = daily.resample(step, label="left", closed="left").sum()
        if len(series) <= TIME_POINTS:
            break
    return pd.DataFrame({"time": series.index, "count": series.to_numpy()})


def genre_counts(ratings: Ratings) -> pd.DataFrame:
    """Items and ratings of each genre, most items first: genre, items, ratings, mean (stars)."""
    names = {name: at for at, name in enumerate(ratings.genre_names)}
    pairs = [(at, names[g]) for at, text in enumerate(ratings.item_table["genres"]) for g in genres_in(text)]
    item, genre = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    counts = ratings.item_counts
    sums = np.bincount(ratings.item_index, ratings.rating, ratings.n_items)
    given = np.bincount(genre, counts[item], len(names))
    table = pd.DataFrame(
        {
            "genre": list(names),
            "items": np.bincount(genre, minlength=len(names)),
            "ratings": given.astype(np.int64),
            "mean": np.bincount(genre, sums[item], len(names)) / np.maximum(given, 1),
        }
    )
    return table.sort_values(["items", "genre"], ascending=[False, True], ignore_index=True)


def most_active_matrix(ratings: Ratings, n_users: int = 15, n_items: int = 15) -> pd.DataFrame:
    """Stars of the most active users (rows, by id) for the most rated items (columns, by title); NaN where unrated."""
    users = np.argsort(-ratings.user_counts, kind="stable")[:n_users]
    items = np.argsort(-ratings.item_counts, kind="stable")[:n_items]
    row, column = np.full(ratings.n_users, -1), np.full(ratings.n_items, -1)
    row[users], column[items] = np.arange(len(users)), np.arange(len(items))
    inside = np.flatnonzero((row[ratings.user_index] >= 0) & (column[ratings.item_index] >= 0))
    stars = np.full((len(users), len(items)), np.nan)
    stars[row[ratings.user_index[inside]], column[ratings.item_index[inside]]] = ratings.rating[inside]
    titles = ratings.item_table["title"].iloc[items].tolist()
    ids = ratings.items.decode(items)
    names = [f"{title} [{one}]" if titles.count(title) > 1 else title for title, one in zip(titles, ids, strict=True)]
    return pd.DataFrame(stars, index=pd.Index(ratings.users.decode(users), name="user"), columns=names)


def dot_matrix(ratings: Ratings, size: int = 900) -> np.ndarray:
    """The matrix as a picture, uint8 [height, width], each side at most `size`: 0 where nothing is rated.

    Users down and items across, the busiest first. A dot's value grows with the root of the share of its cells that
    hold a rating; the fullest dots are 255.
    """
    height, width = min(ratings.n_users, size), min(ratings.n_items, size)
    if ratings.n_users > size or ratings.n_items > size:
        shape = np.clip(ratings.n_users / ratings.n_items, 0.4, 1.0)
        height = min(height, round(size * shape))
    row = _places(ratings.user_counts, height)[ratings.user_index]
    column = _places(ratings.item_counts, width)[ratings.item_index]
    dots = np.sqrt(np.bincount(row * width + column, minlength=height * width).astype(np.float64))
    full = np.quantile(dots[dots > 0], 0.99)
    values = np.where(dots > 0, np.clip(40 + 215 * dots / full, 0, 255), 0)
    return values.astype(np.uint8).reshape(height, width)


def _places(counts: np.ndarray, size: int) -> np.ndarray:
    """The place 0..size-1 of each index when the busiest come first."""
    place = np.empty(len(counts), dtype=np.int64)
    place[np.argsort(-counts, kind="stable")] = np.arange(len(counts)) * size // len(counts)
    return place


def _top(ratings: Ratings) -> list[dict[str, Any]]:
    rows = []
    for row in top_items(ratings).itertuples(index=False):
        rows.append(
            {
                "item": str(ratings.items.ids[row.item_index]),
                "title": row.title,
                "year": None if pd.isna(row.year) else int(row.year),
                "genres": row.genres,
                "count": int(row.count),
                "mean": float(row.mean),
            }
        )
    return rows


def _spread(counts: np.ndarray) -> dict[str, float]:
    return {"min": int(counts.min()), "median": float(np.median(counts)), "max": int(counts.max())}


def _utc(seconds: int) -> str | None:
    """A time as text, 1997-09-20T03:05:10Z; None where it is outside the years 1..9999."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return None


def _band(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"
