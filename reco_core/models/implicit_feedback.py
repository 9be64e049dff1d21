"""Which ratings a ranking model learns from, and what all ranking models say of a user without any."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, ClassVar

import numpy as np

from reco_core.encode import RatingScale
from reco_core.errors import SettingsError
from reco_core.models import fields
from reco_core.models.spec import Settings, Shape
from reco_core.rated_lists import Rated

# What a visitor's liked and disliked ratings count, if the model says no other; training counts what it learns from 1.
LIKED, DISLIKED = 1.0, -0.25

MinStars = Annotated[
    float | None,
    fields.described(
        "Liked from",
        "Ratings of at least this many stars count as positive; none counts every rating as positive feedback.",
        "Model",
        flags=("number",),
        ge=0,
        le=1000,
        allow_inf_nan=False,
    ),
]


class Ranking(Settings):
    """What all ranking models have."""

    disliked: ClassVar[float] = DISLIKED

    min_stars: MinStars = None


def are_positive(stars: np.ndarray, settings: Settings) -> np.ndarray:
    """Which ratings count: float [n] -> bool [n]; all of them for a model without this setting."""
    least = getattr(settings, "min_stars", None)
    return np.ones(len(stars), dtype=bool) if least is None else np.asarray(stars) >= least


def opinions(stars: np.ndarray, scale: RatingScale, settings: Settings) -> np.ndarray:
    """How much each of a visitor's ratings counts, above 0 for and below 0 against: float [n] -> float64 [n].

    LIKED from the middle of the scale on (3 of 1 to 5 stars), or from min_stars on where that is set; the settings'
    `disliked` below the middle; 0 between the two. Chosen on validation rows (docs/recommending.md has the figures).
    """
    stars, middle = np.asarray(stars, dtype=np.float64), (scale.min + scale.max) / 2
    least, against = getattr(settings, "min_stars", None), getattr(settings, "disliked", DISLIKED)
    return np.where(stars >= (middle if least is None else least), LIKED, np.where(stars < middle, against, 0.0))


def positives(users: np.ndarray, items: np.ndarray, stars: np.ndarray, shape: Shape, settings: Settings) -> Rated:
    """The pairs that count, user by user; raises SettingsError where there are none."""
    liked = are_positive(stars, settings)
    if not liked.any():
        raise SettingsError(none_left(settings, stars))
    return Rated.of(users[liked], items[liked], shape.n_users, shape.n_items)


def none_left(settings: Settings, stars: np.ndarray) -> str:
    """The sentence where no rating counts."""
    return (
        f"min_stars must leave a rating to learn from; got {settings.min_stars:g}, and the highest is {stars.max():g}."
    )


def popularity_of(arrays: dict[str, np.ndarray], name: str, n_items: int) -> np.ndarray:
    """The popularity among the arrays, float32 [n_items]; raises ValueError where it has another shape."""
    popularity = np.asarray(arrays[name], dtype=np.float32)
    if popularity.shape != (n_items,):
        raise ValueError(f"{name} must be [{n_items}]; got {list(popularity.shape)}")
    return popularity


class ByPopularity(ABC):
    """Scores in which users without a positive rating, and unknown ones, get the items in the order of popularity.

    A scorer gives `_warm` (int [b] -> bool [b], the users that have one), `_scores` (of these: int [b] -> float32
    [b, n_items]) and `_popularity`. An item that is not known (-1) scores 0, if the scorer knows no better.
    """

    _popularity: np.ndarray

    def score(self, user_index: np.ndarray, item_index: np.ndarray) -> np.ndarray:
        """Score of each pair, float32 [n]; whole rows are worked out, so ask for many items of few users."""
        users, items = np.asarray(user_index), np.asarray(item_index)
        scores, asked = np.zeros(len(users), dtype=np.float32), np.flatnonzero(items >= 0)
        found, place = np.unique(users[asked], return_inverse=True)
        order = np.argsort(place, kind="stable")
        bounds = np.searchsorted(place[order], np.arange(len(found) + 1))
        step = self._users_at_once()
        for low in range(0, len(found), step):
            high = min(low + step, len(found))
            rows = order[bounds[low] : bounds[high]]
            scores[asked[rows]] = self.score_all(found[low:high])[place[rows] - low, items[asked[rows]]]
        return scores

    def score_all(self, user_index: np.ndarray) -> np.ndarray:
        """Scores of all items for each user, float32 [n, n_items], worked out in blocks of users."""
        users = np.asarray(user_index)
        scores = np.empty((len(users), len(self._popularity)), dtype=np.float32)
        warm = self._warm(users)
        scores[~warm] = self._popularity
        warm = np.flatnonzero(warm)
        step = self._users_at_once()
        for low in range(0, len(warm), step):
            some = warm[low : low + step]
            scores[some] = self._scores(users[some])
        return scores

    def _users_at_once(self) -> int:
        return max(1, 2_000_000 // len(self._popularity))

    @abstractmethod
    def _warm(self, users: np.ndarray) -> np.ndarray:
        """Whether something is known of each user: int [n] -> bool [n]."""

    @abstractmethod
    def _scores(self, users: np.ndarray) -> np.ndarray:
        """Scores of all items for users of whom something is known: int [n] -> float32 [n, n_items]."""
