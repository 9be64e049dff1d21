"""Given folds: files of (user, item) pairs -> row numbers of a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np

from reco_core.data.files import Files, open_files
from reco_core.data.reading import sources
from reco_core.data.reading.guess import guess
from reco_core.data.reading.plan import Plan
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


def pairs_of(files: Files, plan: Plan) -> tuple[list[str], list[str]]:
    """(users, items) of the rows of a table, as text; rows without one of them are left out."""
    users: list[str] = []
    items: list[str] = []
    for batch in sources.batches(files, plan, roles=("user", "item")):
        pairs = zip(batch.table.column("user").to_pylist(), batch.table.column("item").to_pylist(), strict=True)
        for user, item in pairs:
            if user.strip() and item.strip():
                users.append(user)
                items.append(item)
    return users, items


def rows_of_pairs(rows: Pairs, pairs: tuple[list[str], list[str]]) -> tuple[np.ndarray, int]:
    """(the rows with these users and items, int64 in file order; how many of the pairs have no row)."""
    users, items = (
        ids.encode(np.array(texts, dtype=object)) for ids, texts in zip((rows.users, rows.items), pairs, strict=True)
    )
    known = (users >= 0) & (items >= 0)
    wanted = np.unique(users[known].astype(np.int64) * len(rows.items) + items[known])
    found = np.flatnonzero(np.isin(rows.user_index.astype(np.int64) * len(rows.items) + rows.item_index, wanted))
    return found, int(np.count_nonzero(~known)) + len(wanted) - len(found)


def rows_of_file(ratings: Ratings, path: str) -> np.ndarray:
    """The rows of a dataset that a file of ratings lists. Raises SettingsError where it lists others."""
    try:
        files = open_files(Path(path).expanduser())
        rows, unknown = rows_of_pairs(ratings, pairs_of(files, guess(files).require()))
    except DataError as error:
        raise SettingsError(f"A fold's file must be a table of ratings: {error}") from error
    if unknown:
        raise SettingsError(
            f"Every rating in a fold's file must be in {ratings.name}; {unknown:,} in {Path(path).name} are not."
        )
    return rows
