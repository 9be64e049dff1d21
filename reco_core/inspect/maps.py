"""Vectors on a plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reco_core.errors import DataError


@dataclass(frozen=True, eq=False)
class Map:
    """Points on a plane and how they came there.

    xy: float32 [n, 2]. explained: float64 [2], the share of the variance along each axis. mean: float64 [dim] and
    components: float64 [2, dim] (orthonormal rows; a row of zeros where there is no second direction).
    """

    xy: np.ndarray
    explained: np.ndarray
    mean: np.ndarray
    components: np.ndarray

    def project(self, vectors: np.ndarray) -> np.ndarray:
        """Other vectors on the same plane, such as those of an earlier epoch: [n, dim] -> float32 [n, 2]."""
        return ((np.asarray(vectors, dtype=np.float64) - self.mean) @ self.components.T).astype(np.float32)


def pca(vectors: np.ndarray) -> Map:
    """The two directions of largest variance (principal components), with signs that do not depend on the machine.

    Pearson 1901. They are the first eigenvectors of the covariance, [dim, dim], so the cost grows with n only
    linearly. The entry of largest size of each component is made positive. Vectors that do not differ give points
    at 0 and explained 0. Raises DataError for vectors that are not finite.
    """
    vectors = np.asarray(vectors, dtype=np.float64)
    if vectors.ndim != 2 or len(vectors) == 0:
        raise ValueError(f"vectors must be [n, dim] with n > 0; got {list(vectors.shape)}")
    if not np.isfinite(vectors).all():
        raise DataError("A map needs vectors of finite numbers; got some that are not.")
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    variances, directions = np.linalg.eigh(centred.T @ centred)
    # What rounding leaves of a variance that is 0 is no direction.
    noise = np.finfo(np.float64).eps * len(vectors) * max(float((vectors**2).sum()), np.finfo(np.float64).tiny)
    components, explained = np.zeros((2, vectors.shape[1])), np.zeros(2)
    total = float(np.maximum(variances, 0).sum())
    for axis in range(min(2, vectors.shape[1])):
        if variances[-1 - axis] > noise:
            components[axis] = _with_sign(directions[:, -1 - axis])
            explained[axis] = variances[-1 - axis] / total
    unplaced = Map(np.zeros((0, 2), dtype=np.float32), explained, mean, components)
    return Map(unplaced.project(vectors), explained, mean, components)


def _with_sign(direction: np.ndarray) -> np.ndarray:
    """The direction, turned so that its entry of largest size is positive; the first of nearly equal ones decides."""
    size = np.abs(direction)
    return direction * np.sign(direction[np.argmax(size > size.max() * (1 - 1e-6))])
