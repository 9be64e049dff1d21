"""How the values of each dimension of an embedding are spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, eq=False)
class Histograms:
    """Counts of each dimension in common bins: edges float64 [bins + 1], counts int64 [dim, bins]."""

    edges: np.ndarray
    counts: np.ndarray


def table(vectors: np.ndarray) -> pd.DataFrame:
    """Rows count, mean, std (n - 1), min, 25%, 50%, 75%, max; one column per dimension: [n, dim] -> [8, dim]."""
    return pd.DataFrame(_checked(vectors)).describe()


def histograms(vectors: np.ndarray, bins: int = 40) -> Histograms:
    """How many values of each dimension fall into each bin; all dimensions share the bins, so they can be compared."""
    vectors = _checked(vectors)
    low, high = float(vectors.min()), float(vectors.max())
    least = bins * 1e-12 * max(abs(low), abs(high))  # less apart than that, numbers have no room for bins
    around = (low - max(least, 0.5), high + max(least, 0.5)) if high - low <= least else (low, high)
    edges = np.histogram_bin_edges(vectors, bins, range=around)
    counts = [np.histogram(column, edges)[0] for column in vectors.T]
    return Histograms(edges, np.array(counts, dtype=np.int64).reshape(vectors.shape[1], bins))


def _checked(vectors: np.ndarray) -> np.ndarray:
    """The vectors as float64, so that sums over many rows stay exact; raises ValueError unless [n, dim], n > 0."""
    vectors = np.asarray(vectors, dtype=np.float64)
    if vectors.ndim != 2 or len(vectors) == 0:
        raise ValueError(f"vectors must be [n, dim] with n > 0; got {list(vectors.shape)}")
    return vectors
