"""The lists of two runs for one user, on the same terms: what they share, and what of each the user did rate."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reco_core.models.fitted import Fitted
from reco_core.ratings import Ratings
from reco_core.recommend.item_features import ItemFacts
from reco_core.recommend.rerank import ListSettings, rerank
from reco_core.runs import RunReading
from reco_core.split import make_split

LENGTH = 10


@dataclass(frozen=True, eq=False)
class OneList:
    """A list, best first: item_index int64 [n], and the model's scores, float32 [n]."""

    item_index: np.ndarray
    score: np.ndarray


@dataclass(frozen=True, eq=False)
class TwoLists:
    """Two lists of one user. held_out: item index -> stars, of ratings that neither run has learned from."""

    first: OneList
    second: OneList
    held_out: dict[int, float]

    @property
    def shared(self) -> int:
        """Movies in both lists."""
        return len(np.intersect1d(self.first.item_index, self.second.item_index))

    @property
    def same_place(self) -> int:
        """Movies that stand at the same place of both lists."""
        n = min(len(self.first.item_index), len(self.second.item_index))
        return int((self.first.item_index[:n] == self.second.item_index[:n]).sum())

    @property
    def places(self) -> np.ndarray:
        """Where each movie of the second list stands in the first, 1 for the top, 0 where it does not: int64 [n]."""
        place = {int(item): rank for rank, item in enumerate(self.first.item_index, start=1)}
        return np.array([place.get(int(item), 0) for item in self.second.item_index], dtype=np.int64)

    def hits(self, one: OneList) -> int:
        """Movies of a list that are among the held-out ratings."""
        return sum(int(item) in self.held_out for item in one.item_index)


@dataclass(frozen=True, eq=False)
class Held:
    """Of one user under one split: items rated in the rows to learn from, int64; item -> stars of those held out."""

    known: np.ndarray
    held_out: dict[int, float]


def held_of(run: RunReading, ratings: Ratings, user_index: int) -> Held:
    """What the run's split let it know of a user (training and validation rows), and what it held out (test rows)."""
    rows = ratings.rows_of_user(user_index)
    split = make_split(ratings, run.info.split)
    known, test = rows[np.isin(rows, split.known)], rows[np.isin(rows, split.test)]
    held = dict(zip(ratings.item_index[test].tolist(), ratings.rating[test].tolist(), strict=True))
    return Held(ratings.item_index[known].astype(np.int64), held)


def two_lists(
    models: tuple[Fitted, Fitted],
    held: tuple[Held, Held],
    ratings: Ratings,
    user_index: int,
    settings: ListSettings,
) -> TwoLists:
    """Both models' LENGTH best for a user, by the same filters, damping and diversity; a blend is left out.

    What either run knew of is hidden; what both held out may come, so that it can be hit.
    """
    facts, row = ItemFacts.of(ratings), np.array([user_index], dtype=np.int32)
    seen = np.union1d(held[0].known, held[1].known)
    alone = replace(settings, n=LENGTH, blend=0.0, hide_seen=True)
    made = [
        rerank(model.scorer.score_all(row)[0], alone, facts, seen, None, facts.features(model.scorer.item_vectors))
        for model in models
    ]
    both = {
        item: stars for item, stars in held[0].held_out.items() if item in held[1].held_out and item not in set(seen)
    }
    return TwoLists(*(OneList(one.item_index, one.score) for one in made), both)
