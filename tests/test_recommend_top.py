import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core.errors import SettingsError, UnknownIdError
from reco_core.recommend.top import rated_highest
from tests.lists import top_n
from tests.small_ratings import TableScorer, random_ratings, small_ratings

RATINGS = small_ratings([(0, 1, 4), (0, 3, 5), (1, 0, 2)], 2, 6)


def test_the_best_unrated_items_come_best_first_and_ties_by_index() -> None:
    scores = np.array([[2.0, 9.0, 3.0, 8.0, 3.0, 1.0], [0] * 6])
    found = top_n(TableScorer(scores), RATINGS, 0, 3)
    assert found.item_index.tolist() == [2, 4, 0]
    assert found.score.tolist() == [3, 3, 2]
    assert (found.item_index.dtype, found.score.dtype, len(found)) == (np.int64, np.float32, 3)


def test_more_than_there_are_candidates_gives_what_there_is() -> None:
    found = top_n(TableScorer(np.zeros((2, 6))), RATINGS, 0, 100)
    assert found.item_index.tolist() == [0, 2, 4, 5]


def test_a_user_who_rated_everything_gets_an_empty_list() -> None:
    ratings = small_ratings([(0, 0, 3), (0, 1, 3)], 1, 2)
    assert len(top_n(TableScorer(np.zeros((1, 2))), ratings, 0)) == 0


def test_items_without_a_score_never_come_back() -> None:
    scores = np.array([[np.nan, 1, -np.inf, 1, 0.5, np.nan], [0] * 6])
    assert top_n(TableScorer(scores), RATINGS, 0).item_index.tolist() == [4]


@given(st.integers(0, 1000), st.integers(1, 40))
@settings(max_examples=40, deadline=None)
def test_rated_items_never_come_back_and_the_list_is_that_of_a_full_sort(seed: int, n: int) -> None:
    ratings = random_ratings(seed, n_users=3, n_items=25)
    scores = np.random.default_rng(seed).integers(0, 6, (3, 25)).astype(float)
    rated = set(ratings.item_index[ratings.user_index == 1].tolist())
    expected = sorted(set(range(25)) - rated, key=lambda i: (-scores[1, i], i))[:n]
    assert top_n(TableScorer(scores), ratings, 1, n).item_index.tolist() == expected


def test_the_scores_of_the_model_are_not_changed() -> None:
    scorer = TableScorer(np.ones((2, 6)))
    scorer.score_all = lambda users: np.broadcast_to(np.float32(1), (1, 6))  # as a model without learning may
    assert len(top_n(scorer, RATINGS, 0)) == 4


def test_rated_highest_puts_the_newest_first_among_equals() -> None:
    rows = [(0, 0, 4), (0, 1, 5), (0, 2, 4), (0, 3, 1), (1, 4, 5)]
    items, stars = rated_highest(small_ratings(rows, 2, 5, times=[10, 5, 30, 40, 50]), 0, 3)
    assert items.tolist() == [1, 2, 0]
    assert stars.tolist() == [5, 4, 4]


def test_rated_highest_without_times_keeps_the_order_of_the_file() -> None:
    rows = [(0, 3, 4), (0, 1, 5), (0, 0, 4)]
    assert rated_highest(small_ratings(rows, 1, 4), 0)[0].tolist() == [1, 3, 0]


def test_a_user_without_ratings_has_none_rated_highest() -> None:
    assert [len(part) for part in rated_highest(small_ratings([(0, 0, 3)], 2, 1), 1)] == [0, 0]


@pytest.mark.parametrize("user", [-1, 2])
def test_an_unknown_user_is_refused_with_the_range(user: int) -> None:
    with pytest.raises(UnknownIdError, match=f"user_index must be from 0 to 1; got {user}"):
        top_n(TableScorer(np.zeros((2, 6))), RATINGS, user)
    with pytest.raises(UnknownIdError, match=f"got {user}"):
        rated_highest(RATINGS, user)


def test_a_list_needs_a_place() -> None:
    with pytest.raises(SettingsError, match="n must be at least 1; got 0"):
        top_n(TableScorer(np.zeros((2, 6))), RATINGS, 0, 0)
