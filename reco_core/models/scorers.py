"""Trained models in numpy: every one scores pairs and whole rows of items without TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_BLOCK = 2_000_000  # numbers in a working array: about 8 MB


def with_mean_row(table: np.ndarray, n: int) -> np.ndarray:
    """The first n rows and, last, their mean: index -1 then stands for an id that is not known."""
    table = np.asarray(table, dtype=np.float32)[:n]
    return np.concatenate([table, table.mean(axis=0, keepdims=True, dtype=np.float64).astype(np.float32)])


class BiasScorer:
    """offset + user bias + item bias; unknown ids take the last entry of each array, float32 [n + 1]."""

    user_vectors: np.ndarray | None = None
    item_vectors: np.ndarray | None = None

    def __init__(self, user_bias: np.ndarray, item_bias: np.ndarray, offset: float) -> None:
        self._user, self._item, self._offset = user_bias, item_bias, np.float32(offset)
        self.user_bias, self.item_bias = user_bias[:-1], item_bias[:-1]

    def score(self, user_index: np.ndarray, item_index: np.ndarray) -> np.ndarray:
        """Score of each pair, float32 [n]."""
        return self._offset + self._user[user_index] + self._item[item_index]

    def score_all(self, user_index: np.ndarray) -> np.ndarray:
        """Scores of all items for each user, float32 [n, n_items]."""
        return self._offset + self._user[user_index][:, None] + self._item[None, :-1]


@dataclass(frozen=True, eq=False)
class Tables:
    """Vectors and biases with a last row for unknown ids: float32 [n + 1, dim] and [n + 1] or None."""

    users: np.ndarray
    items: np.ndarray
    user_bias: np.ndarray | None = None
    item_bias: np.ndarray | None = None


@dataclass(frozen=True)
class Finish:
    """stars = scale * activation(x) + offset."""

    activation: Callable[[np.ndarray], np.ndarray]
    scale: float
    offset: float

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return (self.activation(x) * np.float32(self.scale) + np.float32(self.offset)).astype(np.float32, copy=False)


class TableScorer:
    """What all models with embedding tables share; `_raw` and `_raw_all` give the output before the last activation."""

    def __init__(self, tables: Tables, finish: Finish) -> None:
        self._tables, self.finish = tables, finish
        self.user_vectors, self.item_vectors = tables.users[:-1], tables.items[:-1]
        self.user_bias = None if tables.user_bias is None else tables.user_bias[:-1]
        self.item_bias = None if tables.item_bias is None else tables.item_bias[:-1]

    def score(self, user_index: np.ndarray, item_index: np.ndarray) -> np.ndarray:
        """Score of each pair, float32 [n]."""
        users, items = np.asarray(user_index), np.asarray(item_index)
        scores = np.empty(len(users), dtype=np.float32)
        step = max(1, _BLOCK // self._width())
        for low in range(0, len(users), step):
            part = slice(low, low + step)
            scores[part] = self.finish(self._raw(users[part], items[part]))
        return scores

    def score_all(self, user_index: np.ndarray) -> np.ndarray:
        """Scores of all items for each user, float32 [n, n_items], worked out in blocks of users."""
        users = np.asarray(user_index)
        scores = np.empty((len(users), len(self.item_vectors)), dtype=np.float32)
        step = self._users_at_once()
        for low in range(0, len(users), step):
            scores[low : low + step] = self.finish(self._raw_all(users[low : low + step]))
        return scores

    def _width(self) -> int:
        return self._tables.users.shape[1]

    def _users_at_once(self) -> int:
        return max(1, _BLOCK // len(self.item_vectors))

    def _add_biases(self, raw: np.ndarray, users: np.ndarray, items: np.ndarray | slice) -> np.ndarray:
        if self._tables.user_bias is None:
            return raw
        return raw + self._tables.user_bias[users] + self._tables.item_bias[items]


class DotScorer(TableScorer):
    """Dot product of the two vectors, plus the biases where the model has them."""

    def _raw(self, users: np.ndarray, items: np.ndarray) -> np.ndarray:
        dots = np.einsum("nd,nd->n", self._tables.users[users], self._tables.items[items])
        return self._add_biases(dots, users, items)

    def _raw_all(self, users: np.ndarray) -> np.ndarray:
        dots = self._tables.users[users] @ self.item_vectors.T
        return self._add_biases(dots, users[:, None], slice(0, -1))


@dataclass(frozen=True, eq=False)
class Dense:
    """One dense layer: kernel float32 [inputs, width], bias float32 [width], activation."""

    kernel: np.ndarray
    bias: np.ndarray
    activation: Callable[[np.ndarray], np.ndarray]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return self.activation(x @ self.kernel + self.bias)


class NetScorer(TableScorer):
    """Dense layers over the joined vectors, plus the biases where the model has them.

    The first layer is linear in each side, so its two halves are worked out once per user and once per item.
    """

    def __init__(self, tables: Tables, layers: tuple[Dense, ...], finish: Finish) -> None:
        super().__init__(tables, finish)
        first, dim = layers[0], tables.users.shape[1]
        self.layers = layers
        self._user_part = tables.users @ first.kernel[:dim] + first.bias
        self._item_part = tables.items @ first.kernel[dim:]
        self.item_part = self._item_part[:-1]
        self._first, self._rest = first.activation, layers[1:]
        self._widest = max(layer.kernel.shape[1] for layer in layers)

    def _raw(self, users: np.ndarray, items: np.ndarray) -> np.ndarray:
        return self._add_biases(self._net(self._user_part[users] + self._item_part[items]), users, items)

    def _raw_all(self, users: np.ndarray) -> np.ndarray:
        both = self._user_part[users][:, None, :] + self._item_part[None, :-1, :]
        raw = self._net(both.reshape(-1, both.shape[2])).reshape(both.shape[:2])
        return self._add_biases(raw, users[:, None], slice(0, -1))

    def _net(self, x: np.ndarray) -> np.ndarray:
        x = self._first(x)
        for layer in self._rest:
            x = layer(x)
        return x[:, 0]

    def _width(self) -> int:
        return self._widest

    def _users_at_once(self) -> int:
        return max(1, _BLOCK // (len(self.item_vectors) * self._widest))
