"""Side features of items and users: genres, years in bins, and what a user table says; none needs a rating."""

from __future__ import annotations

from functools import cache
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from reco_core.ratings import Ratings, genres_in

MOST_GENRES, MOST_BINS, MOST_VALUES = 64, 12, 32
USER_COLUMNS = ("age", "gender", "occupation")


def counts(ratings: Ratings) -> dict[str, int]:
    """The columns of each kind of feature: genres, years, user_features; 0 where the dataset has none."""
    return {name: table.shape[1] for name, table in _tables(ratings).items()}


def item_genres(ratings: Ratings) -> np.ndarray:
    """float32 [n_items, genres]: the commonest genres, each row of length 1 (all zeros for an item without any)."""
    return _tables(ratings)["genres"]


def item_years(ratings: Ratings) -> np.ndarray:
    """float32 [n_items, years]: 1 in the bin of the item's year; bins hold about as many items each."""
    return _tables(ratings)["years"]


def user_features(ratings: Ratings) -> np.ndarray:
    """float32 [n_users, user_features]: age in bins, gender and occupation, each row of length 1."""
    return _tables(ratings)["user_features"]


@cache
def _kept() -> WeakKeyDictionary[Ratings, dict[str, np.ndarray]]:
    return WeakKeyDictionary()


def _tables(ratings: Ratings) -> dict[str, np.ndarray]:
    """The three tables of a dataset, made once."""
    if ratings not in _kept():
        tables = {"genres": _genres(ratings), "years": _years(ratings), "user_features": _users(ratings)}
        _kept()[ratings] = tables
    return _kept()[ratings]


def _genres(ratings: Ratings) -> np.ndarray:
    lists = [genres_in(text) for text in ratings.item_table["genres"]]
    number = pd.Series([name for names in lists for name in names], dtype=object).value_counts()
    chosen = sorted(sorted(number.index, key=lambda name: (-number[name], name))[:MOST_GENRES])
    place = {name: column for column, name in enumerate(chosen)}
    pairs = [(row, place[name]) for row, names in enumerate(lists) for name in names if name in place]
    return _unit(_marked(pairs, ratings.n_items, len(chosen)))


def _years(ratings: Ratings) -> np.ndarray:
    return _binned(ratings.item_table["year"])


def _users(ratings: Ratings) -> np.ndarray:
    """The columns that are known to describe a person; the rest (such as a postal code) would name one."""
    table = ratings.user_table
    parts = [np.zeros((ratings.n_users, 0), dtype=np.float32)]
    for name in USER_COLUMNS:
        if table is not None and name in table.columns:
            column = table[name]
            parts.append(_binned(column) if pd.api.types.is_numeric_dtype(column) else _valued(column))
    return _unit(np.concatenate(parts, axis=1))


def _binned(column: pd.Series) -> np.ndarray:
    """One column for each bin between quantiles of the known numbers; none where all of them are equal."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    known = np.flatnonzero(np.isfinite(numbers))
    edges = np.unique(np.quantile(numbers[known], np.arange(1, MOST_BINS) / MOST_BINS)) if len(known) else np.empty(0)
    bins = np.searchsorted(edges, numbers[known], side="left")
    used, place = np.unique(bins, return_inverse=True)
    width = len(used) if len(used) > 1 else 0
    return _marked(list(zip(known, place, strict=True)) if width else [], len(column), width)


def _valued(column: pd.Series) -> np.ndarray:
    """One column for each of the commonest values; none where there are not two."""
    texts = column.astype("string").fillna("").str.strip()
    number = texts[texts != ""].value_counts()
    values = sorted(sorted(number.index, key=lambda value: (-number[value], value))[:MOST_VALUES])
    if len(values) < 2:
        return np.zeros((len(column), 0), dtype=np.float32)
    place = {value: k for k, value in enumerate(values)}
    return _marked([(row, place[text]) for row, text in enumerate(texts) if text in place], len(column), len(values))


def _marked(pairs: list[tuple[int, int]], rows: int, columns: int) -> np.ndarray:
    """A table of zeros with 1 at each (row, column), float32."""
    table = np.zeros((rows, columns), dtype=np.float32)
    if pairs:
        table[tuple(np.array(pairs).T)] = 1
    return table


def _unit(table: np.ndarray) -> np.ndarray:
    """The rows at length 1, where they are not zero."""
    length = np.sqrt(np.square(table).sum(axis=1, keepdims=True))
    return np.divide(table, length, out=np.zeros_like(table), where=length > 0)
