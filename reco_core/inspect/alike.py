"""Which items are alike: by what a model learned, by who rated both, or by both together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from reco_core.errors import SettingsError
from reco_core.inspect.neighbours import checked, first_k
from reco_core.inspect.raters import Raters
from reco_core.models.item_scorer import ItemScorer
from reco_core.models.spec import Scorer

BASES = ("blend", "learned", "raters")
LEARNED_SHARE = 1 / 3  # of the blend; the rest is who rated both
_EVENED = 0.25  # the power of the variance that each direction is divided by: half of whitening


class Alike(Protocol):
    """How alike each two items are; larger is more alike."""

    @property
    def n_items(self) -> int: ...

    def to(self, item: int) -> np.ndarray:
        """Of one item to all, itself among them: float32 [n_items]."""

    def among(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Of some items to some: int [b], int [m] -> float32 [b, m]."""


@dataclass(frozen=True, eq=False)
class ByVectors:
    """The cosines of vectors, float32 [n_items, dim], each of length 1 or 0."""

    vectors: np.ndarray

    @property
    def n_items(self) -> int:
        """How many items there are."""
        return len(self.vectors)

    @classmethod
    def of(cls, vectors: np.ndarray) -> ByVectors:
        """The cosines of vectors of any length; one that is not finite has no direction."""
        return cls(_unit(vectors).astype(np.float32))

    def to(self, item: int) -> np.ndarray:
        """As Alike says."""
        # On one thread, as the threads of BLAS wait for each other when busy.
        return np.einsum("ij,j->i", self.vectors, self.vectors[item])

    def among(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """As Alike says."""
        return self.vectors[rows] @ self.vectors[columns].T


@dataclass(frozen=True, eq=False)
class ByWeights:
    """The mean of an item-to-item model's two weights between two items; relative: the item's largest counts 1."""

    scorer: ItemScorer
    relative: bool = False

    @property
    def n_items(self) -> int:
        """How many items there are."""
        return self.scorer.n_items

    def to(self, item: int) -> np.ndarray:
        """As Alike says."""
        weights = self.scorer.weights_between(item)
        if self.relative:
            weights = weights / max(float(weights.max(initial=0)), np.finfo(np.float32).tiny)
        return weights

    def among(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """As Alike says."""
        found = np.empty((len(rows), len(columns)), dtype=np.float32)
        for place, item in enumerate(rows):
            found[place] = self.to(int(item))[columns]
        return found


@dataclass(frozen=True, eq=False)
class Blend:
    """The weighted mean of two likenesses: `share` of the first."""

    first: Alike
    second: Alike
    share: float

    @property
    def n_items(self) -> int:
        """How many items there are."""
        return self.second.n_items

    def to(self, item: int) -> np.ndarray:
        """As Alike says."""
        return self._mixed(self.first.to(item), self.second.to(item))

    def among(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """As Alike says."""
        return self._mixed(self.first.among(rows, columns), self.second.among(rows, columns))

    def _mixed(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        return np.float32(self.share) * first + np.float32(1 - self.share) * second


def alike(basis: str, scorer: Scorer, raters: Raters) -> Alike:
    """The likeness of a model's items by one of BASES; no genre or title has a part in it.

    learned: by the model alone (`learned`). raters: by who rated both, the cosines of `raters.vectors`. blend: a third
    learned, the rest raters. Raises SettingsError for another basis, or where the model has neither vectors nor
    weights from item to item.
    """
    if basis not in BASES:
        raise SettingsError(f"Similarity must be by one of {', '.join(BASES)}; got {basis}.")
    if basis == "raters":
        return ByVectors.of(raters.vectors)
    if isinstance(scorer, ItemScorer):
        weights = ByWeights(scorer, relative=basis == "blend")
        return weights if basis == "learned" else Blend(weights, ByVectors.of(raters.vectors), LEARNED_SHARE)
    if scorer.item_vectors is None:
        raise SettingsError("Similarity by what a model learned needs item vectors or weights; this model has none.")
    own = learned(scorer, raters)
    return ByVectors(own if basis == "learned" else _joined(own, _unit(raters.vectors), LEARNED_SHARE))


def learned(scorer: Scorer, raters: Raters) -> np.ndarray:
    """A model's vectors made fit for likeness, each of length 1: float32 [n_items, dim of items + dim of users].

    Half of each is the item's own vector, half the mean vector of those who rated it, a user with n items counting
    1 / sqrt(n). Both are evened: directions d of the centred vectors are divided by (variance along d)^(1/4), so
    that the few in which all vectors differ most do not decide alone; then both have length 1. The own vector alone
    where the model has none of users.
    """
    if scorer.item_vectors is None:
        raise ValueError("learned vectors of a model that has none")
    own = _unit(evened(scorer.item_vectors))
    if scorer.user_vectors is None:
        return own.astype(np.float32)
    tastes = np.nan_to_num(scorer.user_vectors, nan=0.0, posinf=0.0, neginf=0.0)
    return _joined(own, _unit(evened(raters.mean_of(tastes))), 0.5)


def evened(vectors: np.ndarray) -> np.ndarray:
    """(v - mean) Q diag(variance)^(-1/4), Q the principal directions: [n, dim] -> float64 [n, dim].

    Half way to whitening, which would divide by variance^(1/2). Rows that are not finite become zeros.
    """
    vectors = np.asarray(vectors, dtype=np.float64)
    finite = np.isfinite(vectors).all(axis=1)
    centred = np.zeros_like(vectors)
    if finite.any():
        centred[finite] = vectors[finite] - vectors[finite].mean(axis=0)
    variances, directions = np.linalg.eigh(centred.T @ centred / max(int(finite.sum()), 1))
    # A direction without variance holds rounding only: it must not be blown up.
    scale = np.maximum(variances, 1e-9 * variances[-1])
    return centred @ (directions * np.divide(1, scale**_EVENED, out=np.zeros_like(scale), where=scale > 0))


def near(likeness: Alike, item: int, k: int = 10, usable: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """(indices int64 [k], likeness float32 [k]) of the k most alike items, most alike first, the item itself left out.

    usable: bool [n_items], the items that may come back; all where None. Equal ones come in the order of the index.
    What has a likeness of 0 or less is not alike, so fewer than k may come back. Raises as `nearest` does.
    """
    checked(item, k, likeness.n_items)
    scores = likeness.to(item)
    order = np.where(scores > 0, scores, -np.inf)
    if usable is not None:
        order[~usable] = -np.inf
    order[item] = -np.inf
    found = first_k(order, k)
    return found, scores[found]


def _joined(first: np.ndarray, second: np.ndarray, share: float) -> np.ndarray:
    """Vectors whose dot products are share x those of the first + (1 - share) x those of the second: float32."""
    return np.concatenate([np.sqrt(share) * first, np.sqrt(1 - share) * second], axis=1).astype(np.float32)


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Each row divided by its length, float64; zeros for one of zeros or one that is not finite."""
    vectors = np.asarray(vectors, dtype=np.float64)
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    return np.divide(vectors, length, out=np.zeros_like(vectors), where=np.isfinite(length) & (length > 0))
