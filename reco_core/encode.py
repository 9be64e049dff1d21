"""Raw ids <-> 0..n-1, and stars <-> the unit interval: each pair of directions in one class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from reco_core.errors import DataError, SettingsError, UnknownIdError


@dataclass(frozen=True, eq=False)
class IdEncoder:
    """Ids of any type <-> 0..n-1, in sorted order, so that the order of the rows does not matter.

    `ids` is int64 [n] where every id is a whole number, else an object array of text [n].
    """

    ids: np.ndarray

    @classmethod
    def fit(cls, values: Any) -> IdEncoder:
        """The encoder of all distinct values: numbers in numeric order, anything else as sorted text."""
        values = _as_ids(values)
        ids = np.unique(values) if values.dtype.kind == "i" else np.array(sorted(set(values)), dtype=object)
        return cls(ids)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def _lookup(self) -> pd.Index:
        return pd.Index(self.ids)

    def encode(self, values: Any) -> np.ndarray:
        """Index of each id: int32 [n]; -1 for an id that is not known."""
        values = np.asarray(values)
        if self.ids.dtype.kind == "i":
            numbers, whole = _whole_numbers(values.ravel())
            return np.where(whole, self._lookup.get_indexer(numbers), -1).astype(np.int32)
        return self._lookup.get_indexer(np.array([str(v) for v in values.ravel()], dtype=object)).astype(np.int32)

    def decode(self, index: Any) -> np.ndarray:
        """The raw ids of indices 0..n-1."""
        return self.ids[np.asarray(index)]

    def index_of(self, raw_id: Any, kind: str = "id") -> int:
        """Index of one id, given as itself or as text; raises UnknownIdError that names some ids that exist."""
        index = int(self.encode([raw_id])[0])
        if index < 0:
            some = ", ".join(str(i) for i in self.ids[:3])
            raise UnknownIdError(
                f"{kind} must be one of the {len(self):,} in this dataset ({some}, ...); got {raw_id}."
            )
        return index

    def id_at(self, index: Any, kind: str = "id") -> Any:
        """The raw id of one index; raises UnknownIdError for what is no index, as a browser may send anything."""
        whole = isinstance(index, (int, np.integer)) and not isinstance(index, bool)
        if not (whole and 0 <= index < len(self)):
            raise UnknownIdError(f"{kind} must be given by an index from 0 to {len(self) - 1:,}; got {index}.")
        return self.ids[index]


def _whole_numbers(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(values as int64, 0 where they are no whole number of that size; where they are: bool), each [n]."""
    limit = 2**63
    if values.dtype.kind in "iu":
        whole = values < limit if values.dtype.kind == "u" else np.ones(len(values), dtype=bool)
    elif values.dtype.kind == "f":
        whole = np.isfinite(values) & (values == np.floor(values)) & (np.abs(values) < limit)
    else:
        numbers = [_number(value) for value in values]
        whole = np.array([number is not None and -limit <= number < limit for number in numbers], dtype=bool)
        values = np.array([number if ok else 0 for number, ok in zip(numbers, whole, strict=True)], dtype=np.int64)
    return np.where(whole, values, 0).astype(np.int64), whole


def _number(value: Any) -> int | None:
    """The whole number that a value is or is written as ("7", "7.0"); exact for any size."""
    text = str(value).strip().removesuffix(".0")
    return int(text) if text.removeprefix("-").isdecimal() else None


def _as_ids(values: Any) -> np.ndarray:
    """Values as int64 where each is a whole number, else as an object array of text."""
    values = np.asarray(values)
    if values.dtype.kind in "iu":
        return values.astype(np.int64)
    return np.array([str(v) for v in values.ravel()], dtype=object)


@dataclass(frozen=True)
class RatingScale:
    """The stars that can be given, from `min` to `max` in steps of `step`; unit is the same on 0..1."""

    min: float
    max: float
    step: float

    def __post_init__(self) -> None:
        if not (np.isfinite([self.min, self.max, self.step]).all() and self.min < self.max and self.step > 0):
            raise DataError(
                f"A rating scale needs min < max and a step above 0; got {self.min} to {self.max}, step {self.step}."
            )

    @classmethod
    def infer(cls, ratings: np.ndarray) -> RatingScale:
        """The scale that the ratings show: their extremes, and the smallest gap between two of them."""
        levels = np.unique(np.asarray(ratings, dtype=np.float64))
        if len(levels) < 2:
            raise DataError(f"A dataset needs at least two different ratings; got {len(levels)}.")
        gaps = np.diff(levels)
        return cls(float(levels[0]), float(levels[-1]), float(np.round(gaps.min(), 6)) or float(gaps.min()))

    @property
    def levels(self) -> np.ndarray:
        """Every rating that can be given, float64 [n_levels]."""
        return self.min + self.step * np.arange(round((self.max - self.min) / self.step) + 1)

    def to_unit(self, stars: np.ndarray) -> np.ndarray:
        """Stars -> 0..1."""
        return (np.asarray(stars) - self.min) / (self.max - self.min)

    def to_stars(self, unit: np.ndarray) -> np.ndarray:
        """0..1 -> stars."""
        return self.min + np.asarray(unit) * (self.max - self.min)

    def clip(self, stars: np.ndarray | float) -> np.ndarray:
        """Stars limited to the scale."""
        return np.clip(stars, self.min, self.max)

    def checked(self, stars: Any) -> float:
        """One rating as a visitor gave it; raises SettingsError unless it is a number of the scale."""
        number = isinstance(stars, (int, float, np.number)) and not isinstance(stars, bool)
        if not (number and self.min <= stars <= self.max):
            raise SettingsError(f"A rating must be from {self.min:g} to {self.max:g} stars; got {stars!r}.")
        return float(stars)

    def round(self, stars: np.ndarray) -> np.ndarray:
        """The nearest rating that can be given; halves go up."""
        return self.clip(self.min + np.floor((np.asarray(stars) - self.min) / self.step + 0.5) * self.step)
