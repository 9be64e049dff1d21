"""Every figure against independent libraries: trec_eval (by pytrec_eval) for lists, scikit-learn for stars and sets."""

from __future__ import annotations

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve
from sklearn.metrics import pairwise_distances

from reco_core.encode import RatingScale
from reco_core.evaluation.lists import top_lists
from reco_core.evaluation.ranking import RankingByUser, ranking_by_user, ranking_metrics, rated_in
from reco_core.evaluation.rating import rating_metrics
from reco_core.evaluation.slices import calibration
from reco_core.ratings import Ratings
from tests.small_ratings import TableScorer, random_ratings, small_ratings, with_genres

EXACT = 1e-6
NONE = np.empty(0, dtype=np.int64)


def trec(ratings: Ratings, lists: dict[int, list[int]], held: np.ndarray, k: int) -> dict[str, np.ndarray]:
    """The figures of each user with a relevant item as trec_eval gives them, from lists of items, best first."""
    relevant: dict[str, dict[str, int]] = {}
    for user, item in zip(ratings.user_index[held], ratings.item_index[held], strict=True):
        relevant.setdefault(f"u{user}", {})[f"i{item}"] = 1
    ran = {f"u{u}": {f"i{item}": float(-place) for place, item in enumerate(items[:k])} for u, items in lists.items()}
    wanted = {f"P.{k}", f"recall.{k}", f"ndcg_cut.{k}", f"map_cut.{k}", "recip_rank", f"success.{k}"}
    found = pytrec_eval.RelevanceEvaluator(relevant, wanted).evaluate(ran)
    users = sorted(int(name[1:]) for name in relevant)

    def column(name: str) -> np.ndarray:
        # trec_eval leaves out a user whose list is empty: all its figures are 0.
        return np.array([found.get(f"u{user}", {}).get(name, 0.0) for user in users])

    # trec_eval divides average precision by all relevant items; ours by those that k places can hold.
    sizes = np.array([len(relevant[f"u{user}"]) for user in users])
    return {
        f"precision@{k}": column(f"P_{k}"),
        f"recall@{k}": column(f"recall_{k}"),
        f"ndcg@{k}": column(f"ndcg_cut_{k}"),
        f"map@{k}": column(f"map_cut_{k}") * sizes / np.minimum(sizes, k),
        f"mrr@{k}": column("recip_rank"),
        f"hit_rate@{k}": column(f"success_{k}"),
    }


def sorted_lists(scores: np.ndarray, ratings: Ratings, known: np.ndarray) -> dict[int, list[int]]:
    """Each user's unrated items by falling score, as plain Python sorts them."""
    rated = set(zip(ratings.user_index[known].tolist(), ratings.item_index[known].tolist(), strict=True))
    return {
        user: sorted((i for i in range(ratings.n_items) if (user, i) not in rated), key=lambda i, u=user: -scores[u, i])
        for user in range(ratings.n_users)
    }


def drawn_lists(
    scores: np.ndarray, ratings: Ratings, known: np.ndarray, held: np.ndarray, k: int, seed: int
) -> dict[int, list[int]]:
    """The lists that ours draws, ties and all, of the users with a held-out item."""
    users = np.unique(ratings.user_index[held])
    (block,) = top_lists(TableScorer(scores), users, rated_in(ratings, known), k, seed)
    rows = zip(block.users, block.items, block.real, strict=True)
    return {int(user): items[real].tolist() for user, items, real in rows}


def assert_equal(found: RankingByUser, expected: dict[str, np.ndarray]) -> None:
    for name, values in expected.items():
        assert found.figures[name] == pytest.approx(values, abs=EXACT), name


def halves(ratings: Ratings, seed: int) -> tuple[np.ndarray, np.ndarray]:
    order = np.random.default_rng(seed).permutation(len(ratings))
    return order[len(order) // 2 :], order[: len(order) // 2]


@given(st.integers(0, 10_000), st.integers(1, 45))
@settings(max_examples=60, deadline=None)
def test_lists_of_random_scores_have_the_figures_of_trec_eval(seed: int, k: int) -> None:
    ratings = random_ratings(seed, n_users=12, n_items=25)
    known, held = halves(ratings, seed)
    scores = np.random.default_rng(seed).normal(size=(12, 25))
    found = ranking_by_user(TableScorer(scores), ratings, known, held, k, seed)
    assert_equal(found, trec(ratings, sorted_lists(scores, ratings, known), held, k))


@given(st.integers(0, 10_000), st.integers(1, 12))
@settings(max_examples=40, deadline=None)
def test_lists_with_ties_and_without_scores_have_the_figures_of_trec_eval_once_drawn(seed: int, k: int) -> None:
    ratings = random_ratings(seed, n_users=10, n_items=14)
    known, held = halves(ratings, seed)
    scores = np.random.default_rng(seed).choice([-np.inf, np.nan, 0.0, 1.0, 1.0, 2.0], size=(10, 14))
    found = ranking_by_user(TableScorer(scores), ratings, known, held, k, seed)
    assert_equal(found, trec(ratings, drawn_lists(scores, ratings, known, held, k, seed), held, k))


def test_ndcg_under_ties_is_on_average_what_scikit_learn_says_of_ties() -> None:
    ratings = random_ratings(3, n_users=8, n_items=20, share=0.3)
    scores = np.random.default_rng(4).integers(0, 3, (8, 20)).astype(np.float32)
    relevant = np.zeros((8, 20))
    relevant[ratings.user_index, ratings.item_index] = 1
    rows = np.arange(len(ratings))
    drawn = [ranking_metrics(TableScorer(scores), ratings, NONE, rows, 5, seed)["ndcg@5"] for seed in range(600)]
    spread = np.std(drawn) / np.sqrt(len(drawn))
    assert np.mean(drawn) == pytest.approx(sk.ndcg_score(relevant, scores, k=5), abs=4 * spread)


def test_map_of_whole_lists_is_the_average_precision_of_scikit_learn() -> None:
    ratings = random_ratings(5, n_users=9, n_items=18)
    scores = np.random.default_rng(6).normal(size=(9, 18)).astype(np.float32)
    relevant = np.zeros((9, 18), dtype=int)
    relevant[ratings.user_index, ratings.item_index] = 1
    expected = np.mean([sk.average_precision_score(r, s) for r, s in zip(relevant, scores, strict=True) if r.any()])
    found = ranking_metrics(TableScorer(scores), ratings, NONE, np.arange(len(ratings)), k=18)
    assert found["map@18"] == pytest.approx(expected, abs=EXACT)


EDGES = {
    "one item": ([(0, 0, 5), (1, 0, 3)], 2, 1, [], [0, 1]),
    "fewer candidates than k": ([(0, 0, 5), (0, 1, 4), (0, 2, 3), (1, 2, 3)], 2, 4, [0, 1], [2, 3]),
    "a user with nothing held out": ([(0, 0, 5), (1, 1, 4), (2, 2, 3)], 3, 4, [0], [1, 2]),
    "no candidate left": ([(0, 0, 5), (0, 1, 4), (0, 1, 3)], 1, 2, [0, 1], [2]),
    "everything relevant": ([(0, 0, 5), (0, 1, 4), (0, 2, 3)], 1, 3, [], [0, 1, 2]),
}


@pytest.mark.parametrize("name", EDGES)
@pytest.mark.parametrize("k", [1, 2, 10])
@pytest.mark.parametrize("alike", [False, True])
def test_edge_cases_have_the_figures_of_trec_eval(name: str, k: int, alike: bool) -> None:
    rows, n_users, n_items, known, held = EDGES[name]
    ratings = small_ratings(rows, n_users, n_items)
    known, held = np.array(known, dtype=np.int64), np.array(held, dtype=np.int64)
    scores = np.zeros((n_users, n_items)) if alike else np.random.default_rng(1).normal(size=(n_users, n_items))
    found = ranking_by_user(TableScorer(scores), ratings, known, held, k, seed=2)
    assert_equal(found, trec(ratings, drawn_lists(scores, ratings, known, held, k, 2), held, k))


@given(st.integers(0, 10_000), st.integers(1, 12), st.sampled_from([2.0, 3.5, 5.0]))
@settings(max_examples=30, deadline=None)
def test_relevance_from_some_stars_on_leaves_the_other_rows_out(seed: int, k: int, least: float) -> None:
    ratings = random_ratings(seed, n_users=10, n_items=20)
    known, held = halves(ratings, seed)
    liked = held[ratings.rating[held] >= least]
    scores = np.random.default_rng(seed).normal(size=(10, 20))
    found = ranking_by_user(TableScorer(scores), ratings, known, held, k, seed, relevant_from=least)
    assert_equal(found, trec(ratings, sorted_lists(scores, ratings, known), liked, k))


@given(st.integers(0, 10_000), st.sampled_from([2, 5, 20]))
@settings(max_examples=25, deadline=None)
def test_diversity_is_scikit_learns_mean_jaccard_distance_of_genres(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    bits = rng.random((20, 70)) < 0.05  # more genres than a word has bits, and some items without one
    ratings = with_genres(random_ratings(seed, n_users=8, n_items=20), bits)
    scores, rows = rng.normal(size=(8, 20)), np.arange(len(ratings))
    found = ranking_by_user(TableScorer(scores), ratings, NONE, rows, k, seed).figures[f"diversity@{k}"]
    lists = sorted_lists(scores, ratings, NONE)
    for user, value in zip(np.unique(ratings.user_index), found, strict=True):
        items = [item for item in lists[int(user)][:k] if bits[item].any()]
        if len(items) < 2:
            assert np.isnan(value)
            continue
        distances = pairwise_distances(bits[items], metric="jaccard")
        assert value == pytest.approx(distances[np.triu_indices(len(items), 1)].mean(), abs=EXACT)


@given(st.integers(0, 10_000), st.integers(1, 300))
@settings(max_examples=40, deadline=None)
def test_errors_in_stars_are_those_of_scikit_learn(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    scale = RatingScale(0.5, 5, 0.5)
    actual, predicted = rng.choice(scale.levels, n), rng.normal(3, 2, n)
    clipped = np.clip(predicted, 0.5, 5)
    found = rating_metrics(predicted, actual, scale)
    assert found["rmse"] == pytest.approx(sk.root_mean_squared_error(actual, clipped), abs=EXACT)
    assert found["mse"] == pytest.approx(sk.mean_squared_error(actual, clipped), abs=EXACT)
    assert found["mae"] == pytest.approx(sk.mean_absolute_error(actual, clipped), abs=EXACT)
    nearest = scale.levels[np.abs(clipped[:, None] - scale.levels + 1e-12).argmin(axis=1)]
    assert found["rounded_mae"] == pytest.approx(sk.mean_absolute_error(actual, nearest), abs=EXACT)


@given(st.integers(0, 10_000), st.integers(1, 200))
@settings(max_examples=40, deadline=None)
def test_calibration_in_tenths_is_that_of_scikit_learn(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    predicted, actual = rng.random(n).round(2), rng.integers(0, 2, n)
    expected_actual, expected_predicted = calibration_curve(actual, predicted, n_bins=10, strategy="quantile")
    found = calibration(predicted, actual)
    assert found["predicted"].to_numpy() == pytest.approx(expected_predicted, abs=EXACT)
    assert found["actual"].to_numpy() == pytest.approx(expected_actual, abs=EXACT)
