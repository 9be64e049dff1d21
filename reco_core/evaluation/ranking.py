"""How good the first k of every user's list are, and what kind of lists they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reco_core.errors import DataError, SettingsError
from reco_core.evaluation import variety
from reco_core.evaluation.lists import Lists, ScoresAll, top_lists
from reco_core.metrics.ranking import ndcg
from reco_core.rated_lists import Rated
from reco_core.ratings import Ratings


@dataclass(frozen=True, eq=False)
class RankingByUser:
    """What each user's list is worth, and the lists of all users together.

    users: int64 [n], the users with a relevant item. figures: float64 [n] by name, such as ndcg@10; novelty and
    diversity too (nan where a list has no two items with genres; absent where no list has). whole: coverage, gini,
    popularity_lift.
    shown, found, wanted: int64 [n_items], in how many lists an item is, in how many as a hit, and to how many users it
    is relevant.
    """

    users: np.ndarray
    figures: dict[str, np.ndarray]
    whole: dict[str, float]
    shown: np.ndarray
    found: np.ndarray
    wanted: np.ndarray

    def means(self) -> dict[str, float]:
        """Every figure by its name: means over the users that have it, then those of all lists."""
        return {name: float(np.nanmean(values)) for name, values in self.figures.items()} | self.whole


def ranking_metrics(
    scorer: ScoresAll,
    ratings: Ratings,
    known_rows: np.ndarray,
    held_rows: np.ndarray,
    k: int = 10,
    seed: int = 0,
    relevant_from: float | None = None,
) -> dict[str, float]:
    """Every figure of the first k: precision, recall, ndcg, map, mrr and hit_rate @k, and what kind of lists they are.

    Relevant are all held-out items of a user, or those with relevant_from stars or more; candidates are all items that
    the user has not rated in the known rows; means are over users with a relevant item; ties are broken at random by
    the seed; a score of nan or -inf is never recommended. Equations, ranges and sources: docs/evaluation.md.
    diversity@k is absent where items have no genres. Raises DataError without a relevant row, SettingsError for k < 1.
    """
    return ranking_by_user(scorer, ratings, known_rows, held_rows, k, seed, relevant_from).means()


def ranking_by_user(
    scorer: ScoresAll,
    ratings: Ratings,
    known_rows: np.ndarray,
    held_rows: np.ndarray,
    k: int = 10,
    seed: int = 0,
    relevant_from: float | None = None,
) -> RankingByUser:
    """The figures of ranking_metrics before their mean is taken; raises as it does."""
    if k < 1:
        raise SettingsError(f"k must be at least 1; got {k}.")
    relevant = _relevant_rows(ratings, held_rows, relevant_from)
    known, held = (rated_in(ratings, rows) for rows in (known_rows, relevant))
    users = np.flatnonzero(np.diff(held.start))
    judge = _Judge(ratings, known_rows, held, k)
    for lists in top_lists(scorer, users, known, k, seed):
        judge.look(lists)
    return judge.verdict(users, known)


def rated_in(ratings: Ratings, rows: np.ndarray) -> Rated:
    """The items that each user has in these rows."""
    return Rated.of(ratings.user_index[rows], ratings.item_index[rows], ratings.n_users, ratings.n_items)


def _relevant_rows(ratings: Ratings, held_rows: np.ndarray, relevant_from: float | None) -> np.ndarray:
    """The held-out rows that count as relevant; raises DataError where there is none."""
    if len(held_rows) == 0:
        raise DataError("Evaluation needs at least one held-out rating; got none.")
    if relevant_from is None:
        return held_rows
    relevant = held_rows[ratings.rating[held_rows] >= relevant_from]
    if len(relevant) == 0:
        most = float(ratings.rating[held_rows].max())
        raise DataError(f"No held-out rating has {relevant_from:g} stars or more; the highest has {most:g}.")
    return relevant


class _Judge:
    """Looks at blocks of lists and adds up; nothing in it grows with users x items."""

    def __init__(self, ratings: Ratings, known_rows: np.ndarray, held: Rated, k: int) -> None:
        self._held, self._k = held, k
        self._information = variety.self_information(ratings, known_rows)
        self._popularity = variety.popularity(ratings, known_rows)
        self._genres = variety.genre_bits(ratings)
        self._rows: list[np.ndarray] = []
        self._shown, self._found = np.zeros((2, ratings.n_items), dtype=np.int64)

    def look(self, lists: Lists) -> None:
        """Judge one block."""
        items, real = lists.items, lists.real
        hits = np.take_along_axis(self._held.mask(lists.users), items, axis=1) & real
        listed = variety.list_means(self._popularity[items], real)
        columns = [
            *accuracy(hits, self._held.counts(lists.users), self._k).T,
            variety.list_means(self._information[items], real),
            variety.diversity(lists, self._genres),
            np.where(real.any(axis=1), listed, np.nan),
        ]
        self._rows.append(np.column_stack(columns))
        self._shown += np.bincount(items[real], minlength=len(self._shown))
        self._found += np.bincount(items[hits], minlength=len(self._found))

    def verdict(self, users: np.ndarray, known: Rated) -> RankingByUser:
        """All blocks together, of the users in the order looked at."""
        *columns, listed = np.concatenate(self._rows).T
        figures = {n: values for n, values in zip(names(self._k), columns, strict=True) if not np.isnan(values).all()}
        whole = {"coverage": float((self._shown > 0).mean()), "gini": variety.gini(self._shown)}
        lift = variety.lift(listed, variety.profile_means(self._popularity, known, users))
        whole |= {} if lift is None else {"popularity_lift": lift}
        wanted = np.bincount(self._held.items, minlength=len(self._shown))
        return RankingByUser(users, figures, whole, self._shown, self._found, wanted)


def names(k: int) -> Sequence[str]:
    """The figures that each user has."""
    accurate = ("precision", "recall", "ndcg", "map", "mrr", "hit_rate")
    return (*(f"{name}@{k}" for name in accurate), "novelty", f"diversity@{k}")


def accuracy(hits: np.ndarray, n_relevant: np.ndarray, k: int) -> np.ndarray:
    """Precision, recall, NDCG, average precision, reciprocal rank, hit of each list: bool [b, <= k], int [b] -> [b, 6].

    n_relevant is at least 1.
    """
    place = np.arange(1, hits.shape[1] + 1)
    reachable = np.minimum(n_relevant, k)
    found = hits.sum(axis=1)
    precision_here = np.cumsum(hits, axis=1) / place
    return np.column_stack(
        [
            found / k,
            found / n_relevant,
            ndcg(hits, n_relevant, k),
            (hits * precision_here).sum(axis=1) / reachable,
            (hits / place).max(axis=1, initial=0),
            found > 0,
        ]
    )
