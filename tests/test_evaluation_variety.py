"""What kind of lists: worked out by hand, and against other ways to work them out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core.evaluation import lists
from reco_core.evaluation.lists import mean_overlap
from reco_core.evaluation.ranking import ranking_by_user, ranking_metrics
from reco_core.evaluation.variety import gini, lift
from tests.small_ratings import TableScorer, random_ratings, small_ratings, with_genres

NONE = np.empty(0, dtype=np.int64)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_gini_is_half_the_relative_mean_difference_of_all_pairs(counts: list[int]) -> None:
    values = np.array(counts)
    found = gini(values)
    if values.sum() == 0:
        assert found == 0
        return
    expected = np.abs(values[:, None] - values[None, :]).mean() / (2 * values.mean())
    assert found == pytest.approx(expected, abs=1e-9)


def test_gini_goes_from_each_as_often_to_one_only() -> None:
    assert gini(np.array([4, 4, 4, 4])) == pytest.approx(0)
    assert gini(np.array([0, 0, 0, 9])) == pytest.approx(1 - 1 / 4)


def test_genres_that_differ_wholly_half_and_not_at_all() -> None:
    ratings = small_ratings([(0, 0, 3), (1, 1, 3)], 2, 4)
    ratings = with_genres(ratings, np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]], dtype=bool))
    scorer = TableScorer(np.array([[4.0, 3.0, 2.0, 1.0], [4.0, 1.0, 2.0, 3.0]]))
    found = ranking_by_user(scorer, ratings, NONE, np.array([0, 1]), k=3).figures["diversity@3"]
    # User 0: {A} {A, B} {C}: distances 1/2, 1, 1. User 1: {A}, none, {C}: the item without genres is left out.
    assert found == pytest.approx([2.5 / 3, 1.0])


def test_without_genres_there_is_no_diversity() -> None:
    metrics = ranking_metrics(TableScorer(np.zeros((1, 3))), small_ratings([(0, 0, 3)], 1, 3), NONE, np.array([0]))
    assert "diversity@10" not in metrics


def test_lift_is_the_popularity_of_the_list_over_that_of_what_the_user_rated() -> None:
    # Known: item 0 by both users, item 1 by user 0, item 2 by user 1. Popularities 1, 1/2, 1/2, 0.
    ratings = small_ratings([(0, 0, 3), (1, 0, 3), (0, 1, 3), (1, 2, 3), (0, 3, 3)], 2, 4)
    scorer = TableScorer(np.array([[0.0, 0.0, 5.0, 1.0], [0.0, 0.0, 0.0, 0.0]]))
    metrics = ranking_metrics(scorer, ratings, np.arange(4), np.array([4]), k=2)
    assert metrics["popularity_lift"] == pytest.approx(((0.5 + 0) / 2) / ((1 + 0.5) / 2))


def test_users_without_a_known_rating_say_nothing_about_lift() -> None:
    assert lift(np.array([0.4, 0.9]), np.array([0.2, np.nan])) == pytest.approx(2)
    assert lift(np.array([0.4]), np.array([np.nan])) is None
    ratings = small_ratings([(0, 0, 3)], 1, 2)
    assert "popularity_lift" not in ranking_metrics(TableScorer(np.zeros((1, 2))), ratings, NONE, np.array([0]))


def test_items_are_counted_where_they_are_listed_hit_and_wanted() -> None:
    ratings = small_ratings([(0, 0, 3), (1, 0, 3), (1, 2, 3)], 2, 3)
    scorer = TableScorer(np.array([[3.0, 2.0, 1.0], [2.0, 3.0, 1.0]]))
    found = ranking_by_user(scorer, ratings, NONE, np.arange(3), k=1)
    assert (found.shown.tolist(), found.found.tolist(), found.wanted.tolist()) == ([1, 1, 0], [1, 0, 0], [2, 0, 1])
    assert found.whole["coverage"] == pytest.approx(2 / 3)


@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(2, 9))
@settings(max_examples=30, deadline=None)
def test_overlap_is_the_mean_over_all_pairs_of_users(seed: int, k: int, n_users: int) -> None:
    scores = np.random.default_rng(seed).normal(size=(n_users, 8))
    tops = [set(np.argsort(-row)[:k].tolist()) for row in scores.astype(np.float32)]
    expected = np.mean([len(a & b) / min(k, 8) for i, a in enumerate(tops) for b in tops[:i]])
    assert mean_overlap(TableScorer(scores), np.arange(n_users), 8, k, seed) == pytest.approx(expected)


def test_everyone_alike_overlaps_wholly_also_where_all_scores_tie_and_in_blocks(monkeypatch) -> None:
    monkeypatch.setattr(lists, "BLOCK_SCORES", 60)
    order = np.random.default_rng(0).permutation(30).astype(float)
    for scores in (np.tile(order, (7, 1)), np.zeros((7, 30)), np.tile(order, (7, 1)) + np.arange(7)[:, None] * 40):
        assert mean_overlap(TableScorer(scores), np.arange(7), 30, 10, 1) == pytest.approx(1)
    assert mean_overlap(TableScorer(scores), np.arange(1), 30, 10, 1) is None


def test_blocks_change_no_figure(monkeypatch) -> None:
    rng = np.random.default_rng(3)
    ratings = with_genres(random_ratings(2, 40, 30), rng.random((30, 6)) < 0.3)
    order = rng.permutation(len(ratings))
    known, held = order[40:], order[:40]
    scorer = TableScorer(rng.normal(size=(40, 30)))
    whole = ranking_metrics(scorer, ratings, known, held, 5)
    monkeypatch.setattr(lists, "BLOCK_SCORES", 90)
    assert ranking_metrics(scorer, ratings, known, held, 5) == pytest.approx(whole, abs=1e-12)
