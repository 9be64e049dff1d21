"""Which rows train, validate and test: frozen, seeded, named by a fingerprint, cold rows counted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from reco_core.errors import SettingsError
from reco_core.ratings import Ratings

FOLD = "fold:"


class SplitSettings(BaseModel):
    """How rows are divided: kind, share of test rows, share of validation rows in the rest, and seed.

    kind is random, user, time, leave-last, fold:NAME (a fold of the dataset) or fold:TRAIN_FILE,TEST_FILE.
    test_size has no effect on leave-last and folds. Raises SettingsError in one sentence.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str = "random"
    test_size: float = 0.2
    val_size: float = 0.1
    seed: int = 0

    def __init__(self, **values: object) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            first = error.errors()[0]
            where = first["loc"][0] if first["loc"] else "value"
            raise SettingsError(f"The split's {where} is invalid: {first['msg']}; got {first['input']!r}.") from error
        self._check()

    def _check(self) -> None:
        fold = self.kind.removeprefix(FOLD).strip() if self.kind.startswith(FOLD) else ""
        if self.kind not in KINDS and not fold:
            allowed = ", ".join(KINDS)
            raise SettingsError(
                f"A split must be one of {allowed}, fold:NAME or fold:TRAIN_FILE,TEST_FILE; got {self.kind!r}."
            )
        if not 0 < self.test_size < 1:
            raise SettingsError(f"test_size must be above 0 and below 1; got {self.test_size:g}.")
        if not 0 <= self.val_size < 1:
            raise SettingsError(f"val_size must be at least 0 and below 1; got {self.val_size:g}.")
        if self.seed < 0:
            raise SettingsError(f"A split's seed must be 0 or more; got {self.seed}.")


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers of a dataset, each int64, in file order and in one part at most.

    cold_users, cold_items: test rows whose user or item has no training row.
    left_out: rows in none of the parts (only folds given as files leave any).
    """

    settings: SplitSettings
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    cold_users: int
    cold_items: int
    left_out: int

    @cached_property
    def known(self) -> np.ndarray:
        """Train and validation rows together, int64, in file order."""
        return np.sort(np.concatenate([self.train, self.validation]))

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits that name the three sets of rows."""
        digest = hashlib.sha256()
        for rows in (self.train, self.validation, self.test):
            digest.update(f"{len(rows)}:".encode())
            digest.update(rows.astype("<i8").tobytes())
        return digest.hexdigest()[:16]


def make_split(ratings: Ratings, settings: SplitSettings | None = None) -> Split:
    """The split that the settings ask for.

    Test rows come first; then, with `rest` the remaining rows in file order and m = len(rest), the validation rows
    are the first round(m * val_size) of default_rng(seed).permutation(m). Raises SettingsError.
    """
    settings = settings or SplitSettings()
    if settings.kind in KINDS:
        test = KINDS[settings.kind](ratings, settings)
        rest = _others(len(ratings), test)
    else:
        rest, test = _fold(ratings, settings.kind.removeprefix(FOLD).strip())
    chosen = _first_share(len(rest), settings.val_size, settings.seed)
    train, validation = rest[_others(len(rest), chosen)], rest[np.sort(chosen)]
    if min(len(train), len(test)) == 0:
        raise SettingsError(
            f"A split needs at least one training and one test row; got {len(train):,} and {len(test):,}"
            f" of {len(ratings):,} (kind {settings.kind}, test_size {settings.test_size:g})."
        )
    return Split(
        settings=settings,
        train=train,
        validation=validation,
        test=np.sort(test),
        cold_users=_count_cold(ratings.user_index, train, test),
        cold_items=_count_cold(ratings.item_index, train, test),
        left_out=len(ratings) - len(rest) - len(test),
    )


def _random(ratings: Ratings, settings: SplitSettings) -> np.ndarray:
    """The first round(n * test_size) of default_rng(seed).permutation(n)."""
    return _first_share(len(ratings), settings.test_size, settings.seed)


def _per_user(ratings: Ratings, settings: SplitSettings) -> np.ndarray:
    """round(n_u * test_size) random rows of each user, who keeps at least one row."""
    order = np.random.default_rng(settings.seed).permutation(len(ratings))
    return _last_of_each_user(ratings, order, _share_of_each(ratings, settings.test_size))


def _per_user_in_time(ratings: Ratings, settings: SplitSettings) -> np.ndarray:
    """The newest round(n_u * test_size) rows of each user, who keeps at least one row."""
    return _last_of_each_user(ratings, _time_order(ratings), _share_of_each(ratings, settings.test_size))


def _leave_last(ratings: Ratings, settings: SplitSettings) -> np.ndarray:
    """The newest row of each user with two rows or more."""
    return _last_of_each_user(ratings, _time_order(ratings), np.minimum(ratings.user_counts - 1, 1))


KINDS: dict[str, Callable[[Ratings, SplitSettings], np.ndarray]] = {
    "random": _random,
    "user": _per_user,
    "time": _per_user_in_time,
    "leave-last": _leave_last,
}


def _fold(ratings: Ratings, name: str) -> tuple[np.ndarray, np.ndarray]:
    """(rows outside the test, test rows) of a fold of the dataset, or of two files of its ratings."""
    train_name, comma, test_name = (part.strip() for part in name.partition(","))
    inside = test_name.removesuffix(".test")
    if comma and inside in ratings.folds and train_name == f"{inside}.base" and not Path(test_name).exists():
        name, comma = inside, ""
    if comma:
        return _fold_of_files(ratings, train_name, test_name)
    if name not in ratings.folds:
        have = ", ".join(sorted(ratings.folds)) or "none"
        raise SettingsError(f"A fold must be one that {ratings.name} has ({have}); got {name}.")
    test = np.asarray(ratings.folds[name], dtype=np.int64)
    return _others(len(ratings), test), test


def _fold_of_files(ratings: Ratings, train_name: str, test_name: str) -> tuple[np.ndarray, np.ndarray]:
    """(train rows, test rows) of the dataset that two files list."""
    from reco_core.data.folds import rows_of_file

    train, test = rows_of_file(ratings, train_name), rows_of_file(ratings, test_name)
    both = np.intersect1d(train, test)
    if len(both):
        raise SettingsError(
            f"Training and test files of a fold must not share a rating; {train_name} and {test_name} share"
            f" {len(both):,}."
        )
    return train, test


def _first_share(n: int, share: float, seed: int) -> np.ndarray:
    """The first round(n * share) of default_rng(seed).permutation(n)."""
    count = round(n * share)
    return np.random.default_rng(seed).permutation(n)[:count] if count else np.empty(0, dtype=np.int64)


def _share_of_each(ratings: Ratings, share: float) -> np.ndarray:
    """round(n_u * share) of each user, at most n_u - 1: int64 [n_users]."""
    counts = ratings.user_counts
    return np.minimum(np.rint(counts * share).astype(np.int64), counts - 1)


def _last_of_each_user(ratings: Ratings, order: np.ndarray, take: np.ndarray) -> np.ndarray:
    """The last take[u] rows of each user u when rows come in the given order."""
    users = ratings.user_index[order]
    grouped = _stable_order(users)
    ends = np.cumsum(ratings.user_counts)
    users = users[grouped]
    from_end = ends[users] - np.arange(len(order))
    return order[grouped[from_end <= take[users]]]


def _time_order(ratings: Ratings) -> np.ndarray:
    """Rows from the oldest to the newest; equal times stay in file order."""
    if ratings.timestamp is None:
        raise SettingsError(f"Splits by time need a timestamp in every row; {ratings.name} has none.")
    return _stable_order(ratings.timestamp)


def _stable_order(values: np.ndarray) -> np.ndarray:
    """numpy.argsort(values, kind="stable") of whole numbers: value and position in one number sort 3 times faster."""
    bits = len(values).bit_length()
    low, high = int(values.min()), int(values.max())
    if (high - low).bit_length() + bits > 62:
        return np.argsort(values, kind="stable")
    key = (values.astype(np.int64) - low) << bits
    key |= np.arange(len(values))
    key.sort()
    return key & ((1 << bits) - 1)


def _others(n: int, rows: np.ndarray) -> np.ndarray:
    """The rows of 0..n-1 that are not given, in order."""
    mask = np.ones(n, dtype=bool)
    mask[rows] = False
    return np.flatnonzero(mask)


def _count_cold(index: np.ndarray, train: np.ndarray, test: np.ndarray) -> int:
    """Test rows whose index never occurs in the training rows."""
    seen = np.zeros(int(index.max()) + 1, dtype=bool)
    seen[index[train]] = True
    return int(np.count_nonzero(~seen[index[test]]))
