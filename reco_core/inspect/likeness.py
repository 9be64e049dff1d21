"""Whether neighbours make sense: how much their genres overlap, and how many of them the same people rated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reco_core.errors import DataError
from reco_core.inspect.alike import Alike, ByVectors, ByWeights
from reco_core.inspect.neighbours import AT_LEAST
from reco_core.inspect.raters import Raters
from reco_core.models.item_scorer import ItemScorer
from reco_core.models.spec import Scorer
from reco_core.rated_lists import blocks
from reco_core.ratings import Ratings, genres_in

NEAREST = 10
MOST = 1000  # items of which the neighbours are looked at; of more, this many are drawn
_CELLS = 4_000_000  # likenesses at once: 16 MB


@dataclass(frozen=True)
class Likeness:
    """How much sense the NEAREST nearest of items make, among the items with AT_LEAST ratings.

    genre_overlap: the mean Jaccard overlap of genres with the nearest, divided by that of all pairs: 1 is chance.
    None where no items have genres, or no pair has one in common. raters_overlap: the share of the nearest that are
    also among the nearest by the cosine of who rated them. asked of n_items items were looked at; all, unless they are
    many.
    """

    genre_overlap: float | None
    raters_overlap: float
    asked: int
    n_items: int

    @property
    def sampled(self) -> bool:
        """Whether the items looked at were drawn."""
        return self.asked < self.n_items


def likeness_of_model(scorer: Scorer, ratings: Ratings, raters: Raters) -> Likeness | None:
    """The likeness of what a model learned, as it is: cosines of its item vectors, or its weights from item to item.

    None for a model that has neither, and where too few items have AT_LEAST ratings.
    """
    if isinstance(scorer, ItemScorer):
        return likeness(ByWeights(scorer), ratings, raters)
    return None if scorer.item_vectors is None else likeness(ByVectors.of(scorer.item_vectors), ratings, raters)


def likeness(alike: Alike, ratings: Ratings, raters: Raters, most: int = MOST, seed: int = 0) -> Likeness | None:
    """What Likeness says, by any likeness of items; None where no more than NEAREST items have AT_LEAST ratings."""
    known = np.flatnonzero(ratings.item_counts >= AT_LEAST)
    if len(known) <= NEAREST:
        return None
    places = np.arange(len(known))
    if len(known) > most:
        places = np.sort(np.random.default_rng(seed).permutation(len(known))[:most])
    near, by_raters = (np.empty((len(places), NEAREST), dtype=np.int64) for _ in range(2))
    for block in blocks(len(places), max(1, _CELLS // len(known))):
        part = places[block]
        near[block] = _nearest(alike.among(known[part], known), part)
        by_raters[block] = _nearest(raters.cosines(known[part], known), part)
    shared = (near[:, :, None] == by_raters[:, None, :]).any(axis=2).mean()
    return Likeness(_genre_overlap(ratings, known, places, near), float(shared), len(places), len(known))


def genre_jaccard(ratings: Ratings, items: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(set of each item, int64 [m]; Jaccard overlap of each two sets, float64 [sets, sets]).

    The items of equal genres have one set; a set without a genre has nan with all.
    """
    texts = ratings.item_table["genres"].iloc[items]
    keys = [tuple(sorted(set(genres_in(text)))) for text in texts]
    order = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    names = {name: place for place, name in enumerate(ratings.genre_names)}
    has = np.zeros((len(order), len(names)))
    for key, place in order.items():
        has[place, [names[name] for name in key]] = 1
    both, size = has @ has.T, has.sum(axis=1)
    either = size[:, None] + size - both
    jaccard = np.divide(both, either, out=np.zeros_like(both), where=either > 0)
    jaccard[size == 0] = jaccard[:, size == 0] = np.nan
    return np.array([order[key] for key in keys], dtype=np.int64), jaccard


def _genre_overlap(ratings: Ratings, known: np.ndarray, places: np.ndarray, near: np.ndarray) -> float | None:
    """Mean overlap of the nearest over the mean of all pairs of known items, which is exact: sets are counted."""
    sets, jaccard = genre_jaccard(ratings, known)
    counts = np.bincount(sets, minlength=len(jaccard)).astype(np.float64)
    counts[np.isnan(np.diag(jaccard))] = 0
    n = counts.sum()
    # An item with itself overlaps wholly and is no pair.
    total = counts @ np.nan_to_num(jaccard) @ counts - n
    if n < 2 or total <= 0:
        return None
    overlap = jaccard[sets[places][:, None], sets[near]]
    return float(np.nanmean(overlap) / (total / (n * (n - 1)))) if np.isfinite(overlap).any() else None


def _nearest(scores: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Columns of the NEAREST largest of each row but its own, equal ones by order: [b, m] -> int64 [b, NEAREST]."""
    scores = np.array(scores, dtype=np.float32)
    scores[np.arange(len(own)), own] = -np.inf
    if np.isnan(scores).any():
        raise DataError("Similarity must be a number for every pair of items; got some that are not.")
    border = np.partition(scores, scores.shape[1] - NEAREST, axis=1)[:, -NEAREST]
    chosen = scores >= border[:, None]
    for row in np.flatnonzero(np.count_nonzero(chosen, axis=1) > NEAREST):
        equal = np.flatnonzero(scores[row] == border[row])
        chosen[row, equal[NEAREST - np.count_nonzero(scores[row] > border[row]) :]] = False
    return np.nonzero(chosen)[1].reshape(len(scores), NEAREST)
