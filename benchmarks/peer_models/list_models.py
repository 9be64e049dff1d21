"""Neighbours and ranking models: Surprise KNNBaseline, Cornac BPR, implicit ALS and BM25. As in factor_models.py."""

from __future__ import annotations

from typing import Any

import numpy as np
from factor_models import Arrays, CornacMf, Settings, SurpriseSvd, rows


class SurpriseKnnBaseline(SurpriseSvd):
    """Surprise KNNBaseline: baselines and the nearest users' or items' distances from theirs."""

    name = "surprise_knn_baseline"

    def fit(self, settings: Settings) -> None:
        from surprise import KNNBaseline

        self._model = KNNBaseline(verbose=False, **settings)
        self._model.fit(self._train)

    def scores(self) -> np.ndarray:
        """The library's `estimate` of all pairs at once: the k most similar raters, those with a similarity above 0."""
        m = self._model
        by_user = m.sim_options["user_based"]
        own, other = np.asarray(m.bx), np.asarray(m.by)
        found = np.empty((len(own), len(other)))
        for y in range(len(other)):
            raters = np.array([x for x, _ in m.yr[y]])
            beyond = np.array([r for _, r in m.yr[y]]) - (self._train.global_mean + own[raters] + other[y])
            similar = np.asarray(m.sim)[:, raters]
            if len(raters) > m.k:
                # Stable, as heapq.nlargest there is: among equals the first rater counts.
                nearest = np.argsort(-similar, axis=1, kind="stable")[:, : m.k]
                similar, beyond = np.take_along_axis(similar, nearest, axis=1), beyond[nearest]
            weights = np.maximum(similar, 0)
            total = weights.sum(axis=1)
            average = (weights * beyond).sum(axis=1) / np.where(total > 0, total, 1)
            found[:, y] = self._train.global_mean + own + other[y] + average
        return self._of_all(found if by_user else found.T)

    def _of_all(self, found: np.ndarray) -> np.ndarray:
        """[users of the library, its items] -> [n_users, n_items]: baselines for what it does not know."""
        user_bias, item_bias = rows(self._model.bu, self._users), rows(self._model.bi, self._items)
        scores = self._train.global_mean + user_bias[:, None] + item_bias[None, :]
        known = np.ix_(self._users >= 0, self._items >= 0)
        scores[known] = found[np.ix_(self._users[self._users >= 0], self._items[self._items >= 0])]
        return scores


class CornacBpr(CornacMf):
    """Cornac BPR: pairs of a rated and an unrated item, in C++ (Cython)."""

    name, predicts_stars = "cornac_bpr", False

    def fit(self, settings: Settings) -> None:
        from cornac.models import BPR

        self._model = BPR(verbose=False, **settings)
        self._model.fit(self._train)

    def scores(self) -> np.ndarray:
        m = self._model
        scores = rows(m.u_factors, self._users) @ rows(m.i_factors, self._items).T + rows(m.i_biases, self._items)
        scores[:, self._items < 0] = np.nan
        return scores


class ImplicitAls:
    """implicit's ALS: alternating least squares with conjugate gradients in C++ (Cython)."""

    name, library, predicts_stars = "implicit_als", "implicit", False

    def __init__(self, split: Arrays) -> None:
        from scipy.sparse import csr_matrix

        pairs = (split["train_users"], split["train_items"])
        ones = np.ones(len(pairs[0]), dtype=np.float32)
        self._rated = csr_matrix((ones, pairs), shape=tuple(split["sizes"]))

    def fit(self, settings: Settings) -> None:
        from implicit.als import AlternatingLeastSquares

        self._model = AlternatingLeastSquares(random_state=0, **settings)
        self._model.fit(self._rated, show_progress=False)

    def scores(self) -> np.ndarray:
        return np.asarray(self._model.user_factors) @ np.asarray(self._model.item_factors).T


class ImplicitBm25(ImplicitAls):
    """implicit's BM25: nearest items by the overlap of their raters."""

    name = "implicit_bm25"

    def fit(self, settings: Settings) -> None:
        from implicit.nearest_neighbours import BM25Recommender

        self._model = BM25Recommender(**settings)
        self._model.fit(self._rated, show_progress=False)

    def scores(self) -> np.ndarray:
        similar: Any = self._model.similarity
        return (self._rated @ similar).toarray()
