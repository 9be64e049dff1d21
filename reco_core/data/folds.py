"""Given folds: files of (user, item) pairs -> row numbers of a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl

from reco_core.data.files import open_files
from reco_core.data.rows import read_rows
from reco_core.encode import IdEncoder
from reco_core.errors import DataError, SettingsError
from reco_core.ratings import Ratings


class Pairs(Protocol):
    """Rows that can be looked up: a `Ratings`, or cleaned rows."""

    @property
    def user_index(self) -> np.ndarray: ...
    @property
    def item_index(self) -> np.ndarray: ...
    @property
    def users(self) -> IdEncoder: ...
    @property
    def items(self) -> IdEncoder: ...


def rows_of_pairs(rows: Pairs, pairs: pl.DataFrame) -> tuple[np.ndarray, int]:
    """(the rows with these users and items, int64 in file order; how many of the pairs have no row)."""
    pairs = pairs.drop_nulls(["user", "item"])
    users, items = rows.users.encode(pairs["user"].to_numpy()), rows.items.encode(pairs["item"].to_numpy())
    known = (users >= 0) & (items >= 0)
    wanted = np.unique(users[known].astype(np.int64) * len(rows.items) + items[known])
    found = np.flatnonzero(np.isin(rows.user_index.astype(np.int64) * len(rows.items) + rows.item_index, wanted))
    return found, int(np.count_nonzero(~known)) + len(wanted) - len(found)


def rows_of_file(ratings: Ratings, path: str) -> np.ndarray:
    """The rows of a dataset that a file of ratings lists. Raises SettingsError where it lists others."""
    try:
        files = open_files(Path(path).expanduser())
        rows, unknown = rows_of_pairs(ratings, read_rows(files, files.names[0]))
    except DataError as error:
        raise SettingsError(f"A fold's file must be a table of ratings: {error}") from error
    if unknown:
        raise SettingsError(
            f"Every rating in a fold's file must be in {ratings.name}; {unknown:,} in {Path(path).name} are not."
        )
    return rows
