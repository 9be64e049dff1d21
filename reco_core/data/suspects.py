"""What may be wrong with ratings although every line was read: counted and listed, nothing is left out for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reco_core.ratings import Ratings

CORES = (2, 3, 5, 10, 20)
LEAST = 5  # ratings of a user of whom anything can be said
MANY = 50.0  # times as many ratings as the median user
MANY_AT_LEAST = 500
AT_ONCE = 0.9  # share of a user's ratings with one time stamp
AT_ONCE_LEAST = 20  # ratings, since visitors do rate several things in a row
EXTREMES = 0.95  # share of a user's ratings at the two ends of the scale, on one with more than three levels
EXTREMES_LEAST = 20


@dataclass(frozen=True)
class Core:
    """What is left where every user and item has k ratings or more, and how many have fewer now."""

    k: int
    users_below: int
    items_below: int
    ratings: int
    users: int
    items: int


def cores(ratings: Ratings, ks: tuple[int, ...] = CORES) -> pd.DataFrame:
    """For each k: users and items with fewer ratings, and what a k-core filter leaves.

    Columns k, users_below, items_below, ratings, users, items (what is left).
    """
    found = [core(ratings, k) for k in ks]
    return pd.DataFrame([one.__dict__ for one in found])


def core(ratings: Ratings, k: int) -> Core:
    """The k-core: users and items with fewer than k ratings are left out, again and again, until none is."""
    users, items = ratings.user_index, ratings.item_index
    kept = np.ones(len(ratings), dtype=bool)
    while True:
        of_user = np.bincount(users[kept], minlength=ratings.n_users)
        of_item = np.bincount(items[kept], minlength=ratings.n_items)
        fine = kept & (of_user[users] >= k) & (of_item[items] >= k)
        if fine.sum() == kept.sum():
            break
        kept = fine
    below = int((ratings.user_counts < k).sum()), int((ratings.item_counts < k).sum())
    return Core(k, *below, int(kept.sum()), int((of_user > 0).sum()), int((of_item > 0).sum()))


def constant_users(ratings: Ratings) -> pd.DataFrame:
    """Users with LEAST ratings or more that are all equal: user, ratings, stars; those with most ratings first."""
    low, high = _ends(ratings)
    found = np.flatnonzero((ratings.user_counts >= LEAST) & (low == high))
    return _listed(ratings, found, {"stars": low[found]})


def suspicious_users(ratings: Ratings) -> pd.DataFrame:
    """Users who may be no people: user, ratings, why; those with most ratings first.

    Very many ratings (MANY times the median and MANY_AT_LEAST), nearly all at one time stamp, or nearly all at the two
    ends of the scale while both are used.
    """
    counts = ratings.user_counts
    why: dict[int, list[str]] = {}
    median = float(np.median(counts))
    for user in np.flatnonzero((counts >= MANY * median) & (counts >= MANY_AT_LEAST)).tolist():
        why.setdefault(user, []).append(f"{counts[user] / median:,.0f} times as many ratings as the median user")
    if ratings.timestamp is not None:
        most = _most_at_once(ratings)
        for user in np.flatnonzero((counts >= AT_ONCE_LEAST) & (most >= AT_ONCE * counts)).tolist():
            why.setdefault(user, []).append(f"{most[user]:,} ratings at the same second")
    for user, share in _extreme(ratings).items():
        why.setdefault(user, []).append(f"{share:.0%} of the ratings are the lowest or the highest")
    found = np.array(sorted(why), dtype=np.int64)
    return _listed(ratings, found, {"why": ["; ".join(why[user]) for user in found.tolist()]})


def _listed(ratings: Ratings, users: np.ndarray, columns: dict[str, object]) -> pd.DataFrame:
    table = pd.DataFrame({"user": ratings.users.decode(users), "ratings": ratings.user_counts[users], **columns})
    return table.sort_values("ratings", ascending=False, kind="stable", ignore_index=True)


def _ends(ratings: Ratings) -> tuple[np.ndarray, np.ndarray]:
    """(lowest, highest) stars of each user."""
    low = np.full(ratings.n_users, np.inf, dtype=np.float32)
    high = np.full(ratings.n_users, -np.inf, dtype=np.float32)
    np.minimum.at(low, ratings.user_index, ratings.rating)
    np.maximum.at(high, ratings.user_index, ratings.rating)
    return low, high


def _most_at_once(ratings: Ratings) -> np.ndarray:
    """Of each user, the most ratings with one time stamp, int64 [n_users]."""
    assert ratings.timestamp is not None
    order = np.lexsort((ratings.timestamp, ratings.user_index))
    user, time = ratings.user_index[order], ratings.timestamp[order]
    new = np.concatenate([[True], (user[1:] != user[:-1]) | (time[1:] != time[:-1])])
    first = np.flatnonzero(new)
    length = np.diff(np.concatenate([first, [len(user)]]))
    most = np.zeros(ratings.n_users, dtype=np.int64)
    np.maximum.at(most, user[first], length)
    return most


def _extreme(ratings: Ratings) -> dict[int, float]:
    """User index -> share of ratings at the two ends of the scale, where that is nearly all and both are used."""
    scale = ratings.scale
    if len(np.unique(ratings.rating[:100_000])) <= 3:
        return {}
    n = ratings.n_users
    lowest = np.bincount(ratings.user_index[ratings.rating <= scale.min], minlength=n)
    highest = np.bincount(ratings.user_index[ratings.rating >= scale.max], minlength=n)
    counts = ratings.user_counts
    share = (lowest + highest) / np.maximum(counts, 1)
    found = (counts >= EXTREMES_LEAST) & (share >= EXTREMES) & (lowest > 0) & (highest > 0)
    return {int(user): float(share[user]) for user in np.flatnonzero(found)}
