"""What a run predicts, looked at closely: its stars on rows held out and learned from, its lists, a corner of both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reco_core.errors import RunError
from reco_core.evaluation.baselines import fitted
from reco_core.evaluation.cold_start import ColdAware, cold_aware
from reco_core.evaluation.ranking import RankingByUser, ranking_by_user
from reco_core.evaluation.slices import known_counts
from reco_core.jobs.results.figures import TIE_SEED, TOP_K, trained_rows
from reco_core.jobs.results.run_data import split_of
from reco_core.ratings import Ratings
from reco_core.runs import RunReading
from reco_core.split import Split

# So many rows that a run learned from show its errors on them as well as all would.
MOST_TRAINED = 100_000
LEARNED, HELD_OUT, UNSEEN = "trained on", "held out", "never rated"
STARS_RIVAL, LISTS_RIVAL = "bias", "popularity"


@dataclass(frozen=True, eq=False)
class Part:
    """Some rows: rows int64 [n]; predicted (clipped to the scale) and actual, float64 [n] stars."""

    rows: np.ndarray
    predicted: np.ndarray
    actual: np.ndarray


@dataclass(frozen=True, eq=False)
class Predictions:
    """Stars of a run. rival: float64, the stars of bias on the test rows; known: ratings of each user, of each item,
    int64, among the rows that the run learned from."""

    test: Part
    trained: Part
    rival: np.ndarray
    user_known: np.ndarray
    item_known: np.ndarray


@dataclass(frozen=True, eq=False)
class ListsOfRun:
    """A run's lists beside those of popularity, and the known ratings of each user and item, int64."""

    own: RankingByUser
    rival: RankingByUser
    user_known: np.ndarray
    item_known: np.ndarray


@dataclass(frozen=True, eq=False)
class Corner:
    """Users (rows, raw ids) x movies (columns, item indices): given (nan where unrated), predicted, and which part each
    cell belongs to (LEARNED, HELD_OUT, UNSEEN)."""

    given: pd.DataFrame
    predicted: pd.DataFrame
    part: pd.DataFrame


def predictions(run: RunReading, ratings: Ratings) -> Predictions:
    """The run's stars on its test rows, and on at most MOST_TRAINED rows it learned from; raises RunError without."""
    split, rows, scorer = _model(run, ratings)
    sample = rows
    if len(rows) > MOST_TRAINED:
        sample = np.sort(np.random.default_rng(TIE_SEED).choice(rows, MOST_TRAINED, replace=False))
    rival = fitted(STARS_RIVAL, ratings, split.known)
    return Predictions(
        _part(scorer, ratings, split.test),
        _part(scorer, ratings, sample),
        _part(rival, ratings, split.test).predicted,
        *known_counts(ratings, rows),
    )


def lists_of(run: RunReading, ratings: Ratings, k: int = TOP_K, relevant_from: float | None = None) -> ListsOfRun:
    """What the run's lists are worth to each user and for each item, and those of popularity on the same rows."""
    split, _, scorer = _model(run, ratings, stars=False)
    own, rival = (
        ranking_by_user(one, ratings, split.known, split.test, k, TIE_SEED, relevant_from)
        for one in (scorer, fitted(LISTS_RIVAL, ratings, split.known))
    )
    return ListsOfRun(own, rival, *known_counts(ratings, split.known))


def corner(run: RunReading, ratings: Ratings, n_users: int = 15, n_items: int = 15) -> Corner:
    """Given and predicted stars of the most active users for the most rated items; raises RunError without stars."""
    _, rows, scorer = _model(run, ratings)
    users = np.argsort(-ratings.user_counts, kind="stable")[:n_users]
    items = np.argsort(-ratings.item_counts, kind="stable")[:n_items]
    shape = (len(users), len(items))
    score = scorer.score(np.repeat(users, len(items)), np.tile(items, len(users)))
    predicted = ratings.scale.clip(score.astype(np.float64)).reshape(shape)
    row, column = np.full(ratings.n_users, -1), np.full(ratings.n_items, -1)
    row[users], column[items] = np.arange(len(users)), np.arange(len(items))
    inside = np.flatnonzero((row[ratings.user_index] >= 0) & (column[ratings.item_index] >= 0))
    where = row[ratings.user_index[inside]], column[ratings.item_index[inside]]
    given, part = np.full(shape, np.nan), np.full(shape, UNSEEN, dtype=object)
    given[where] = ratings.rating[inside]
    part[where] = np.where(np.isin(inside, rows), LEARNED, HELD_OUT)
    ids = pd.Index(ratings.users.decode(users), name="user")
    return Corner(*(pd.DataFrame(values, index=ids, columns=items) for values in (given, predicted, part)))


def _model(run: RunReading, ratings: Ratings, stars: bool = True) -> tuple[Split, np.ndarray, ColdAware]:
    """(split, rows the weights have seen, scorer that knows no cold ids)."""
    run.require_result()
    if stars and not run.spec.predicts_stars:
        raise RunError(f"{run.spec.title} ranks without predicting stars.")
    split = split_of(run.info, ratings)
    rows = trained_rows(run, split)
    return split, rows, cold_aware(run.scorer(), ratings, rows)


def _part(scorer: ColdAware, ratings: Ratings, rows: np.ndarray) -> Part:
    score = scorer.score(ratings.user_index[rows], ratings.item_index[rows])
    clipped = ratings.scale.clip(score.astype(np.float64))
    return Part(rows, clipped, ratings.rating[rows].astype(np.float64))
