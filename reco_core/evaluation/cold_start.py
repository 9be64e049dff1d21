"""Users and items without a training row: they are scored as unknown ids, not by rows nobody trained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reco_core.models.spec import Scorer
from reco_core.ratings import Ratings


@dataclass(frozen=True, eq=False)
class ColdAware:
    """A scorer that passes index -1 for each user and item without a training row; the rest is left as it is.

    user_seen: bool [n_users]; item_seen: bool [n_items].
    """

    scorer: Scorer
    user_seen: np.ndarray
    item_seen: np.ndarray

    def score(self, user_index: np.ndarray, item_index: np.ndarray) -> np.ndarray:
        """Score of each pair: int [n], int [n] -> float32 [n]."""
        return self.scorer.score(_known(user_index, self.user_seen), _known(item_index, self.item_seen))

    def score_all(self, user_index: np.ndarray) -> np.ndarray:
        """Scores of all items for each user: int [n] -> float32 [n, n_items]; all cold items of a user score alike."""
        users = _known(user_index, self.user_seen)
        scores = self.scorer.score_all(users)
        if self.item_seen.all() or len(users) == 0:
            return scores
        cold = self.scorer.score(users, np.full(len(users), -1, dtype=np.int32))
        return np.where(self.item_seen, scores, cold[:, None])


def cold_aware(scorer: Scorer, ratings: Ratings, trained_rows: np.ndarray) -> ColdAware:
    """The scorer, with every user and item that has none of the trained rows scored as an unknown id."""
    user_seen = np.bincount(ratings.user_index[trained_rows], minlength=ratings.n_users) > 0
    item_seen = np.bincount(ratings.item_index[trained_rows], minlength=ratings.n_items) > 0
    return ColdAware(scorer, user_seen, item_seen)


def _known(index: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Each index, or -1 where it was not seen: int [n] -> int32 [n]."""
    index = np.asarray(index, dtype=np.int32)
    return np.where((index >= 0) & seen[index], index, np.int32(-1))
