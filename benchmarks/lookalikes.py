"""Ratings that are like data which cannot come along (Book-Crossing, Jester), or of another shape; made from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.generated import item_table
from reco_core.encode import IdEncoder, RatingScale
from reco_core.ratings import Ratings, Source

TASTES = 4


@dataclass(frozen=True)
class Truth:
    """What stars are made of: their scale, mean, and the deviations of user and item biases, tastes and noise.

    step 0: any value. zeros: share of the ratings that are the lowest whatever the rest says, as a user has it more or
    less often than others (`zeros_sd`, on the scale of logits).
    """

    low: float
    high: float
    step: float
    mean: float
    user_sd: float
    item_sd: float
    taste_sd: float
    noise_sd: float
    zeros: float = 0.0
    zeros_sd: float = 0.0


STARS = Truth(1, 5, 1, 3.5, 0.4, 0.5, 0.4, 0.85)


def books(n_ratings: int, zeros: bool = True, seed: int = 0) -> Ratings:
    """Like Book-Crossing: most users and books have one to three ratings, and 62 % are 0: no grade."""
    rng = np.random.default_rng([seed, n_ratings])
    pairs = _long_tailed(n_ratings, (3 * n_ratings // 10, 1.2), (n_ratings // 4, 0.9), rng)
    truth = Truth(0, 10, 1, 7.6, 0.9, 0.6, 0.3, 1.5, *((0.62, 1.1) if zeros else (0.0, 0.0)))
    return _made(f"books-{n_ratings}{'' if zeros else '-graded'}", *pairs, truth, rng)


def jokes(n_users: int = 65, n_items: int = 100, seed: int = 0) -> Ratings:
    """Like Jester: few jokes, graded by almost everybody from -10 to 10 by a slider."""
    rng = np.random.default_rng([seed, n_users, n_items])
    truth = Truth(-10, 10, 0, 0.9, 2.2, 1.4, 2.4, 3.6)
    return _made(f"jokes-{n_users}", *_filled(n_users, n_items, 0.72, rng), truth, rng)


def table(name: str, n_users: int, n_items: int, filled: float, truth: Truth, seed: int = 0) -> Ratings:
    """A share of all pairs of users and items, drawn evenly."""
    rng = np.random.default_rng([seed, n_users, n_items])
    return _made(name, *_filled(n_users, n_items, filled, rng), truth, rng)


def all_kinds() -> dict[str, Ratings]:
    """Datasets unlike MovieLens, by what they are like."""
    return {
        "books": books(39_268),
        "more books": books(99_978),
        "graded books": books(39_268, zeros=False),
        "jokes": jokes(),
        "0 to 100": table("hundred", 400, 300, 0.12, Truth(0, 100, 1, 64, 11, 8, 9, 16)),
        "0 to 5,000": table("thousands", 200, 300, 0.1, Truth(0, 5000, 1, 1800, 600, 700, 500, 900)),
        "-5 to -1": table("negative", 300, 500, 0.06, Truth(-5, -1, 1, -2.6, 0.4, 0.4, 0.35, 0.85)),
        "0 or 1": table("binary", 300, 200, 0.15, Truth(0, 1, 1, 0.6, 0.15, 0.15, 0.15, 0.4)),
        "half stars": table("halves", 200, 400, 0.06, Truth(0.5, 5, 0.5, 3.5, 0.4, 0.4, 0.35, 0.85)),
        "12 users": table("few-users", 12, 900, 0.4, STARS),
        "12 items": table("few-items", 2000, 12, 0.4, STARS),
        "6 ratings each": table("thin", 3000, 3000, 0.002, STARS),
        "60 x 40": table("small", 60, 40, 0.4, STARS),
        "15 x 12": table("tiny", 15, 12, 0.6, STARS),
    }


def _filled(n_users: int, n_items: int, share: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    chosen = np.sort(rng.permutation(n_users * n_items)[: round(n_users * n_items * share)])
    return chosen // n_items, chosen % n_items


def _long_tailed(
    n: int, of_users: tuple[int, float], of_items: tuple[int, float], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """n different pairs, of which few users and items have a large part, and most have one to three or none.

    of_users, of_items: how many there are to draw from, and how steeply their shares fall.
    """
    n_items = of_items[0]
    pairs = np.empty(0, dtype=np.int64)
    while len(pairs) < n:
        users, items = _ranked(n, *of_users, rng), _ranked(n, *of_items, rng)
        pairs = np.unique(np.concatenate([pairs, users * n_items + items]))
    pairs = rng.permutation(pairs)[:n]
    return pairs // n_items, pairs % n_items


def _ranked(n: int, size: int, steep: float, rng: np.random.Generator) -> np.ndarray:
    """n numbers below size, of which k comes with a share of (k + 10) ** -steep."""
    share = np.cumsum((np.arange(size) + 10.0) ** -steep)
    return np.searchsorted(share, rng.random(n) * share[-1])


def _made(name: str, users: np.ndarray, items: np.ndarray, truth: Truth, rng: np.random.Generator) -> Ratings:
    user_ids, users = np.unique(users, return_inverse=True)
    item_ids, items = np.unique(items, return_inverse=True)
    stars = _stars(users, items, (len(user_ids), len(item_ids)), truth, rng)
    return Ratings(
        name=name,
        user_index=users.astype(np.int32),
        item_index=items.astype(np.int32),
        rating=stars.astype(np.float32),
        timestamp=None,
        users=IdEncoder(user_ids + 1),
        items=IdEncoder(item_ids + 1),
        scale=RatingScale(truth.low, truth.high, truth.step or 0.01),
        item_table=item_table(len(item_ids)),
        source=Source("Generated"),
    )


def _stars(
    users: np.ndarray, items: np.ndarray, sizes: tuple[int, int], truth: Truth, rng: np.random.Generator
) -> np.ndarray:
    """Mean, biases, a product of tastes, and noise; then on the scale, and the zeros."""
    user_bias, item_bias = (rng.normal(0, sd, n) for sd, n in zip((truth.user_sd, truth.item_sd), sizes, strict=True))
    tastes = [rng.normal(0, 1, (n, TASTES)) for n in sizes]
    liked = truth.taste_sd / TASTES**0.5 * np.einsum("nd,nd->n", tastes[0][users], tastes[1][items])
    stars = truth.mean + user_bias[users] + item_bias[items] + liked + rng.normal(0, truth.noise_sd, len(users))
    step = truth.step or 0.01
    stars = np.clip(truth.low + np.round((stars - truth.low) / step) * step, truth.low, truth.high)
    if truth.zeros:
        usual = np.log(truth.zeros / (1 - truth.zeros)) * 1.6
        tends = usual + rng.normal(0, truth.zeros_sd, sizes[0])[users] + rng.normal(0, 0.5, sizes[1])[items]
        stars[rng.random(len(users)) < 1 / (1 + np.exp(-tends))] = truth.low
    return stars
