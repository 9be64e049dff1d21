"""Raw ids <-> 0..n-1, and stars <-> the unit interval: each pair of directions in one class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from reco_core.errors import DataError, SettingsError, UnknownIdError

MOST_LEVELS = 21  # a scale with more ratings than these is continuous: one is chosen with a slider, and counted in bins
SAME = 1e-12  # two ratings closer than this share of the scale are one
OFF_STEP = 1e-4  # how far from a whole number of steps a rating may lie, in steps


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
    """The stars that can be given, from `min` to `max` in steps of `step`; unit is the same on 0..1.

    given: the few ratings of a scale whose steps are unequal, such as 1, 3, 10; empty for any other. There, and where
    ratings lie on no equal steps at all, `step` is the smallest gap between two of them.
    """

    min: float
    max: float
    step: float
    given: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        numbers = [self.min, self.max, self.step, self.max - self.min]
        if not (np.isfinite(numbers).all() and self.min < self.max and self.step > 0):
            raise DataError(
                f"A rating scale needs min < max and a step above 0; got {self.min} to {self.max}, step {self.step}."
            )
        object.__setattr__(self, "given", tuple(self.given))  # JSON gives a list
        rises = all(low < high for low, high in pairwise(self.given))
        if self.given and not (rises and (self.given[0], self.given[-1]) == (self.min, self.max)):
            raise DataError(f"The ratings of a scale must rise from its min to its max; got {self.given}.")

    @classmethod
    def infer(cls, ratings: np.ndarray) -> RatingScale:
        """The scale that the ratings show: from the lowest to the highest in equal steps, where all lie on such.

        Else only the ratings themselves, where they are few, or (continuous) any value. Raises DataError.
        """
        levels = _as_written(np.unique(np.asarray(ratings)))
        if len(levels) < 2:
            raise DataError(f"A dataset needs at least two different ratings; got {len(levels)}.")
        low, high = float(levels[0]), float(levels[-1])
        apart = np.diff(levels) > SAME * (high - low)
        if not apart.any():
            raise DataError(f"The ratings of a dataset must lie within what numbers can hold; got {low} to {high}.")
        levels = np.append(levels[:-1][apart], high)
        levels[0] = low
        gap = float(np.diff(levels).min())
        steps = max(float(np.round((high - low) / gap)), 1.0)
        places = (levels - low) / (high - low) * steps
        if np.abs(places - np.round(places)).max() <= OFF_STEP:
            return cls(low, high, _plain((high - low) / steps))
        return cls(low, high, _plain(gap), tuple(levels.tolist()) if len(levels) <= MOST_LEVELS else ())

    @cached_property
    def steps(self) -> int | None:
        """How many equal steps lead from min to max; None where there are none."""
        steps = (self.max - self.min) / self.step
        whole = round(steps) if np.isfinite(steps) else 0
        return None if self.given or whole < 1 or abs(steps - whole) > min(1e-5 * whole, 0.05) else whole

    @property
    def is_continuous(self) -> bool:
        """Whether more ratings can be given than can be shown one by one."""
        return not self.given and (self.steps is None or self.steps >= MOST_LEVELS)

    @property
    def levels(self) -> np.ndarray:
        """Every rating that can be given; of a continuous scale some 20 round ones. From min to max: float64 [n]."""
        return self.ticks(MOST_LEVELS - 1) if self.is_continuous else self._all()

    @property
    def spacing(self) -> float:
        """How far two neighbouring levels lie apart on average, in stars."""
        return (self.max - self.min) / (len(self.levels) - 1)

    def ticks(self, most: int) -> np.ndarray:
        """Min, at most `most` round ratings between, and max; all ratings where these are no more: float64 [n]."""
        if self.given or (self.steps is not None and self.steps <= most):
            return self._all()
        distance = _round_up((self.max - self.min) / most)
        first, last = np.floor(self.min / distance), np.ceil(self.max / distance)
        inner = self.round(_written(distance * np.arange(first, last + 1), distance))
        clear = (inner - self.min > distance / 4) & (self.max - inner > distance / 4)  # look like no end
        return np.unique([self.min, *inner[clear], self.max])

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
        """The nearest rating that can be given; halves go up. Where any value can, the value itself."""
        if self.given:
            levels = np.array(self.given)
            return levels[np.searchsorted((levels[:-1] + levels[1:]) / 2, np.asarray(stars), side="right")]
        if self.steps is None:
            return self.clip(stars)
        step = (self.max - self.min) / self.steps
        place = np.clip(np.floor((np.asarray(stars) - self.min) / step + 0.5), 0, self.steps)
        between = _written(self.min + place * step, step)
        return np.where(place == 0, self.min, np.where(place == self.steps, self.max, between))

    def _all(self) -> np.ndarray:
        equal = np.linspace(self.min, self.max, (self.steps or 1) + 1)
        return np.array(self.given) if self.given else self.round(equal)


def _as_written(ratings: np.ndarray) -> np.ndarray:
    """The finite ratings as float64 in the fewest decimals that tell them: the float32 of 0.1 is 0.1."""
    ratings = ratings[np.isfinite(ratings)]
    exact = ratings.astype(np.float64)
    for decimals in range(10) if ratings.dtype == np.float32 else ():
        rounded = np.round(exact, decimals)
        if (rounded.astype(np.float32) == ratings).all():
            return rounded
    return exact


def _written(values: np.ndarray, step: float) -> np.ndarray:
    """Multiples of a step without the noise of their last digits, such as 0.30000000000000004."""
    decimals = 9 - int(np.floor(np.log10(step)))
    return np.round(values, decimals) if decimals <= 15 else values


def _plain(step: float) -> float:
    """The step in six decimals where it has no more, else itself."""
    plain = round(step, 6)
    return plain if abs(plain - step) <= 1e-9 * step else step


def _round_up(width: float) -> float:
    """The next of ..., 0.1, 0.2, 0.25, 0.5, 1, 2, ... that is no less."""
    power = 10.0 ** np.floor(np.log10(width))
    return float(next(power * times for times in (1, 2, 2.5, 5, 10) if power * times >= width * (1 - 1e-9)))
