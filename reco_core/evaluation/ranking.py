"""How good the first k of a user's list are: precision, recall, NDCG, MAP, coverage and novelty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reco_core.errors import DataError, SettingsError
from reco_core.evaluation.lists import RatedItems, ScoresAll, top_lists
from reco_core.ratings import Ratings


@dataclass(frozen=True, eq=False)
class RankingByUser:
    """What each user's list is worth.

    users: int64 [n], the users with a held-out row. figures: float64 [n] by name, such as ndcg@10; novelty too.
    coverage: of all lists together.
    """

    users: np.ndarray
    figures: dict[str, np.ndarray]
    coverage: float


def ranking_metrics(
    scorer: ScoresAll, ratings: Ratings, known_rows: np.ndarray, held_rows: np.ndarray, k: int = 10, seed: int = 0
) -> dict[str, float]:
    """precision@k, recall@k, ndcg@k, map@k (means over users with a held-out row), coverage and novelty.

    Relevant are all held-out items of a user; candidates are all items that the user has not rated in the known
    rows; ties are broken at random by the seed; a score of nan or -inf is never recommended. coverage is the share
    of all items that are in some user's first k; novelty is the mean of -log2(share of users who know the item), in
    bits. Equations and sources: docs/evaluation.md. Raises DataError without a held-out row, SettingsError for k < 1.
    """
    found = ranking_by_user(scorer, ratings, known_rows, held_rows, k, seed)
    means = {name: float(values.mean()) for name, values in found.figures.items()}
    novelty = means.pop("novelty")
    return means | {"coverage": found.coverage, "novelty": novelty}


def ranking_by_user(
    scorer: ScoresAll, ratings: Ratings, known_rows: np.ndarray, held_rows: np.ndarray, k: int = 10, seed: int = 0
) -> RankingByUser:
    """The figures of ranking_metrics before their mean is taken; raises as it does."""
    if k < 1:
        raise SettingsError(f"k must be at least 1; got {k}.")
    if len(held_rows) == 0:
        raise DataError("Evaluation needs at least one held-out rating; got none.")
    known, held = RatedItems.of(ratings, known_rows), RatedItems.of(ratings, held_rows)
    information = _self_information(ratings, known_rows)
    shown = np.zeros(ratings.n_items, dtype=bool)
    users, per_user = np.flatnonzero(np.diff(held.start)), []
    for lists in top_lists(scorer, users, known, k, seed):
        hits = np.take_along_axis(held.mask(lists.users), lists.items, axis=1) & lists.real
        novelty = _list_means(information[lists.items], lists.real)
        per_user.append(np.column_stack([_accuracy(hits, held.counts(lists.users), k), novelty]))
        shown[lists.items[lists.real]] = True
    names = (f"precision@{k}", f"recall@{k}", f"ndcg@{k}", f"map@{k}", "novelty")
    figures = dict(zip(names, np.concatenate(per_user).T, strict=True))
    return RankingByUser(users, figures, float(shown.mean()))


def _accuracy(hits: np.ndarray, n_relevant: np.ndarray, k: int) -> np.ndarray:
    """Precision, recall, NDCG and average precision of each list: bool [b, <= k], int [b] -> float64 [b, 4]."""
    place = np.arange(1, hits.shape[1] + 1)
    discount = 1 / np.log2(np.arange(k) + 2)
    reachable = np.minimum(n_relevant, k)
    ideal = np.cumsum(discount)[reachable - 1]
    found = hits.sum(axis=1)
    precision_here = np.cumsum(hits, axis=1) / place
    return np.column_stack(
        [
            found / k,
            found / n_relevant,
            hits @ discount[: len(place)] / ideal,
            (hits * precision_here).sum(axis=1) / reachable,
        ]
    )


def _self_information(ratings: Ratings, rows: np.ndarray) -> np.ndarray:
    """-log2 of the share of known users who rated the item, float64 [n_items]; an unrated item counts as rated once."""
    counts = np.bincount(ratings.item_index[rows], minlength=ratings.n_items)
    n_users = max(1, len(np.unique(ratings.user_index[rows])))
    return -np.log2(np.clip(counts, 1, n_users) / n_users)


def _list_means(values: np.ndarray, real: np.ndarray) -> np.ndarray:
    """Mean of the real entries of each row, 0 for an empty list: [b, k], bool [b, k] -> [b]."""
    return (values * real).sum(axis=1) / np.maximum(real.sum(axis=1), 1)
