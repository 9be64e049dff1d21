"""Somebody for whom a list is made: a user of the training, or a visitor with a few ratings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from reco_core.models.fitted import Fitted
from reco_core.models.folding.folded import Folded, fold_in, trained
from reco_core.ratings import Ratings

# Of 0, 20 and 50 the one that validation rows of ML-100K favour from 5 to 15 ratings; docs/recommending.md has figures.
CAUTION = 50


@dataclass(frozen=True, eq=False)
class Person:
    """What somebody rated: items int64 [n] and stars float64 [n]; user_index: of a user of the training, else None.

    caution: that with which a visitor is folded in.
    """

    items: np.ndarray
    stars: np.ndarray
    user_index: int | None = None
    caution: int = 0

    @classmethod
    def known(cls, ratings: Ratings, user_index: int) -> Person:
        """A user of the dataset, with all ratings in it; raises UnknownIdError."""
        return cls(*ratings.given_by(user_index), user_index)

    @classmethod
    def new(cls, rated: Mapping[int, float], caution: int = CAUTION) -> Person:
        """A visitor who rated these items (item index -> stars)."""
        items, stars = np.fromiter(rated, dtype=np.int64), np.fromiter(rated.values(), dtype=np.float64)
        return cls(items, stars, caution=caution)

    def without(self, place: int) -> Person:
        """The same as a visitor, without one of the ratings."""
        kept = np.arange(len(self.items)) != place
        return Person(self.items[kept], self.stars[kept], caution=self.caution)

    def of(self, model: Fitted, near: Folded | None = None) -> Folded:
        """What a model says of this person: the trained row of a known user, a visitor's by folding in.

        near: as of fold_in.
        """
        if self.user_index is not None:
            return trained(model, self.user_index)
        return fold_in(model, self.items, self.stars, self.caution, near)
