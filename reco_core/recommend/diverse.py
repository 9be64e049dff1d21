"""Lists whose entries differ from each other."""

from __future__ import annotations

import numpy as np

from reco_core.errors import SettingsError


def most_diverse(relevance: np.ndarray, features: np.ndarray, k: int, diversity: float) -> np.ndarray:
    """Positions of k candidates in the order of maximal marginal relevance: int64 [<= k].

    Carbonell, Goldstein 1998: one after the other, the candidate with the largest
        (1 - diversity) * relevance - diversity * (largest cosine to one already chosen, at least 0)
    with relevance float [n] brought to 0..1 over the candidates; the first of equal ones. features: float [n, dim];
    a row of zeros is like nothing. diversity 0 is the order of relevance. Raises SettingsError outside 0..1.
    """
    if not 0 <= diversity <= 1:
        raise SettingsError(f"diversity must be from 0 to 1; got {diversity:g}.")
    relevance = np.asarray(relevance, dtype=np.float64)
    if len(relevance) == 0:
        return np.empty(0, dtype=np.int64)
    if diversity == 0:
        return np.argsort(-relevance, kind="stable")[:k]
    worth = (1 - diversity) * _to_unit(relevance)
    unit = unit_rows(features)
    nearest, chosen = np.zeros(len(worth)), np.empty(min(k, len(worth)), dtype=np.int64)
    left = np.ones(len(worth), dtype=bool)
    for place in range(len(chosen)):
        marginal = np.where(left, worth - diversity * nearest, -np.inf)
        chosen[place] = best = int(marginal.argmax())
        left[best] = False
        nearest = np.maximum(nearest, unit @ unit[best])
    return chosen


def unit_rows(features: np.ndarray) -> np.ndarray:
    """The rows at length 1, a row of zeros as it is: float [n, dim] -> float64 [n, dim]."""
    features = np.asarray(features, dtype=np.float64)
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return np.divide(features, length, out=np.zeros_like(features), where=length > 0)


def _to_unit(values: np.ndarray) -> np.ndarray:
    span = values.max() - values.min()
    return (values - values.min()) / span if span > 0 else np.zeros_like(values)
