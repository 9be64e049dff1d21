"""Random numbers that are the same on every machine and with every NumPy: whole bits in, rounded values out."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import TypeVar

import numpy as np

Choice = TypeVar("Choice")


class Draws:
    """A stream of draws from one seed.

    NumPy guarantees the raw bits of a bit generator, not the methods of `Generator`; functions such as log differ in
    their last bits between machines. So everything here comes from raw bits, and is rounded to 6 decimals.
    """

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def uniform(self, *shape: int) -> np.ndarray:
        """Values in the open interval 0..1: float64 of the shape."""
        raw = self._bits.random_raw(int(np.prod(shape, dtype=np.int64)))
        return ((raw >> np.uint64(12)).astype(np.float64) + 0.5).reshape(shape) * 2.0**-52

    def normal(self, *shape: int) -> np.ndarray:
        """Standard normal values: float64 of the shape."""
        uniform = self.uniform(*shape)
        # The standard library's: SciPy's would cost every page 14 MB for this alone.
        values = np.fromiter(map(NormalDist().inv_cdf, uniform.ravel().tolist()), np.float64, uniform.size)
        return np.round(values, 6).reshape(shape)

    def gumbel(self, *shape: int) -> np.ndarray:
        """Standard Gumbel values; the k largest of log-weight + Gumbel are k draws without replacement."""
        return np.round(-np.log(-np.log(self.uniform(*shape))), 6)

    def below(self, n: int, *shape: int) -> np.ndarray:
        """Whole numbers 0..n-1: int64 of the shape."""
        return np.floor(self.uniform(*shape) * n).astype(np.int64)

    def weighted(self, weights: Sequence[float] | np.ndarray, *shape: int) -> np.ndarray:
        """Positions in `weights`, each as likely as its weight: int64 of the shape."""
        edges = np.round(np.cumsum(weights) / np.sum(weights), 9)
        return np.minimum(np.searchsorted(edges, self.uniform(*shape)), len(edges) - 1)

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """One of the choices, each equally likely."""
        return choices[int(self.below(len(choices), 1)[0])]
