"""Item-to-item models in numpy: a score is the sum of the weights from the items that the user rated."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from reco_core.models.fitted import Fitted
from reco_core.models.folding.folded import Folded, unknown
from reco_core.models.implicit_feedback import ByPopularity, opinions, popularity_of
from reco_core.models.spec import Arrays, Shape
from reco_core.rated_lists import Rated, spans

_AT_ONCE = 4_000_000  # weights that are added in one go


def fold_rated_items(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """The sum over what was rated: there is nothing to solve. Anybody's answer where nothing was liked."""
    opinion = opinions(stars, model.shape.scale, model.settings)
    return Folded(model.scorer.scores_from(items, opinion)) if (opinion > 0).any() else unknown(model)


class Weights(Protocol):
    """From each item (source) to each item (target)."""

    def sums(self, place: np.ndarray, items: np.ndarray, n: int) -> np.ndarray:
        """Row p: the sum of the weights of all items with place p: int [m], int [m] -> float32 [n, n_items]."""

    def from_opinions(self, items: np.ndarray, opinions: np.ndarray) -> np.ndarray:
        """The sum of the weights of these items, each times its opinion: int [m], float [m] -> float32 [n_items].

        A dislike speaks against what is alike, and never for anything: weights below 0 do not count from it.
        """

    def to(self, items: np.ndarray, target: int) -> np.ndarray:
        """The weight from each item to one: int [m] -> float32 [m]."""

    def between(self, item: int) -> np.ndarray:
        """The mean of the weights from one item to each and from each to it: float32 [n_items]."""


class DenseWeights:
    """A whole matrix, float32 [n_items, n_items]."""

    per_item: int

    def __init__(self, matrix: np.ndarray, n_items: int) -> None:
        if matrix.shape != (n_items, n_items):
            raise ValueError(f"item_weights must be [{n_items}, {n_items}]; got {list(matrix.shape)}")
        self._matrix = np.asarray(matrix, dtype=np.float32)
        self.per_item = 1

    def sums(self, place: np.ndarray, items: np.ndarray, n: int) -> np.ndarray:
        """As Weights says."""
        rated = np.zeros((n, len(self._matrix)), dtype=np.float32)
        rated[place, items] = 1
        return rated @ self._matrix

    def from_opinions(self, items: np.ndarray, opinions: np.ndarray) -> np.ndarray:
        """As Weights says."""
        liked, opinions = opinions > 0, opinions.astype(np.float32)
        against = opinions[~liked] @ np.maximum(self._matrix[items[~liked]], 0)
        return opinions[liked] @ self._matrix[items[liked]] + against

    def to(self, items: np.ndarray, target: int) -> np.ndarray:
        """As Weights says."""
        return self._matrix[items, target]

    def between(self, item: int) -> np.ndarray:
        """As Weights says."""
        return (self._matrix[item] + self._matrix[:, item]) / np.float32(2)


class SparseWeights:
    """The weights that are not 0, source by source: start int64 [n_items + 1], target int32, weight float32."""

    def __init__(self, start: np.ndarray, target: np.ndarray, weight: np.ndarray, n_items: int) -> None:
        lists = Rated.read({"rated_start": start, "rated_items": target}, n_items, n_items)
        if weight.shape != lists.items.shape:
            raise ValueError(f"neighbour_weights must be [{len(lists.items)}]; got {list(weight.shape)}")
        self._start, self._target, self._weight = lists.start, lists.items, np.asarray(weight, dtype=np.float64)
        self._n_items = n_items
        self.per_item = max(1, len(self._target) // max(n_items, 1))

    def sums(self, place: np.ndarray, items: np.ndarray, n: int) -> np.ndarray:
        """As Weights says."""
        counts = self._start[items + 1] - self._start[items]
        which = spans(self._start[items], counts)
        cell = np.repeat(place.astype(np.int64) * self._n_items, counts) + self._target[which]
        sums = np.bincount(cell, weights=self._weight[which], minlength=n * self._n_items)
        return sums.reshape(n, self._n_items).astype(np.float32)

    def from_opinions(self, items: np.ndarray, opinions: np.ndarray) -> np.ndarray:
        """As Weights says."""
        counts = self._start[items + 1] - self._start[items]
        which, opinions = spans(self._start[items], counts), np.repeat(opinions, counts)
        weight = np.where(opinions > 0, self._weight[which], np.maximum(self._weight[which], 0))
        return np.bincount(self._target[which], weight * opinions, minlength=self._n_items).astype(np.float32)

    def to(self, items: np.ndarray, target: int) -> np.ndarray:
        """As Weights says."""
        found = np.zeros(len(items), dtype=np.float32)
        for place, item in enumerate(np.asarray(items)):
            row = slice(self._start[item], self._start[item + 1])
            found[place] = self._weight[row][self._target[row] == target].sum()
        return found

    def between(self, item: int) -> np.ndarray:
        """As Weights says."""
        own, others = slice(self._start[item], self._start[item + 1]), np.flatnonzero(self._target == item)
        sources = np.searchsorted(self._start, others, side="right") - 1
        both = np.concatenate([self._target[own], sources])
        weights = np.concatenate([self._weight[own], self._weight[others]])
        return (np.bincount(both, weights=weights, minlength=self._n_items) / 2).astype(np.float32)


class ItemScorer(ByPopularity):
    """score(u, i) = sum over the items j that u rated of the weight from j to i."""

    user_vectors: np.ndarray | None = None
    item_vectors: np.ndarray | None = None
    user_bias: np.ndarray | None = None
    item_bias: np.ndarray | None = None

    def __init__(self, arrays: Arrays, weights: DenseWeights | SparseWeights, shape: Shape) -> None:
        self._rated = Rated.read(arrays, shape.n_users, shape.n_items)
        self._popularity = popularity_of(arrays, "popularity", shape.n_items)
        self._weights, self.n_items = weights, shape.n_items

    def scores_from(self, item_index: np.ndarray, opinion: np.ndarray) -> np.ndarray:
        """Scores of all items for somebody with these opinions (see `opinions`) of these items, float32 [n_items]."""
        return self._weights.from_opinions(np.asarray(item_index), opinion)

    def contributions(self, item_index: np.ndarray, opinion: np.ndarray, target: int) -> np.ndarray:
        """What each rated item adds to the score of `target`, float32 [n]: they sum to scores_from(...)[target].

        Never above 0 for an item that was disliked.
        """
        weights = self._weights.to(item_index, target)
        return (opinion * np.where(opinion > 0, weights, np.maximum(weights, 0))).astype(np.float32)

    def learned(self, user_index: int) -> np.ndarray:
        """The items that a user of the training is scored from, int [n]."""
        return self._rated.entries(np.array([user_index]))[1]

    def learned_contributions(self, user_index: int, target: int) -> np.ndarray:
        """What each of these items adds to the user's score of `target`, float32 [n]: all count 1."""
        return self._weights.to(self.learned(user_index), target)

    def weights_between(self, item: int) -> np.ndarray:
        """How much two items speak for each other: the mean of both weights between an item and each, float32 [n]."""
        return self._weights.between(item)

    def _warm(self, users: np.ndarray) -> np.ndarray:
        return self._rated.counts(users) > 0

    def _scores(self, users: np.ndarray) -> np.ndarray:
        return self._weights.sums(*self._rated.entries(users), len(users))

    def _users_at_once(self) -> int:
        per_user = max(1, len(self._rated.items) // max(self._rated.n_users, 1)) * self._weights.per_item
        return max(1, min(super()._users_at_once(), _AT_ONCE // per_user))
