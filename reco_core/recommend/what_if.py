"""What a user's list would be, had the user rated one item otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reco_core.errors import SettingsError, UnknownIdError
from reco_core.inspect.neighbours import first_k
from reco_core.models.fitted import Fitted
from reco_core.models.folding import Folded, fold_in
from reco_core.ratings import Ratings
from reco_core.recommend.top import Recommendations


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two lists: the user folded in with some ratings, and the best items that are not among them."""

    folded: Folded
    best: Recommendations


@dataclass(frozen=True, eq=False)
class WhatIf:
    """The lists before and after the change, both by folding in, so that nothing but the rating differs."""

    before: Side
    after: Side

    @property
    def places(self) -> np.ndarray:
        """Where each entry of the list after stood before, 1 for the top, 0 for a newcomer to it: int64 [n]."""
        place = {int(item): rank for rank, item in enumerate(self.before.best.item_index, start=1)}
        return np.array([place.get(int(item), 0) for item in self.after.best.item_index], dtype=np.int64)

    @property
    def most_moved(self) -> float:
        """By how much the score of an entry of the list after differs from its score before, at the most."""
        shown = self.after.best.item_index
        moved = np.abs(self.after.folded.score[shown] - self.before.folded.score[shown])
        return float(moved.max(initial=0.0))


def what_if(model: Fitted, ratings: Ratings, user_index: int, changes: dict[int, float | None], n: int = 10) -> WhatIf:
    """The user's list with all ratings as they are in the dataset, and with `changes` to them.

    changes: item index -> stars, None to take a rating away. Both lists leave out every item that the user has rated
    or that is changed, so that they can be compared. Raises UnknownIdError and SettingsError.
    """
    if n < 1:
        raise SettingsError(f"n must be at least 1; got {n}.")
    items, stars = ratings.given_by(user_index)
    changed = dict(zip(items.tolist(), stars.tolist(), strict=True)) | changes
    hidden = np.fromiter(changed, dtype=np.int64)
    if len(hidden) and not (hidden.min() >= 0 and hidden.max() < ratings.n_items):
        raise UnknownIdError(f"An item to change must be from 0 to {ratings.n_items - 1}; got {list(changes)}.")
    kept = {item: value for item, value in changed.items() if value is not None}
    sides = [_side(fold_in(model, *given), hidden, n) for given in ((items, stars), (list(kept), list(kept.values())))]
    return WhatIf(*sides)


def _side(folded: Folded, hidden: np.ndarray, n: int) -> Side:
    scores = folded.score.copy()
    scores[hidden] = -np.inf
    best = first_k(scores, n)
    return Side(folded, Recommendations(best, scores[best]))
