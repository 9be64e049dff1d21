"""Ranking models with vectors, in numpy: dot products, and the order of popularity for who is not known."""

from __future__ import annotations

import numpy as np

from reco_core.models.implicit_feedback import ByPopularity
from reco_core.models.scorers import Tables


class RankedDot(ByPopularity):
    """score(u, i) = p_u . q_i + b_i; warm: bool [n_users], the users with a positive rating.

    An item that is not known (-1) has the mean vector and the mean bias.
    """

    user_bias: np.ndarray | None = None

    def __init__(self, tables: Tables, warm: np.ndarray, popularity: np.ndarray) -> None:
        self.user_vectors, self.item_vectors = tables.users[:-1], tables.items[:-1]
        if self.user_vectors.shape[1:] != self.item_vectors.shape[1:]:
            raise ValueError(f"vectors must be alike; got {self.user_vectors.shape} and {self.item_vectors.shape}")
        self.item_bias = None if tables.item_bias is None else tables.item_bias[:-1]
        self._tables, self._popularity, self._known = tables, popularity, np.append(warm, False)

    def score(self, user_index: np.ndarray, item_index: np.ndarray) -> np.ndarray:
        """Score of each pair, float32 [n]."""
        users, items = np.asarray(user_index), np.asarray(item_index)
        scores = np.einsum("nd,nd->n", self._tables.users[users], self._tables.items[items])
        if self.item_bias is not None:
            scores += self._tables.item_bias[items]
        popularity = np.append(self._popularity, np.float32(0))
        return np.where(self._warm(users), scores, popularity[items]).astype(np.float32, copy=False)

    def knows(self, user_index: int) -> bool:
        """Whether a user of the training has a positive rating, so that the scores are by the user's vector."""
        return bool(self._known[user_index])

    def _warm(self, users: np.ndarray) -> np.ndarray:
        return self._known[users]

    def _scores(self, users: np.ndarray) -> np.ndarray:
        scores = self.user_vectors[users] @ self.item_vectors.T
        return scores if self.item_bias is None else scores + self.item_bias
