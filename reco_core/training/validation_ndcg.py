"""NDCG@10 of a ranking model while it trains, on its training and its validation rows."""

from __future__ import annotations

import numpy as np

from reco_core.metrics.ranking import ndcg
from reco_core.models.spec import Scorer
from reco_core.rated_lists import Rated, blocks
from reco_core.ratings import Ratings
from reco_core.split import Split
from reco_core.training.rows import Rows

K, MOST_USERS = 10, 1000
_SCORES = 2_000_000


class RankedRows:
    """Scores the same users each time: all with a validation row (without such rows: a training row), or 1,000 of them.

    Relevant are the user's validation items, candidates all items without a training row of the user. The training
    figure is the same with the training items relevant and every item a candidate.
    """

    def __init__(self, train: Rows, validation: Rows, n_users: int, n_items: int) -> None:
        self._train = Rated.of(train.users, train.items, n_users, n_items)
        self._held = Rated.of(validation.users, validation.items, n_users, n_items)
        users = np.flatnonzero(np.diff((self._held if len(validation) else self._train).start))
        if len(users) > MOST_USERS:
            users = np.sort(np.random.default_rng(0).permutation(users)[:MOST_USERS])
        self._users, self._has_held = users, len(validation) > 0

    def figures(self, scorer: Scorer) -> tuple[float, float | None]:
        """(NDCG@10 of the training rows, of the validation rows), each a mean over users; None without the latter."""
        own, held = [], []
        for part in blocks(len(self._users), max(1, _SCORES // self._train.n_items)):
            users = self._users[part]
            scores = np.array(scorer.score_all(users), dtype=np.float32)
            own.append(_ndcg(scores, self._train, users))
            if self._has_held:
                scores[self._train.entries(users)] = -np.inf
                held.append(_ndcg(scores, self._held, users))
        return float(np.mean(np.concatenate(own))), float(np.mean(np.concatenate(held))) if held else None

    def popularity(self) -> float:
        """The figure of the chart for the order of popularity, which takes no notice of the user."""
        own, held = self.figures(_SameForAll(self._train.popularity()))
        return own if held is None else held


class _SameForAll:
    def __init__(self, scores: np.ndarray) -> None:
        self._scores = scores

    def score_all(self, users: np.ndarray) -> np.ndarray:
        """The same scores for each user."""
        return np.broadcast_to(self._scores, (len(users), len(self._scores)))


def _ndcg(scores: np.ndarray, relevant: Rated, users: np.ndarray) -> np.ndarray:
    """NDCG@10 of each user with a relevant item: float32 [b, n_items] -> float64 [<= b]."""
    k = min(K, scores.shape[1])
    top = np.argpartition(scores, scores.shape[1] - k, axis=1)[:, -k:]
    order = np.argsort(-np.take_along_axis(scores, top, axis=1), axis=1, kind="stable")
    hits = np.take_along_axis(relevant.mask(users), np.take_along_axis(top, order, axis=1), axis=1)
    n = relevant.counts(users)
    return ndcg(hits[n > 0], n[n > 0], K)


def popularity_line(ratings: Ratings, split: Split) -> dict[str, float]:
    """What popularity reaches on the rows that the chart of a ranking model scores, by the line's name."""
    rows = (Rows.of(ratings, split.train), Rows.of(ratings, split.validation))
    return {"popularity": RankedRows(*rows, ratings.n_users, ratings.n_items).popularity()}
