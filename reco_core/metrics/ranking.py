"""How good the order of a list is."""

from __future__ import annotations

import numpy as np


def ndcg(hits: np.ndarray, n_relevant: np.ndarray, k: int) -> np.ndarray:
    """NDCG@k of each list: bool [b, <= k], int [b] (at least 1) -> float64 [b].

    The sum of 1 / log2(place + 1) over the hits, divided by that of a list which begins with all relevant items
    (Jarvelin, Kekalainen: Cumulated gain-based evaluation of IR techniques. 2002).
    """
    discount = 1 / np.log2(np.arange(k) + 2)
    return hits @ discount[: hits.shape[1]] / np.cumsum(discount)[np.minimum(n_relevant, k) - 1]
