"""The best items of every user, in blocks: memory does not grow with users x items."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from reco_core.errors import SettingsError
from reco_core.inspect.neighbours import first_k
from reco_core.models.scorers import DotScorer
from reco_core.models.spec import Scorer
from reco_core.ratings import Ratings

_BLOCK = 16_000_000  # scores held at once: 64 MB
_STRIDE = 48  # items of which only the best is looked at first


@dataclass(frozen=True, eq=False)
class Block:
    """Users in a row: user_index int64 [n]; item_index int64 [n, k], best first, -1 where there are fewer candidates;
    score float32 [n, k], nan there."""

    user_index: np.ndarray
    item_index: np.ndarray
    score: np.ndarray


def top_of_all(scorer: Scorer, ratings: Ratings, k: int = 10, allowed: np.ndarray | None = None) -> Iterator[Block]:
    """The k best unrated items of every user of the dataset, users in the order of their index.

    As recommend_to for each: equal scores by item index, nothing for nan and -inf; scores may differ in the last
    bits of a float32. allowed: bool [n_items], items that may come; all where None. Raises SettingsError for k < 1.
    """
    if k < 1:
        raise SettingsError(f"k must be at least 1; got {k}.")
    rows, start = ratings.rows_by_user
    width = ratings.n_items + -ratings.n_items % _STRIDE
    scores_of, finish = _scores(scorer, ratings.n_items, width)
    step = max(1, min(ratings.n_users, _BLOCK // width))
    buffer = np.empty((step, width), dtype=np.float32)
    for low in range(0, ratings.n_users, step):
        users = np.arange(low, min(low + step, ratings.n_users))
        scores = buffer[: len(users)]
        scores_of(users.astype(np.int32), scores)
        scores[:, ratings.n_items :] = -np.inf
        if allowed is not None:
            scores[:, : ratings.n_items][:, ~allowed] = -np.inf
        own = rows[start[low] : start[users[-1] + 1]]
        scores[ratings.user_index[own] - low, ratings.item_index[own]] = -np.inf
        yield Block(users, *_best(scores, min(k, ratings.n_items), finish))


def _scores(
    scorer: Scorer, n_items: int, width: int
) -> tuple[Callable[[np.ndarray, np.ndarray], None], Callable[[np.ndarray], np.ndarray]]:
    """(users, out) -> None, which fills the first n_items columns of out [n, width]; and what makes scores of them.

    A dot product's scores keep their order through its last activation, which then is applied to the best alone: one
    matrix product a block is all that remains.
    """
    if type(scorer) is not DotScorer:

        def whole(users: np.ndarray, out: np.ndarray) -> None:
            out[:, :n_items] = scorer.score_all(users)

        return whole, lambda x: x

    users_side, items_side = scorer.user_vectors, scorer.item_vectors
    if scorer.item_bias is not None:
        users_side = np.column_stack([users_side, np.ones(len(users_side), np.float32), scorer.user_bias])
        items_side = np.column_stack([items_side, scorer.item_bias, np.ones(len(items_side), np.float32)])
    # As wide as the block, so that the product is written straight into it.
    items_side = np.pad(items_side.T.astype(np.float32), ((0, 0), (0, width - n_items)))

    def dots(users: np.ndarray, out: np.ndarray) -> None:
        np.matmul(users_side[users], items_side, out=out)

    return dots, scorer.finish


def _best(scores: np.ndarray, k: int, finish: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """(item_index [n, k], score [n, k]) of each row of scores [n, width], whose width is a multiple of _STRIDE.

    The k best lie among the k groups with the largest maxima, so the rest is passed over once and never sorted. Groups
    are columns a stride apart, which makes their maxima a few comparisons of whole rows. Rows where a group that was
    passed over could tie with the last place, or that hold nan, are done one by one.
    """
    n, width = scores.shape
    n_groups = width // _STRIDE
    if k >= n_groups:
        return _one_by_one(scores, k, finish)
    grouped = scores.reshape(n, _STRIDE, n_groups)
    maxima = grouped.max(axis=1)
    order = np.argpartition(-maxima, k, axis=1)
    near, border = order[:, :k], np.take_along_axis(maxima, order[:, k : k + 1], axis=1)
    candidates = (near[:, None, :] + (np.arange(_STRIDE) * n_groups)[None, :, None]).reshape(n, -1)
    with np.errstate(invalid="ignore"):
        values = _finished(np.take_along_axis(scores, candidates, axis=1), finish)
        border = _finished(border, finish)
    # Two keys, the larger score first and then the smaller index.
    first = np.argpartition(-values, k - 1, axis=1)[:, :k]
    last = np.take_along_axis(values, first, axis=1).min(axis=1, keepdims=True)
    items, found = np.take_along_axis(candidates, first, axis=1), np.take_along_axis(values, first, axis=1)
    sort = np.lexsort((items, -found), axis=1)
    items, found = np.take_along_axis(items, sort, axis=1), np.take_along_axis(found, sort, axis=1)
    tied = (values == last).sum(axis=1) > (found == last).sum(axis=1)
    unsure = ~(last > border).ravel() | tied | ~np.isfinite(last).ravel() | np.isnan(maxima).any(axis=1)
    if unsure.any():
        items[unsure], found[unsure] = _one_by_one(scores[unsure], k, finish)
    return items.astype(np.int64), found


def _finished(values: np.ndarray, finish: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Scores of raw outputs; what was taken out stays out."""
    return np.where(values > -np.inf, finish(values), -np.inf).astype(np.float32)


def _one_by_one(
    scores: np.ndarray, k: int, finish: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    items = np.full((len(scores), k), -1, dtype=np.int64)
    found = np.full((len(scores), k), np.nan, dtype=np.float32)
    for row, raw in enumerate(scores):
        with np.errstate(invalid="ignore"):
            values = _finished(raw, finish)
        best = first_k(values, k)
        items[row, : len(best)], found[row, : len(best)] = best, values[best]
    return items, found
