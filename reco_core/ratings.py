"""Ratings: the one data object, checked when made and never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from reco_core.encode import IdEncoder, RatingScale
from reco_core.errors import DataError, UnknownIdError
from reco_core.kinds import ITEM, ItemKind
from reco_core.rated_lists import starts

ITEM_COLUMNS = ("title", "year", "genres", "tmdb_id", "imdb_id")


def genres_in(text: object) -> tuple[str, ...]:
    """The genres of a text such as "Action|Comedy", none of them empty; none where there is no text."""
    return tuple(name for name in str(text or "").split("|") if name)


@dataclass(frozen=True)
class Quality:
    """The account of what was read: every line of the source is in exactly one of these.

    lines = header + empty + further + refused + duplicates + filtered + the ratings. A line is one of a text, a row of
    a parquet file, or a cell of a matrix. further: lines that go on a record or, in blocks, name an item. refused:
    reason -> lines. duplicates: ratings merged into another of the same user and item. filtered: of users and items
    with too few. short, surplus: rows that were read although cells lack at their end, or blank ones are too many.
    """

    lines: int = 0
    header: int = 0
    empty: int = 0
    further: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    duplicates: int = 0
    filtered: int = 0
    short: int = 0
    surplus: int = 0

    @property
    def rows_read(self) -> int:
        """Lines that are records, or were to be: all but the header, blank ones and those that go on a record."""
        return self.lines - self.header - self.empty - self.further

    @property
    def left_out(self) -> int:
        """Lines that were refused, for whatever reason."""
        return sum(self.refused.values())

    def adds_up(self, ratings: int) -> bool:
        """Whether every line is accounted for, with so many ratings read."""
        return self.rows_read == self.left_out + self.duplicates + self.filtered + ratings


@dataclass(frozen=True)
class Source:
    """Where a dataset comes from: its name for people, licence, citation and home page."""

    title: str
    licence: str = ""
    citation: str = ""
    url: str = ""
    notes: str = ""


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings of items by users.

    user_index, item_index: int32 [n]; rating: float32 [n] in stars; timestamp: int64 [n] seconds or None.
    item_table: one row per item index, columns title, year (Int64), genres ("A|B"), tmdb_id (Int64), imdb_id.
    user_table: one row per user index (columns as the source gives them) or None.
    folds: name of a given fold -> its test rows, int64.
    refused: the first lines that were refused, columns line, reason, text (cut to 80 characters); None without any.
    item_kind: what the items are, in words; the same ratings under other words have the same fingerprint.
    expected: float32 [n], the planted truth's expected rating of each row, where the truth is known.
    """

    name: str
    user_index: np.ndarray
    item_index: np.ndarray
    rating: np.ndarray
    timestamp: np.ndarray | None
    users: IdEncoder
    items: IdEncoder
    scale: RatingScale
    item_table: pd.DataFrame
    source: Source
    user_table: pd.DataFrame | None = None
    folds: Mapping[str, np.ndarray] = field(default_factory=dict)
    expected: np.ndarray | None = None
    quality: Quality = Quality()
    refused: pd.DataFrame | None = None
    item_kind: ItemKind = ITEM

    def __post_init__(self) -> None:
        n = len(self.rating)
        if n == 0:
            raise DataError("A dataset needs at least one rating; got none.")
        for name, array, kind in self._columns():
            if array is not None and (array.shape != (n,) or array.dtype != kind):
                raise ValueError(f"{name} must be {kind} [{n}]; got {array.dtype} {list(array.shape)}")
        for name, index, ids in (
            ("user_index", self.user_index, self.users),
            ("item_index", self.item_index, self.items),
        ):
            if index.min() < 0 or index.max() >= len(ids):
                raise ValueError(f"{name} must be within 0..{len(ids) - 1}")
        if (
            not np.isfinite(self.rating).all()
            or self.rating.min() < self.scale.min
            or self.rating.max() > self.scale.max
        ):
            raise DataError(f"Every rating must be from {self.scale.min} to {self.scale.max}.")
        if len(self.item_table) != self.n_items or not set(ITEM_COLUMNS) <= set(self.item_table.columns):
            raise ValueError(f"item_table needs {self.n_items} rows and the columns {', '.join(ITEM_COLUMNS)}")

    def _columns(self) -> tuple[tuple[str, np.ndarray | None, str], ...]:
        return (
            ("user_index", self.user_index, "int32"),
            ("item_index", self.item_index, "int32"),
            ("rating", self.rating, "float32"),
            ("timestamp", self.timestamp, "int64"),
            ("expected", self.expected, "float32"),
        )

    def __len__(self) -> int:
        return len(self.rating)

    @property
    def n_users(self) -> int:
        return len(self.users)

    @property
    def n_items(self) -> int:
        return len(self.items)

    @property
    def filled(self) -> float:
        """Share of the user x item matrix that holds a rating."""
        return len(self) / (self.n_users * self.n_items)

    @property
    def sparsity(self) -> float:
        """Share of the matrix that is empty: 1 - filled."""
        return 1.0 - self.filled

    @cached_property
    def item_counts(self) -> np.ndarray:
        """Ratings per item, int64 [n_items]."""
        return np.bincount(self.item_index, minlength=self.n_items)

    @cached_property
    def user_counts(self) -> np.ndarray:
        """Ratings per user, int64 [n_users]."""
        return np.bincount(self.user_index, minlength=self.n_users)

    @cached_property
    def rows_by_user(self) -> tuple[np.ndarray, np.ndarray]:
        """(rows, start): the rows of user u are rows[start[u]:start[u + 1]], in file order."""
        rows = np.argsort(self.user_index, kind="stable")
        return rows, starts(self.user_index, self.n_users)

    def rows_of_user(self, user_index: int) -> np.ndarray:
        """The rows of one user, int64, in file order."""
        rows, start = self.rows_by_user
        return rows[start[user_index] : start[user_index + 1]]

    def given_by(self, user_index: int) -> tuple[np.ndarray, np.ndarray]:
        """(items int64 [n], stars float64 [n]) of one user.

        Each item comes once: its last row counts. Raises UnknownIdError.
        """
        if not 0 <= user_index < self.n_users:
            raise UnknownIdError(f"user_index must be from 0 to {self.n_users - 1}; got {user_index}.")
        rows = self.rows_of_user(user_index)
        given = dict(zip(self.item_index[rows].tolist(), self.rating[rows].tolist(), strict=True))
        return np.fromiter(given, dtype=np.int64), np.fromiter(given.values(), dtype=np.float64)

    @cached_property
    def genre_names(self) -> tuple[str, ...]:
        """Every genre that an item has, sorted."""
        return tuple(sorted({name for text in self.item_table["genres"] for name in genres_in(text)}))

    @cached_property
    def has_years(self) -> bool:
        """Whether the year of any item is known."""
        return bool(pd.to_numeric(self.item_table["year"], errors="coerce").notna().any())

    @cached_property
    def has_titles(self) -> bool:
        """Whether any item has a title, other than what items without one are called."""
        pairs = zip(self.item_table["title"], self.items.ids, strict=True)
        return any(title != self.item_kind.untitled(one) for title, one in pairs)

    @cached_property
    def identity(self) -> str:
        """16 hex digits that name all of it but its name: what is shown of a dataset depends on this.

        Besides what the fingerprint names: item and user tables, what items are called, source, folds, planted truth,
        what was left out.
        """
        digest = hashlib.sha256(self.fingerprint.encode())
        for table in (self.item_table, self.user_table, self.refused):
            if table is not None:
                digest.update(repr(list(table.columns)).encode())
                digest.update(pd.util.hash_pandas_object(table.astype(str), index=False).to_numpy().tobytes())
        digest.update(repr((self.source, self.quality, self.scale, self.item_kind)).encode())
        for name, rows in self.folds.items():
            digest.update(name.encode() + np.ascontiguousarray(rows).tobytes())
        if self.expected is not None:
            digest.update(np.ascontiguousarray(self.expected).tobytes())
        return digest.hexdigest()[:16]

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits that name the content: ids, rows and scale; titles and words are not part of it."""
        digest = hashlib.sha256()
        for array in (self.user_index, self.item_index, self.rating, self.timestamp):
            digest.update(b"none" if array is None else np.ascontiguousarray(array).tobytes())
        for ids in (self.users.ids, self.items.ids):
            digest.update("\n".join(map(str, ids)).encode())
        step = round(self.scale.step, 6) or self.scale.step  # as it always was, so that earlier runs find their data
        digest.update(repr((self.scale.min, self.scale.max, step)).encode())
        return digest.hexdigest()[:16]
