"""Whether one model is better than another by more than the luck of the held-out rows: paired bootstrap intervals.

Efron: Bootstrap methods: another look at the jackknife. Annals of Statistics 7(1), 1979; paired, as in Koehn:
Statistical significance tests for machine translation evaluation. EMNLP 2004. Equations: docs/comparing.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Unit = Literal["ratings", "users"]

RESAMPLES, LEVEL = 2000, 0.95
# More rows than this are first put into as many random groups, which are then drawn: the interval stays as good (its
# width is known to 1 / sqrt(2 * groups) = 0.5 %) and costs no more, however many ratings there are.
GROUPS = 20_000


@dataclass(frozen=True)
class Interval:
    """The difference of a figure, A minus B, and where it lies in 95 % of the resamples.

    a, b: the figure of each. share_below: share of resamples in which A's figure is below B's, ties counted half.
    n: how many units ("ratings" or "users") were drawn in each resample.
    """

    a: float
    b: float
    low: float
    high: float
    share_below: float
    unit: Unit
    n: int
    resamples: int

    @property
    def difference(self) -> float:
        """A's figure minus B's."""
        return self.a - self.b

    @property
    def more_than_chance(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


def rmse_difference(
    squared_a: np.ndarray,
    squared_b: np.ndarray,
    users: np.ndarray | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """Interval of RMSE(A) - RMSE(B), from both models' squared errors on the same ratings: float [n], float [n].

    Without `users` single ratings are drawn with replacement. With `users` (int [n], who gave each rating) whole users
    are drawn with all their ratings: errors of one user are alike, so that this interval is the more careful one.
    """
    a, b = _paired(squared_a, squared_b)
    rng = np.random.default_rng(seed)
    groups = _random_groups(len(a), rng) if users is None else _numbered(users, len(a))
    parts = [a - b, a + b, np.ones(len(a))]
    if groups is not None:
        parts = [np.bincount(groups, values) for values in parts]
    sums = _resampled(np.column_stack(parts), resamples, rng, equal_sizes=groups is None)
    differences = _rmse_difference(*sums.T)
    unit: Unit = "ratings" if users is None else "users"
    n = len(a) if users is None else len(parts[0])
    return _interval(differences, _root_mean(a), _root_mean(b), unit, n)


def mean_difference(a: np.ndarray, b: np.ndarray, resamples: int = RESAMPLES, seed: int = 0) -> Interval:
    """Interval of mean(A) - mean(B) of a figure that each user has, such as NDCG@10: float [n_users], float [n_users].

    Users are drawn with replacement, the same for both models.
    """
    a, b = _paired(a, b)
    rng = np.random.default_rng(seed)
    groups = _random_groups(len(a), rng)
    parts = [a - b, np.ones(len(a))]
    if groups is not None:
        parts = [np.bincount(groups, values) for values in parts]
    sums = _resampled(np.column_stack([parts[0], 0 * parts[1], parts[1]]), resamples, rng, equal_sizes=groups is None)
    return _interval(sums[:, 0] / sums[:, 2], float(a.mean()), float(b.mean()), "users", len(a))


def _paired(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1 or len(a) == 0:
        raise ValueError(f"both must be [n] with n of 1 or more; got {a.shape} and {b.shape}")
    return a, b


def _random_groups(n: int, rng: np.random.Generator) -> np.ndarray | None:
    """A random group 0..GROUPS-1 for each row, sizes differing by 1 at most; None where rows are few enough as such."""
    return rng.permutation(n) % GROUPS if n > GROUPS else None


def _numbered(users: np.ndarray, n: int) -> np.ndarray:
    """The users as 0..k-1: int [n] -> int64 [n]."""
    users = np.asarray(users)
    if users.shape != (n,):
        raise ValueError(f"users must be [{n}], one for each rating; got {users.shape}")
    return np.unique(users, return_inverse=True)[1]


def _resampled(table: np.ndarray, resamples: int, rng: np.random.Generator, equal_sizes: bool) -> np.ndarray:
    """Column sums of `resamples` draws of n rows with replacement: float64 [n, 3] -> float64 [resamples, 3].

    Two columns travel in one complex number, so that each pick costs one access to memory.
    """
    n = len(table)
    pairs, sizes = (table[:, 0] + 1j * table[:, 1]).astype(np.complex64), table[:, 2]
    sums = np.empty((resamples, 3))
    for at in range(resamples):
        picks = _picks(n, rng)
        drawn = pairs.take(picks).sum()
        sums[at] = drawn.real, drawn.imag, n if equal_sizes else sizes.take(picks).sum()
    return sums


def _picks(n: int, rng: np.random.Generator) -> np.ndarray:
    """n random numbers of 0..n-1, int64 [n], three times as fast as rng.integers.

    floor(x * n / 2^32) of 32 random bits x (Lemire: Fast random integer generation in an interval. ACM Transactions on
    Modeling and Computer Simulation 29(1), 2019), without its rejection: chances differ by less than n / 2^32.
    """
    words = rng.integers(0, 1 << 64, (n + 1) // 2, dtype=np.uint64).view(np.uint32)[:n].astype(np.uint64)
    words *= np.uint64(n)
    words >>= np.uint64(32)
    return words.view(np.int64)


def _rmse_difference(difference: np.ndarray, total: np.ndarray, size: np.ndarray) -> np.ndarray:
    """sqrt(A/n) - sqrt(B/n) from A - B, A + B and n, as (A - B) / n / (sqrt(A/n) + sqrt(B/n)): exact where A is B."""
    a, b = (np.sqrt(np.maximum(total + sign * difference, 0) / 2 / size) for sign in (1, -1))
    both = a + b
    return np.divide(difference / size, both, out=np.zeros_like(both), where=both > 0)


def _root_mean(squared: np.ndarray) -> float:
    return float(np.sqrt(squared.mean()))


def _interval(differences: np.ndarray, a: float, b: float, unit: Unit, n: int) -> Interval:
    low, high = np.quantile(differences, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]).tolist()
    below = float(np.mean(differences < 0) + np.mean(differences == 0) / 2)
    return Interval(a, b, low, high, below, unit, n, len(differences))
