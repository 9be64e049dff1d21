"""How much sense neighbours make: against answers worked out by hand, and against all pairs one by one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from reco_core.inspect.alike import ByVectors
from reco_core.inspect.likeness import AT_LEAST, NEAREST, likeness, likeness_of_model
from reco_core.inspect.raters import Raters
from reco_core.ratings import Ratings
from tests.small_ratings import TableScorer, random_ratings, small_ratings, with_genres

GROUP = 11


def two_genres(genres: bool = True) -> Ratings:
    """Eleven items of one genre, all rated by the even users, and eleven of another, all rated by the odd ones."""
    rows = [(user, item, 3) for user in range(2 * AT_LEAST) for item in range(2 * GROUP) if user % 2 == item % 2]
    ratings = small_ratings(rows, 2 * AT_LEAST, 2 * GROUP)
    return with_genres(ratings, np.arange(2 * GROUP)[:, None] % 2 == np.arange(2)) if genres else ratings


def of(vectors: np.ndarray, ratings: Ratings):
    return likeness(ByVectors.of(np.asarray(vectors)), ratings, Raters.of(ratings, np.arange(len(ratings))))


def test_neighbours_of_the_own_genre_overlap_as_much_more_than_by_chance_as_can_be() -> None:
    found = of(np.eye(2)[np.arange(2 * GROUP) % 2], two_genres())
    # Of the 21 others 10 are of the own genre: a random pair overlaps by 10/21.
    assert found.genre_overlap == pytest.approx(21 / 10)
    assert found.raters_overlap == 1.0
    assert (found.asked, found.n_items, found.sampled) == (22, 22, False)


def test_neighbours_of_the_other_genre_overlap_in_nothing() -> None:
    half = np.eye(2)[np.arange(2 * GROUP) % 2]
    vectors = np.concatenate([half, -half[:, ::-1]], axis=1)  # of the own group as far as can be
    vectors[:, :2], vectors[:, 2:] = 0, 0
    vectors[np.arange(22), np.arange(22) // 2 % 2] = 1  # pairs of one item of each genre lie together
    found = of(vectors, two_genres())
    assert found.genre_overlap < 1.1 and found.raters_overlap < 0.6


def test_without_genres_there_is_no_overlap_of_them() -> None:
    found = of(np.eye(2)[np.arange(2 * GROUP) % 2], two_genres(genres=False))
    assert found.genre_overlap is None and found.raters_overlap == 1.0


def test_too_few_well_known_items_have_no_figure() -> None:
    ratings = small_ratings([(u, i, 3) for u in range(AT_LEAST) for i in range(NEAREST)], AT_LEAST, 30)
    assert of(np.eye(30), ratings) is None


def genres_of(ratings: Ratings) -> list[set[str]]:
    return [{name for name in text.split("|") if name} for text in ratings.item_table["genres"]]


@pytest.mark.parametrize("seed", range(3))
def test_figures_are_those_of_all_pairs_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ratings = with_genres(random_ratings(seed, n_users=45, n_items=40, share=0.5), rng.random((40, 5)) < 0.25)
    vectors, own = rng.normal(size=(40, 3)), genres_of(ratings)
    known = np.flatnonzero(ratings.item_counts >= AT_LEAST)
    rated = np.zeros((45, 40))
    rated[ratings.user_index, ratings.item_index] = 1

    def jaccard(a: int, b: int) -> float:
        return len(own[a] & own[b]) / len(own[a] | own[b]) if own[a] and own[b] else np.nan

    def nearest(columns: np.ndarray, item: int) -> list[int]:
        unit = columns / np.linalg.norm(columns, axis=1, keepdims=True)
        others = [other for other in known if other != item]
        return sorted(others, key=lambda other: (-round(float(unit[other] @ unit[item]), 6), other))[:NEAREST]

    near = {item: nearest(vectors, item) for item in known}
    by_raters = {item: nearest(rated.T, item) for item in known}
    overlap = np.nanmean([jaccard(item, other) for item in known for other in near[item]])
    chance = np.nanmean([jaccard(a, b) for a, b in combinations(known, 2)])
    found = of(vectors, ratings)
    assert found.genre_overlap == pytest.approx(overlap / chance, rel=1e-9)
    shared = np.mean([len(set(near[item]) & set(by_raters[item])) / NEAREST for item in known])
    assert found.raters_overlap == pytest.approx(shared, abs=0.011)  # one tie at the border may fall otherwise


def test_of_many_items_some_are_drawn_and_that_is_said() -> None:
    ratings = two_genres()
    found = likeness(
        ByVectors.of(np.eye(2)[np.arange(22) % 2]), ratings, Raters.of(ratings, np.arange(len(ratings))), most=5
    )
    assert (found.asked, found.n_items, found.sampled) == (5, 22, True)
    assert found.genre_overlap == pytest.approx(21 / 10)


def test_a_model_without_vectors_or_weights_has_no_likeness() -> None:
    ratings = two_genres()
    scorer = TableScorer(np.zeros((40, 22)))
    assert likeness_of_model(scorer, ratings, Raters.of(ratings, np.arange(len(ratings)))) is None
