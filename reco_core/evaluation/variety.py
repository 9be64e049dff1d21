"""What kind of lists a model makes: how little-known, how alike, how concentrated, how popular their items are."""

from __future__ import annotations

import numpy as np

from reco_core.evaluation.lists import Lists
from reco_core.rated_lists import Rated
from reco_core.ratings import Ratings, genres_in

WORD = 64


def self_information(ratings: Ratings, rows: np.ndarray) -> np.ndarray:
    """-log2 of the share of known users who rated the item, float64 [n_items]; an unrated item counts as rated once."""
    counts, n_users = _counts(ratings, rows)
    return -np.log2(np.clip(counts, 1, n_users) / n_users)


def popularity(ratings: Ratings, rows: np.ndarray) -> np.ndarray:
    """Share of the users of these rows who rated the item, float64 [n_items]."""
    counts, n_users = _counts(ratings, rows)
    return np.minimum(counts, n_users) / n_users


def list_means(values: np.ndarray, real: np.ndarray) -> np.ndarray:
    """Mean of the real entries of each row, 0 for an empty list: [b, k], bool [b, k] -> [b]."""
    return (values * real).sum(axis=1) / np.maximum(real.sum(axis=1), 1)


def genre_bits(ratings: Ratings) -> np.ndarray:
    """The genres of each item as bits: uint64 [n_items, ceil(n_genres / 64)]; no column where no item has a genre."""
    place = {name: at for at, name in enumerate(ratings.genre_names)}
    bits = np.zeros((ratings.n_items, -(-len(place) // WORD)), dtype=np.uint64)
    for item, text in enumerate(ratings.item_table["genres"]):
        for name in genres_in(text):
            bits[item, place[name] // WORD] |= np.uint64(1 << place[name] % WORD)
    return bits


def diversity(lists: Lists, bits: np.ndarray) -> np.ndarray:
    """Mean over pairs of a list's items of 1 - Jaccard of their genres: float64 [b]; nan without such a pair.

    Jaccard is the share of the genres of either that both have. Pairs with an item that has no genre are left out.
    The complement of the intra-list similarity of Ziegler et al.: Improving recommendation lists through topic
    diversification. WWW 2005.
    """
    genres = bits[lists.items]
    usable = lists.real & genres.any(axis=2)
    total, pairs = np.zeros(len(genres)), np.zeros(len(genres))
    for at in range(genres.shape[1] - 1):
        one, others = genres[:, at : at + 1], genres[:, at + 1 :]
        both = np.bitwise_count(one & others).sum(axis=2, dtype=np.float64)
        either = np.bitwise_count(one | others).sum(axis=2, dtype=np.float64)
        counts = usable[:, at : at + 1] & usable[:, at + 1 :]
        total += np.where(counts, 1 - both / np.maximum(either, 1), 0).sum(axis=1)
        pairs += counts.sum(axis=1)
    return np.divide(total, pairs, out=np.full(len(total), np.nan), where=pairs > 0)


def gini(shown: np.ndarray) -> float:
    """Gini coefficient of how often each item is listed: int [n_items] -> 0 (each as often) .. 1 - 1/n (one only).

    sum of (2i - n - 1) x_i over the ascending x_i, divided by n sum of x; 0 where nothing is listed.
    """
    ascending = np.sort(shown).astype(np.float64)
    n, total = len(ascending), ascending.sum()
    return float((2 * np.arange(1, n + 1) - n - 1) @ ascending / (n * total)) if total else 0.0


def profile_means(values: np.ndarray, rated: Rated, users: np.ndarray) -> np.ndarray:
    """Mean value of the items that each user rated: [n_items] -> float64 [b]; nan for a user who rated nothing."""
    counts = np.diff(rated.start)
    sums = np.bincount(np.repeat(np.arange(len(counts)), counts), values[rated.items], len(counts))
    return np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)[users]


def lift(listed: np.ndarray, rated: np.ndarray) -> float | None:
    """Mean popularity of the lists over that of what the same users had rated; None where no user has both.

    listed, rated: float64 [n users], nan where there is none. 1 + the popularity lift of Abdollahpouri et al.: The
    connection between popularity bias, calibration, and fairness in recommendation. RecSys 2020.
    """
    both = np.isfinite(listed) & np.isfinite(rated)
    below = rated[both].sum()
    return float(listed[both].sum() / below) if below > 0 else None


def _counts(ratings: Ratings, rows: np.ndarray) -> tuple[np.ndarray, int]:
    counts = np.bincount(ratings.item_index[rows], minlength=ratings.n_items)
    return counts, max(1, len(np.unique(ratings.user_index[rows])))
