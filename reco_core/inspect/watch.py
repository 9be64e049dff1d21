"""What a model says of one item and one user at one moment, small enough to be kept for each epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from reco_core.errors import SettingsError, UnknownIdError
from reco_core.inspect.neighbours import AT_LEAST, first_k, nearest, with_ratings
from reco_core.models.spec import Scorer
from reco_core.ratings import Ratings

MOST_HELD = 24


@dataclass(frozen=True)
class Watched:
    """Lists of item indices and predictions of one moment.

    neighbours: the items nearest to the watched one, nearest first; none where the model has no vectors.
    top: the items the user has not rated with the best scores, best first.
    held_out: [item_index, true stars, predicted stars] of ratings of the user that were not trained on.
    """

    neighbours: list[int] = field(default_factory=list)
    top: list[int] = field(default_factory=list)
    held_out: list[list[float]] = field(default_factory=list)


@dataclass(frozen=True)
class Changes:
    """How many entries of each list were not in it the time before."""

    neighbours: int
    top: int


def watch(
    scorer: Scorer, ratings: Ratings, item: int | None, user: int | None, held_rows: np.ndarray, k: int = 10
) -> Watched:
    """The item's k neighbours by cosine, the user's k best unrated items, and the user's stars in `held_rows`.

    None for the item or the user leaves its part empty.
    held_rows: int64 row numbers of ratings, of any user, that the model was not trained on; pass none for a model
    that predicts no stars. At most MOST_HELD of the user's come back, the first ones, so that they are the same at
    each epoch; predicted stars are clipped to the scale. Neighbours are items with AT_LEAST ratings, or any items
    in a dataset where fewer than k have as many. Raises UnknownIdError and SettingsError as `nearest` does.
    """
    if user is not None and not 0 <= user < ratings.n_users:
        raise UnknownIdError(f"user must be from 0 to {ratings.n_users - 1}; got {user}.")
    if item is not None and not 0 <= item < ratings.n_items:
        raise UnknownIdError(f"item must be from 0 to {ratings.n_items - 1}; got {item}.")
    if k < 1:
        raise SettingsError(f"k must be at least 1; got {k}.")
    near = [] if item is None else _neighbours(scorer.item_vectors, ratings.item_counts, item, k)
    if user is None:
        return Watched(near)
    held_rows = np.asarray(held_rows, dtype=np.int64)
    return Watched(near, _top(scorer, ratings, user, k), _held_out(scorer, ratings, user, held_rows))


def changes(now: Watched, before: Watched) -> Changes:
    """How many neighbours and how many of the top list are new since `before`."""
    return Changes(new_in(now.neighbours, before.neighbours), new_in(now.top, before.top))


def new_in(now: Sequence[int], before: Sequence[int]) -> int:
    """How many of `now` were not in `before`; the order does not count."""
    return len(set(now) - set(before))


def _neighbours(vectors: np.ndarray | None, counts: np.ndarray, item: int, k: int) -> list[int]:
    if vectors is None:
        return []
    return nearest(vectors, item, k, usable=with_ratings(counts, AT_LEAST, item, wanted=k))[0].tolist()


def _top(scorer: Scorer, ratings: Ratings, user: int, k: int) -> list[int]:
    """As recommend_to, by a scan of the rows: no index of all users is built for the sake of one."""
    scores = np.array(scorer.score_all(np.array([user], dtype=np.int32))[0], dtype=np.float32)
    scores[ratings.item_index[ratings.user_index == user]] = -np.inf
    return first_k(scores, k).tolist()


def _held_out(scorer: Scorer, ratings: Ratings, user: int, held_rows: np.ndarray) -> list[list[float]]:
    rows = held_rows[ratings.user_index[held_rows] == user][:MOST_HELD]
    if len(rows) == 0:
        return []
    items = ratings.item_index[rows]
    predicted = ratings.scale.clip(scorer.score(ratings.user_index[rows], items))
    facts = zip(items.tolist(), ratings.rating[rows].tolist(), predicted.tolist(), strict=True)
    return [[index, round(true, 4), round(stars, 4)] for index, true, stars in facts]
