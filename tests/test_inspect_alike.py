"""Likeness of items and its parts: who rated both, evened vectors, weights. For every model: test_models_contract."""

from __future__ import annotations

import numpy as np
import pytest

from reco_core.errors import SettingsError, UnknownIdError
from reco_core.inspect.alike import BASES, ByVectors, alike, evened, near
from reco_core.inspect.neighbours import with_ratings
from reco_core.inspect.raters import Raters, _sums
from reco_core.models import get_model
from tests.alike_by_force import cosines, matrix, raters, raters_cosines
from tests.planted import planted
from tests.planted_runs import trained
from tests.small_ratings import TableScorer, random_ratings, small_ratings


class Vectors(TableScorer):
    """A model that has learned vectors."""

    def __init__(self) -> None:
        super().__init__(np.zeros((60, 40)))
        rng = np.random.default_rng(0)
        self.user_vectors, self.item_vectors = rng.normal(size=(60, 4)), rng.normal(size=(40, 4))


def test_basis_that_is_none_and_item_that_is_not_there_are_refused() -> None:
    with pytest.raises(SettingsError, match="must be by one of blend, learned, raters; got genres"):
        alike("genres", Vectors(), raters())
    with pytest.raises(UnknownIdError, match="from 0 to 39; got 40"):
        near(alike("raters", Vectors(), raters()), 40)
    with pytest.raises(SettingsError, match="k must be at least 1"):
        near(alike("raters", Vectors(), raters()), 0, 0)


def test_who_rated_both_is_the_singular_value_decomposition() -> None:
    """A matrix of rank ten, far larger than the directions that are kept; users rate one or two groups of items."""
    user, item = np.arange(60) % 10, np.arange(90) % 10
    rated = (user[:, None] == item) | ((user[:, None] + 1) % 10 == item) & (user[:, None] % 2 == 0)
    ratings = small_ratings([(u, i, 3) for u, i in np.argwhere(rated)], 60, 90)
    found = cosines(Raters.of(ratings, np.arange(len(ratings))).vectors.astype(np.float64))
    assert found == pytest.approx(raters_cosines(matrix(ratings, np.arange(len(ratings)))), abs=1e-3)


def test_items_that_the_same_users_rate_are_alike_where_much_is_chance() -> None:
    rng = np.random.default_rng(0)
    group, user_group = rng.integers(0, 5, 100), rng.integers(0, 5, 80)
    users, items = np.nonzero(rng.random((80, 100)) < np.where(user_group[:, None] == group, 0.5, 0.05))
    ratings = small_ratings(list(zip(users, items, [3] * len(users), strict=True)), 80, 100)
    found = cosines(Raters.of(ratings, np.arange(len(ratings))).vectors.astype(np.float64))
    same = (group[:, None] == group) & ~np.eye(100, dtype=bool)
    assert found[same].mean() > 0.15 > 5 * abs(found[group[:, None] != group].mean())


@pytest.mark.parametrize("dense", [True, False])
def test_cosines_of_who_rated_both_are_those_of_the_matrix(dense: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    from reco_core.inspect import raters as module

    monkeypatch.setattr(module, "_DENSE_CELLS", 10**9 if dense else 0)
    ratings = random_ratings(2)
    rated = np.zeros((ratings.n_users, ratings.n_items))
    rated[ratings.user_index, ratings.item_index] = 1
    rows, columns = np.array([3, 0, 11]), np.arange(5, 25)
    found = Raters.of(ratings, np.arange(len(ratings))).cosines(rows, columns)
    assert found == pytest.approx(cosines(rated.T)[np.ix_(rows, columns)], abs=1e-6)


def test_sums_of_groups_leave_empty_ones_at_zero_whatever_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    from reco_core.inspect import raters as module

    table, index, start = np.eye(4, dtype=np.float32), np.array([0, 1, 1, 3, 2]), np.array([0, 0, 3, 3, 4, 5])
    expected = [[0, 0, 0, 0], [1, 2, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]
    for block in (1, 2, 100):
        monkeypatch.setattr(module, "_ENTRIES", block)
        assert _sums(table, index, start).tolist() == expected


def test_above_so_many_ratings_users_are_drawn_and_that_is_said() -> None:
    ratings = random_ratings(4, n_users=50)
    few = Raters.of(ratings, np.arange(len(ratings)), most=100)
    assert few.sampled and not Raters.of(ratings, np.arange(len(ratings))).sampled
    assert 0 < (np.diff(few.rated.start) > 0).sum() <= few.n_drawn < 50
    assert few.vectors.tolist() == Raters.of(ratings, np.arange(len(ratings)), most=100).vectors.tolist()


def test_evened_vectors_have_the_root_of_each_deviation_and_no_mean() -> None:
    vectors = np.random.default_rng(0).normal(size=(500, 3)) * [9, 4, 1] + 7
    made = evened(vectors)
    assert made.mean(axis=0) == pytest.approx(np.zeros(3), abs=1e-9)
    assert np.sort(made.std(axis=0)) == pytest.approx(np.sort(np.sqrt(_principal_deviations(vectors))), rel=1e-6)


def _principal_deviations(vectors: np.ndarray) -> np.ndarray:
    return np.sqrt(np.linalg.eigvalsh(np.cov(vectors.T, bias=True)))


def test_vectors_that_are_no_numbers_are_like_nothing_and_harm_no_other() -> None:
    class Diverged:
        user_vectors = np.full((60, 4), np.inf, dtype=np.float32)
        item_vectors = np.where(np.arange(40)[:, None] == 3, np.nan, np.eye(40, 4)).astype(np.float32)

    for basis in BASES:
        assert np.isfinite(alike(basis, Diverged(), raters()).to(5)).all()
    assert 3 not in near(alike("learned", Diverged(), raters()), 0, 39)[0]


def test_equal_items_come_in_the_order_of_their_index() -> None:
    vectors = np.tile(np.random.default_rng(1).normal(size=(1, 37)).astype(np.float32), (101, 1))
    found, scores = near(ByVectors.of(vectors), 50, 100)
    assert found.tolist() == [i for i in range(101) if i != 50]
    assert len(set(scores.tolist())) == 1


def test_too_few_items_with_many_ratings_mean_any() -> None:
    counts = np.array([30, 25, 5, 40])
    assert with_ratings(counts, 20, 0).tolist() == [False, True, False, True]
    assert with_ratings(counts, 20, 0, wanted=3).tolist() == [False, True, True, True]
    assert counts.tolist() == [30, 25, 5, 40]


def test_weights_between_two_items_are_the_mean_of_both_ways() -> None:
    for name in ("ease", "item_knn"):
        scorer, every = trained(name).scorer, np.arange(planted().n_items)
        assert get_model(name).has_weights
        for item in (0, 17):
            to = scorer.contributions(every, np.ones(len(every)), item)
            away = [scorer.contributions(np.array([item]), np.ones(1), other)[0] for other in every]
            assert scorer.weights_between(item) == pytest.approx((to + np.array(away)) / 2, abs=1e-6)
