"""Rows as read -> rows that can be used, with a count of what was left out and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from reco_core.encode import IdEncoder, RatingScale
from reco_core.errors import DataError
from reco_core.ratings import Quality

TRUSTED = 0.99  # share of the ratings that must lie on a known scale for the rest to count as errors
TABLE_SPAN = 20_000_000  # ids whose range is below this are looked up in a table


@dataclass(frozen=True)
class Clean:
    """Usable rows in file order: indices int32 [n], rating float32 [n], timestamp int64 [n] or None; quality counts."""

    user_index: np.ndarray
    item_index: np.ndarray
    rating: np.ndarray
    timestamp: np.ndarray | None
    users: IdEncoder
    items: IdEncoder
    scale: RatingScale
    quality: Quality


def clean(rows: pl.DataFrame, scales: tuple[RatingScale, ...] = ()) -> Clean:
    """Rows (user, item, rating, timestamp) without missing values, ratings off the scale and repeated pairs.

    The scale is the first of the known ones that fits, else what the ratings show. Of a repeated (user, item) the
    newest stays, of equally new ones the last. Timestamps are kept only where every row has one. Raises DataError.
    """
    rows_read = rows.height
    rows = rows.filter(pl.col("rating").is_not_nan()) if rows["rating"].is_nan().any() else rows
    if sum(rows[name].null_count() for name in ("user", "item", "rating")):
        rows = rows.drop_nulls(["user", "item", "rating"])
    missing = rows_read - rows.height
    scale = _scale(rows["rating"], scales)
    rows, out_of_scale = _on_scale(rows, scale, bool(scales))
    users, user_index = encode_ids(rows["user"])
    items, item_index = encode_ids(rows["item"])
    rating, time = rows["rating"].to_numpy(), rows["timestamp"]
    timestamp = None if time.null_count() else time.to_numpy()
    keep = _newest(user_index, item_index, len(items), time)
    if keep is not None:
        user_index, item_index, rating = user_index[keep], item_index[keep], rating[keep]
        timestamp = None if timestamp is None else timestamp[keep]
    duplicates = rows.height - len(rating)
    quality = Quality(rows_read, missing, duplicates, out_of_scale)
    return Clean(user_index, item_index, rating, timestamp, users, items, scale, quality)


def encode_ids(ids: pl.Series) -> tuple[IdEncoder, np.ndarray]:
    """(encoder of the ids in sorted order, index of each row: int32 [n])."""
    distinct = ids.unique().sort()
    if ids.dtype == pl.String:
        index = ids.cast(pl.Enum(distinct)).to_physical().to_numpy().astype(np.int32)
        return IdEncoder(np.array(distinct.to_list(), dtype=object)), index
    known, values = distinct.to_numpy().astype(np.int64), ids.to_numpy()
    low, span = int(known[0]), int(known[-1]) - int(known[0]) + 1
    if span > TABLE_SPAN:
        return IdEncoder(known), np.searchsorted(known, values).astype(np.int32)
    table = np.zeros(span, dtype=np.int32)
    table[known - low] = np.arange(len(known), dtype=np.int32)
    return IdEncoder(known), table[values - low if low else values]


def _scale(ratings: pl.Series, scales: tuple[RatingScale, ...]) -> RatingScale:
    """The first scale that holds every rating, else the last where it holds nearly all, else what they show."""
    finite = ratings.filter(ratings.is_finite())
    if finite.is_empty():
        raise DataError("A dataset needs at least one row with a user, an item and a rating; got none.")
    counts = finite.value_counts(name="count")
    levels, count = counts["rating"].to_numpy(), counts["count"].to_numpy()
    shares = [count[_fits(levels, scale)].sum() / count.sum() for scale in scales]
    for scale, share in zip(scales, shares, strict=True):
        if share == 1:
            return scale
    if scales and shares[-1] >= TRUSTED:
        return scales[-1]
    return RatingScale.infer(np.round(levels.astype(np.float64), 6))


def _fits(levels: np.ndarray, scale: RatingScale) -> np.ndarray:
    """Which ratings can be given on the scale: bool [n]."""
    levels = levels.astype(np.float64)
    return np.isfinite(levels) & (np.abs(scale.round(levels) - levels) < 1e-3)


def _on_scale(rows: pl.DataFrame, scale: RatingScale, known: bool) -> tuple[pl.DataFrame, int]:
    """(the rows whose rating can be given, how many cannot); of a scale that the ratings show, only infinite ones."""
    levels = rows["rating"].unique().to_numpy()
    wrong = levels[~(_fits(levels, scale) if known and scale.step in (0.5, 1) else np.isfinite(levels))]
    if len(wrong) == 0:
        return rows, 0
    kept = rows.filter(~pl.col("rating").is_in(wrong.tolist()))
    return kept, rows.height - kept.height


def _newest(user_index: np.ndarray, item_index: np.ndarray, n_items: int, time: pl.Series) -> np.ndarray | None:
    """The rows to keep so that each (user, item) comes once, in file order; None where each does already."""
    pair = user_index.astype(np.int64) * n_items + item_index
    ordered = np.sort(pair)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if len(twice) == 0:
        return None
    rows = np.flatnonzero(np.isin(pair, twice))
    order = np.lexsort((rows, time.fill_null(np.iinfo(np.int64).min).to_numpy()[rows], pair[rows]))
    last = np.append(np.diff(pair[rows][order]) != 0, True)
    keep = np.ones(len(pair), dtype=bool)
    keep[rows] = False
    keep[rows[order[last]]] = True
    return np.flatnonzero(keep)
