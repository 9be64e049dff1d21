"""Which items a new visitor is asked to rate: those whose ratings say most, and that differ from each other."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from reco_core.errors import SettingsError
from reco_core.rating_bins import RatingBins
from reco_core.ratings import Ratings
from reco_core.recommend.diverse import most_diverse

POOL = 300
DIVERSITY = 0.4


def informative(ratings: Ratings) -> np.ndarray:
    """How much a rating of each item says, and how likely it is known: log(1 + count) * entropy, float64 [n_items].

    Rashid et al.: Getting to know you (IUI 2002), its "log popularity times entropy": an item that everybody rates
    alike says little, and one that nobody has seen cannot be rated. The entropy, in bits, is that of its ratings over
    the steps of the scale (the bins of a continuous one), each step with one more rating, so that few ratings are not
    taken for agreement or dispute.
    """
    bins = RatingBins.of(ratings.scale)
    levels = len(bins)
    table = np.bincount(
        ratings.item_index * np.int64(levels) + bins.place(ratings.rating), minlength=ratings.n_items * levels
    )
    share = table.reshape(ratings.n_items, levels) + 1.0
    share /= share.sum(axis=1, keepdims=True)
    return np.log1p(ratings.item_counts) * -(share * np.log2(share)).sum(axis=1)


def to_rate(
    ratings: Ratings, features: np.ndarray, n: int = 15, without: Collection[int] = (), worth: np.ndarray | None = None
) -> np.ndarray:
    """n item indices to ask for, the most worth asking first, each unlike those before it: int64 [<= n].

    features: float [n_items, dim], the item vectors of a model, or genres. without: items that are rated or that the
    visitor does not know; they count as asked, so that what follows is unlike them too. worth: informative(ratings),
    where it is at hand. Raises SettingsError for n < 1.
    """
    if n < 1:
        raise SettingsError(f"n must be at least 1; got {n}.")
    worth = informative(ratings) if worth is None else worth
    order = np.argsort(-worth, kind="stable")[: POOL + len(without)]
    ranked = order[most_diverse(worth[order], features[order], n + len(without), DIVERSITY)]
    return ranked[~np.isin(ranked, np.fromiter(without, dtype=np.int64))][:n]
