import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from reco_core.errors import DataError, SettingsError
from reco_core.evaluation import lists
from reco_core.evaluation.lists import top_lists
from reco_core.evaluation.ranking import ranking_metrics, rated_in
from reco_core.ratings import Ratings
from tests.small_ratings import TableScorer, random_ratings, small_ratings

LOG3 = 1 / math.log2(3)


def halves(ratings: Ratings, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(known rows, held rows)."""
    order = np.random.default_rng(seed).permutation(len(ratings))
    return order[len(order) // 2 :], order[: len(order) // 2]


def brute_force(scores: np.ndarray, ratings: Ratings, known: np.ndarray, held: np.ndarray, k: int) -> dict[str, float]:
    """The same figures in plain Python, one user and one place at a time; scores must not tie."""
    raters = {
        i: {int(u) for u in ratings.user_index[known][ratings.item_index[known] == i]} for i in range(ratings.n_items)
    }
    n_known_users = len(set(ratings.user_index[known].tolist()))
    per_user, lifts, shown = [], [], set()
    for user in sorted(set(ratings.user_index[held].tolist())):
        seen = set(ratings.item_index[known][ratings.user_index[known] == user].tolist())
        relevant = set(ratings.item_index[held][ratings.user_index[held] == user].tolist())
        top = sorted((i for i in range(ratings.n_items) if i not in seen), key=lambda i, u=user: -scores[u, i])[:k]
        hits = [item in relevant for item in top]
        dcg = sum(1 / math.log2(place + 2) for place, hit in enumerate(hits) if hit)
        ideal = sum(1 / math.log2(place + 2) for place in range(min(k, len(relevant))))
        average = sum(sum(hits[: n + 1]) / (n + 1) for n, hit in enumerate(hits) if hit) / min(k, len(relevant))
        novelty = np.mean([-math.log2(max(1, len(raters[item])) / n_known_users) for item in top]) if top else 0.0
        first = next((1 / (n + 1) for n, hit in enumerate(hits) if hit), 0.0)
        popular = np.mean([len(raters[item]) / n_known_users for item in top]) if top else np.nan
        profile = np.mean([len(raters[item]) / n_known_users for item in seen]) if seen else np.nan
        per_user.append([sum(hits) / k, sum(hits) / len(relevant), dcg / ideal, average, first, any(hits), novelty])
        lifts.append((popular, profile))
        shown |= set(top)
    names = (*(f"{name}@{k}" for name in ("precision", "recall", "ndcg", "map", "mrr", "hit_rate")), "novelty")
    listed, profiles = np.array([pair for pair in lifts if np.isfinite(pair).all()]).T
    whole = {"coverage": len(shown) / ratings.n_items, "popularity_lift": listed.mean() / profiles.mean()}
    return dict(zip(names, np.mean(per_user, axis=0).tolist(), strict=True)) | whole


def test_figures_of_two_users_are_those_worked_out_by_hand() -> None:
    # User 0 knows item 0 and likes 2, 4; user 1 knows 1 and likes 3. Items by score: 0 > 1 > 2 > 3 > 4.
    ratings = small_ratings([(0, 0, 5), (1, 1, 5), (0, 2, 5), (0, 4, 1), (1, 3, 3)], 2, 5)
    scores = np.tile([5.0, 4.0, 3.0, 2.0, 1.0], (2, 1))
    metrics = ranking_metrics(TableScorer(scores), ratings, np.array([0, 1]), np.array([2, 3, 4]), k=3)
    # User 0 sees 1, 2, 3: a hit at place 2 of 2 relevant. User 1 sees 0, 2, 3: a hit at place 3 of 1 relevant.
    assert metrics["precision@3"] == pytest.approx(1 / 3)
    assert metrics["recall@3"] == pytest.approx((1 / 2 + 1) / 2)
    assert metrics["ndcg@3"] == pytest.approx((LOG3 / (1 + LOG3) + 0.5) / 2)
    assert metrics["map@3"] == pytest.approx(((1 / 2) / 2 + (1 / 3) / 1) / 2)
    assert metrics["coverage"] == pytest.approx(4 / 5)  # item 4 is shown to nobody
    assert metrics["novelty"] == pytest.approx(1.0)  # every shown item is known to one of two users, or counts as such


@pytest.mark.parametrize("k", [1, 3, 10, 50])
def test_figures_agree_with_a_plain_calculation(k: int) -> None:
    ratings = random_ratings(1)
    known, held = halves(ratings)
    scores = (
        np.random.default_rng(2).permutation(ratings.n_users * ratings.n_items).reshape(ratings.n_users, -1) - 300.0
    )
    expected = brute_force(scores, ratings, known, held, k)
    found = ranking_metrics(TableScorer(scores), ratings, known, held, k)
    assert found.pop("gini") >= 0
    assert found == pytest.approx(expected, abs=1e-9)


def test_ndcg_agrees_with_scikit_learn() -> None:
    ratings = random_ratings(3, n_users=12, n_items=40, share=0.3)
    known, held = halves(ratings)
    scores = np.random.default_rng(4).normal(size=(12, 40)).astype(np.float32)
    relevant, seen = np.zeros((2, 12, 40))
    relevant[ratings.user_index[held], ratings.item_index[held]] = 1
    seen[ratings.user_index[known], ratings.item_index[known]] = 1
    users = relevant.any(axis=1)
    expected = ndcg_score(relevant[users], np.where(seen, -100, scores)[users], k=10)
    found = ranking_metrics(TableScorer(scores), ratings, known, held)["ndcg@10"]
    assert found == pytest.approx(expected, abs=1e-6)


@given(st.integers(0, 10_000), st.integers(1, 40))
@settings(max_examples=40, deadline=None)
def test_figures_are_within_their_bounds(seed: int, k: int) -> None:
    ratings = random_ratings(seed, n_users=8, n_items=15)
    known, held = halves(ratings, seed)
    scores = np.random.default_rng(seed).normal(size=(8, 15)).round(1)
    metrics = ranking_metrics(TableScorer(scores), ratings, known, held, k, seed)
    novelty = metrics.pop("novelty")
    assert metrics.pop("popularity_lift") >= 0
    assert all(0 <= value <= 1 for value in metrics.values())
    assert 0 <= novelty <= math.log2(8)


@given(st.integers(0, 10_000), st.integers(1, 20))
@settings(max_examples=40, deadline=None)
def test_the_ideal_order_has_ndcg_1(seed: int, k: int) -> None:
    ratings = random_ratings(seed, n_users=8, n_items=15)
    known, held = halves(ratings, seed)
    scores = np.zeros((8, 15))
    scores[ratings.user_index[held], ratings.item_index[held]] = 1
    metrics = ranking_metrics(TableScorer(scores), ratings, known, held, k)
    assert metrics[f"ndcg@{k}"] == pytest.approx(1)
    assert metrics[f"map@{k}"] == pytest.approx(1)


@given(st.integers(0, 10_000), st.integers(1, 20))
@settings(max_examples=40, deadline=None)
def test_known_items_never_come_back_and_no_item_twice(seed: int, k: int) -> None:
    ratings = random_ratings(seed, n_users=8, n_items=15)
    known, _ = halves(ratings, seed)
    scores = np.random.default_rng(seed).choice([-np.inf, -1.0, 0.0, 2.0, np.inf, np.nan], size=(8, 15))
    rated = rated_in(ratings, known)
    for found in top_lists(TableScorer(scores), np.arange(8), rated, k, seed):
        for user, items, real in zip(found.users, found.items, found.real, strict=True):
            shown = items[real]
            seen = set(ratings.item_index[known][ratings.user_index[known] == user].tolist())
            assert not seen & set(shown.tolist())
            assert len(set(shown.tolist())) == len(shown)
            assert (scores[user, shown] > -np.inf).all()
            assert scores[user, shown].tolist() == sorted(scores[user, shown], reverse=True)
            open_items = [i for i in range(15) if i not in seen and scores[user, i] > -np.inf]
            assert len(shown) == min(k, len(open_items))


def test_scores_that_are_not_numbers_fill_no_place() -> None:
    ratings = small_ratings([(0, 0, 3), (0, 1, 3)], 1, 4)
    scorer = TableScorer(np.array([[0.0, np.nan, -np.inf, 1.0]]))
    metrics = ranking_metrics(scorer, ratings, np.array([0]), np.array([1]), k=3)
    assert metrics["recall@3"] == 0
    assert metrics["coverage"] == 1 / 4


def test_zero_and_minus_zero_tie() -> None:
    ratings = small_ratings([(u, 0, 3) for u in range(400)], 400, 2)
    scores = np.tile(np.array([-0.0, 0.0], dtype=np.float32), (400, 1))
    recall = ranking_metrics(TableScorer(scores), ratings, np.empty(0, dtype=np.int64), np.arange(400), k=1)["recall@1"]
    assert 0.4 < recall < 0.6


def test_ties_are_broken_at_random_by_the_seed_also_at_the_border() -> None:
    ratings = small_ratings([(u, u % 10, 3) for u in range(2000)], 2000, 10)
    scorer, none, rows = TableScorer(np.zeros((2000, 10))), np.empty(0, dtype=np.int64), np.arange(2000)
    first = ranking_metrics(scorer, ratings, none, rows, k=3, seed=5)
    assert first == ranking_metrics(scorer, ratings, none, rows, k=3, seed=5)
    assert first != ranking_metrics(scorer, ratings, none, rows, k=3, seed=6)
    assert first["recall@3"] == pytest.approx(0.3, abs=0.04)
    (found,) = top_lists(scorer, rows, rated_in(ratings, none), 3, 5)
    assert np.bincount(found.items.ravel(), minlength=10) == pytest.approx(600, abs=110)


def test_a_held_item_that_is_also_known_can_never_be_a_hit_and_repeated_rows_count_once() -> None:
    ratings = small_ratings([(0, 0, 3), (0, 0, 4), (0, 1, 3), (0, 1, 5)], 1, 3)
    metrics = ranking_metrics(
        TableScorer(np.array([[3.0, 2.0, 1.0]])), ratings, np.array([0]), np.array([1, 2, 3]), k=1
    )
    assert metrics["precision@1"] == 1
    assert metrics["recall@1"] == 1 / 2


def test_lists_longer_than_the_catalogue_keep_k_in_the_precision() -> None:
    ratings = small_ratings([(0, 0, 3), (0, 1, 3)], 1, 3)
    metrics = ranking_metrics(TableScorer(np.array([[1.0, 2.0, 3.0]])), ratings, np.array([0]), np.array([1]), k=10)
    assert metrics["precision@10"] == pytest.approx(1 / 10)
    assert metrics["ndcg@10"] == pytest.approx(LOG3)


def test_blocks_bound_the_scores_held_at_once_and_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ratings = random_ratings(7, n_users=23, n_items=11)
    known, held = halves(ratings)
    scorer = TableScorer(np.random.default_rng(0).integers(0, 3, (23, 11)))
    whole = ranking_metrics(scorer, ratings, known, held, k=4)
    sizes = []
    monkeypatch.setattr(lists, "BLOCK_SCORES", 50)
    monkeypatch.setattr(scorer, "score_all", lambda users: sizes.append(len(users)) or scorer._table[users, :-1])
    assert ranking_metrics(scorer, ratings, known, held, k=4) == pytest.approx(whole)
    assert max(sizes) == 4


def test_without_held_rows_or_with_k_below_1_the_rule_is_named() -> None:
    ratings = small_ratings([(0, 0, 3)], 1, 1)
    scorer, none = TableScorer(np.zeros((1, 1))), np.empty(0, dtype=np.int64)
    with pytest.raises(DataError, match="at least one held-out rating; got none"):
        ranking_metrics(scorer, ratings, np.array([0]), none)
    with pytest.raises(SettingsError, match="k must be at least 1; got 0"):
        ranking_metrics(scorer, ratings, none, np.array([0]), k=0)


@pytest.mark.data
def test_popularity_on_ml_100k_gives_the_figures_that_check_the_protocol(data_folder: Path) -> None:
    from reco_core import data

    ratings = data.load(data_folder / "ml-100k.zip")
    order = np.random.default_rng(0).permutation(len(ratings))
    held, known = order[:20_000], order[20_000:]
    counts = np.bincount(ratings.item_index[known], minlength=ratings.n_items)
    scorer = TableScorer(np.tile(counts, (ratings.n_users, 1)))
    metrics = ranking_metrics(scorer, ratings, known, held)
    assert round(metrics["ndcg@10"], 3) == 0.214
    assert round(metrics["recall@10"], 3) == 0.119
