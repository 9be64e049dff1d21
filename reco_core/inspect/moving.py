"""The map of vectors while they are learned: one plane for all epochs, so that what moves is what was learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from reco_core.inspect.maps import Map, pca

REFIT = 1.5  # a live map gets a new plane when the epochs have grown by this factor


@dataclass(frozen=True, eq=False)
class MovingMap:
    """The same vectors at several epochs on the plane of one of them.

    epochs: ascending. xy: float32 [n_epochs, n, 2]. explained: float64 [n_epochs, 2], the share of each epoch's own
    variance along the two axes.
    """

    epochs: tuple[int, ...]
    basis_epoch: int
    xy: np.ndarray
    explained: np.ndarray

    @property
    def box(self) -> tuple[np.ndarray, np.ndarray]:
        """Two corners, float32 [2] each, with all points of all epochs between them."""
        return self.xy.min(axis=(0, 1)), self.xy.max(axis=(0, 1))

    def at(self, epoch: int) -> np.ndarray:
        """The points of one epoch: float32 [n, 2]; raises ValueError for an epoch that is not on the map."""
        return self.xy[self.epochs.index(epoch)]

    def share(self, epoch: int) -> tuple[float, float]:
        """How much of that epoch's variance the two axes hold, each 0..1."""
        first, second = self.explained[self.epochs.index(epoch)]
        return float(first), float(second)


def moving(vectors: Mapping[int, np.ndarray], basis_epoch: int | None = None) -> MovingMap:
    """The vectors of each epoch ({epoch: [n, dim]}) on the principal plane of one: the last unless it is chosen.

    No plane is fitted but that one, so nothing turns or flips between epochs. Raises ValueError without epochs or
    for a basis that is none of them, DataError for vectors that are not finite.
    """
    epochs = tuple(sorted(vectors))
    basis_epoch = epochs[-1] if basis_epoch is None and epochs else basis_epoch
    if basis_epoch not in epochs:
        raise ValueError(f"basis_epoch must be one of {epochs}; got {basis_epoch}")
    plane = pca(vectors[basis_epoch])
    xy = np.stack([plane.project(vectors[epoch]) for epoch in epochs])
    explained = np.stack([_explained(vectors[epoch], plane.components) for epoch in epochs])
    return MovingMap(epochs, basis_epoch, xy, explained)


@dataclass(frozen=True, eq=False)
class LiveMap:
    """Where the vectors are at one epoch of a run whose end is not known yet, and the epoch that its plane is from."""

    epoch: int
    basis_epoch: int
    map: Map


def follow(vectors: np.ndarray, epoch: int, before: LiveMap | None = None) -> LiveMap:
    """The map of a newer epoch, to be drawn after `before`: [n, dim] -> LiveMap.

    The plane stays until the epochs have grown by REFIT (1, 2, 3, 5, 8, 12, ...), since the directions of the first
    epochs are hardly those of the last. A new plane is turned onto the old points (`aligned`), so what moves is
    what was learned. Raises as `pca` does.
    """
    if before is None or len(vectors) != len(before.map.xy) or epoch < before.epoch:
        return LiveMap(epoch, epoch, pca(vectors))
    if epoch < REFIT * before.basis_epoch:
        plane = before.map
        placed = Map(plane.project(vectors), _explained(vectors, plane.components), plane.mean, plane.components)
        return LiveMap(epoch, before.basis_epoch, placed)
    return LiveMap(epoch, epoch, aligned(pca(vectors), before.map.xy))


def aligned(plane: Map, before: np.ndarray) -> Map:
    """The map turned or mirrored within its plane so that its points lie as near as can be to `before`: [n, 2].

    Principal components have no side that is up. R = U V' with U S V' = svd(xy' before) is the orthogonal matrix
    that makes |xy R - before| smallest (Schoenemann 1966); both sides are centred first.
    """
    before = np.asarray(before, dtype=np.float64)
    xy = plane.xy.astype(np.float64)
    left, _, right = np.linalg.svd((xy - xy.mean(axis=0)).T @ (before - before.mean(axis=0)))
    turn = left @ right
    # Each new axis is a mix of the two old ones: its variance too, as principal axes do not vary together.
    explained = plane.explained @ turn**2
    return Map((xy @ turn).astype(np.float32), explained, plane.mean, turn.T @ plane.components)


def _explained(vectors: np.ndarray, components: np.ndarray) -> np.ndarray:
    """Share of the vectors' variance along each component: [n, dim], [2, dim] -> float64 [2]; 0 without variance."""
    vectors = np.asarray(vectors, dtype=np.float64)
    centred = vectors - vectors.mean(axis=0)
    total = float((centred**2).sum())
    along = ((centred @ components.T) ** 2).sum(axis=0)
    return along / total if total > 0 else np.zeros(2)
