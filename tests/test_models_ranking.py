"""Ranking models against answers worked out by hand, and what all of them promise."""

from __future__ import annotations

import numpy as np
import pytest

from reco_core.encode import RatingScale
from reco_core.errors import SettingsError
from reco_core.models import MODELS, get_model
from reco_core.models.fitted import Fitted
from reco_core.models.folding import fold_in
from reco_core.models.implicit_feedback import DISLIKED, LIKED, opinions
from reco_core.models.spec import Arrays, Shape
from reco_core.rated_lists import Rated
from reco_core.training.loop import Training
from reco_core.training.rows import Rows
from reco_core.training.validation_ndcg import RankedRows
from tests.planted import ratings_of
from tests.planted_runs import PROGRAMS, small_settings

RANKING = [spec.name for spec in MODELS if spec.family == "ranking"]
CLOSED = [name for name in RANKING if get_model(name).fit]
ITEM_MODELS = ["ease", "item_knn"]
# Two groups of users, each of whom rated the even or the odd items; every user left some of the own group out.
N_USERS, N_ITEMS = 40, 20


def board() -> tuple[np.ndarray, np.ndarray, np.ndarray, Shape]:
    """(users, items, stars) of a checkerboard with a quarter of it missing, and its shape; the last user has none."""
    users, items = np.nonzero((np.arange(N_USERS)[:, None] + np.arange(N_ITEMS)) % 2 == 0)
    kept = np.random.default_rng(0).random(len(users)) < 0.75
    kept &= users < N_USERS - 1
    stars = np.where(users[kept] % 3 == 0, 2.0, 4.0).astype(np.float32)
    return users[kept], items[kept], stars, Shape(N_USERS, N_ITEMS, RatingScale(1, 5, 1), 3.0)


def fitted(name: str, **settings: object) -> tuple[object, Arrays]:
    """Scorer and arrays of a closed-form model of the board."""
    users, items, stars, shape = board()
    spec = get_model(name)
    parsed = small_settings(spec, **settings)
    arrays = spec.fit(users, items, stars, shape, parsed)
    return spec.scorer(arrays, shape, parsed), arrays


@pytest.mark.parametrize("name", RANKING)
def test_the_missing_cells_of_a_checkerboard_come_first(name: str) -> None:
    users, items, stars, _ = board()
    ratings = ratings_of(users, items, stars)
    spec = get_model(name)
    settings = small_settings(spec, dim=4, epochs=40)
    everything = np.arange(len(ratings))
    training = Training(spec, settings, ratings, _all_of(everything), 0, PROGRAMS)
    list(training.events())
    scores = spec.scorer(training.arrays(), training.shape, settings).score_all(np.arange(ratings.n_users))
    scores[ratings.user_index, ratings.item_index] = -np.inf
    first = scores.argmax(axis=1)
    raw_user = np.array([ratings.users.ids[u] for u in range(ratings.n_users)])
    raw_item = np.array([ratings.items.ids[i] for i in first])
    has_missing = np.array([(ratings.user_counts[u] < N_ITEMS // 2) for u in range(ratings.n_users)])
    right = (raw_user + raw_item) % 2 == 0
    assert right[has_missing].mean() > 0.9


def _all_of(rows: np.ndarray):
    from reco_core.split import Split, SplitSettings

    none = np.empty(0, dtype=np.int64)
    return Split(SplitSettings(), rows, none, none, 0, 0, 0)


@pytest.mark.parametrize("name", CLOSED)
def test_users_without_a_rating_get_the_order_of_popularity(name: str) -> None:
    _, items, _, shape = board()
    scorer, _ = fitted(name)
    counts = np.bincount(items, minlength=shape.n_items)
    for scores in scorer.score_all(np.array([-1, N_USERS - 1])):
        assert np.array_equal(np.argsort(-scores, kind="stable"), np.argsort(-counts, kind="stable"))
    known, unknown = scorer.score(np.array([0, -1]), np.array([-1, -1]))
    vectors = scorer.item_vectors
    expected = 0.0 if vectors is None else scorer.user_vectors[0] @ vectors.mean(axis=0)
    assert known == pytest.approx(expected, abs=1e-5) and unknown == 0


@pytest.mark.parametrize("name", ["ease", "item_knn", "implicit_als"])
def test_a_newcomer_who_likes_what_a_known_user_rated_gets_the_same_scores(name: str) -> None:
    users, items, _, shape = board()
    scorer, arrays = fitted(name)
    own = items[users == 5]
    model = Fitted(get_model(name), small_settings(get_model(name)), shape, arrays, scorer)
    known = scorer.score_all(np.array([5]))[0]
    assert np.allclose(fold_in(model, own, np.full(len(own), 4.0)).score, known, atol=1e-5)


@pytest.mark.parametrize("name", ITEM_MODELS)
@pytest.mark.parametrize("min_stars", [None, 4.0])
def test_contributions_add_up_to_the_score_and_a_dislike_adds_nothing(name: str, min_stars: float | None) -> None:
    scorer, _ = fitted(name, min_stars=min_stars)
    rated = np.array([0, 3, 4, 9])
    opinion = opinions(
        np.array([5.0, 2.0, 4.0, 3.0]), RatingScale(1, 5, 1), get_model(name).parse({"min_stars": min_stars})
    )
    assert opinion.tolist() == [LIKED, DISLIKED, LIKED, 0.0 if min_stars else LIKED]
    scores = scorer.scores_from(rated, opinion)
    for target in range(N_ITEMS):
        parts = scorer.contributions(rated, opinion, target)
        assert parts.shape == (4,)
        assert parts.sum() == pytest.approx(scores[target], abs=1e-5)
        assert parts[1] <= 0


def test_ease_is_the_ridge_regression_with_a_diagonal_of_zero() -> None:
    users, items, _, _ = board()
    _, arrays = fitted("ease", l2=3.0)
    x = np.zeros((N_USERS, N_ITEMS))
    x[users, items] = 1
    for item in range(N_ITEMS):
        others = np.delete(np.arange(N_ITEMS), item)
        a = x[:, others]
        by_hand = np.linalg.solve(a.T @ a + 3.0 * np.eye(len(others)), a.T @ x[:, item])
        assert np.allclose(arrays["item_weights"][others, item], by_hand, atol=1e-4)
    assert np.diag(arrays["item_weights"]).tolist() == [0.0] * N_ITEMS


def test_ease_refuses_more_items_than_it_may_take() -> None:
    with pytest.raises(SettingsError, match=r"ease takes up to 10 items \(max_items\).* got 20"):
        fitted("ease", max_items=10)


def test_cosine_neighbours_by_hand() -> None:
    """Items 0 and 1 share users 0 and 1; item 0 has three users, item 1 two: 2 / sqrt(6) * 2 / (2 + 1)."""
    spec = get_model("item_knn")
    settings = spec.parse({"similarity": "cosine", "shrinkage": 1, "min_support": 2, "neighbours": 5})
    users, items = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 1, 0, 2])
    shape = Shape(3, 3, RatingScale(1, 5, 1), 3.0)
    arrays = spec.fit(users, items, np.full(6, 4.0, dtype=np.float32), shape, settings)
    scores = spec.scorer(arrays, shape, settings).score_all(np.array([2]))[0]
    assert scores == pytest.approx([0, 2 / 6**0.5 * 2 / 3, 0], abs=1e-6)


@pytest.mark.parametrize("similarity", ["cosine", "jaccard", "bm25"])
def test_only_the_asked_number_of_neighbours_speaks_for_an_item(similarity: str) -> None:
    _, arrays = fitted("item_knn", similarity=similarity, neighbours=3)
    assert np.bincount(arrays["neighbour_items"], minlength=N_ITEMS).max() <= 3
    assert (arrays["neighbour_weights"] > 0).all()


def test_implicit_als_solves_its_least_squares() -> None:
    """The gradient of the sum over all cells vanishes at the users, who were solved last."""
    users, items, _, _ = board()
    _, arrays = fitted("implicit_als", dim=3, iterations=4)
    settings = small_settings(get_model("implicit_als"))
    p, q = arrays["user_vectors"].astype(np.float64), arrays["item_vectors"].astype(np.float64)
    x = np.zeros((N_USERS, N_ITEMS))
    x[users, items] = 1
    w = settings.unobserved
    pull = settings.l2 * (x.sum(axis=1) + w * N_ITEMS)
    gradient = (x * (p @ q.T - 1)) @ q + w * p @ q.T @ q + pull[:, None] * p
    assert np.abs(gradient).max() < 1e-4


@pytest.mark.parametrize("name", RANKING)
def test_no_rating_that_counts_is_refused_in_a_sentence(name: str) -> None:
    users, items, stars, _ = board()
    ratings = ratings_of(users, items, stars)
    spec = get_model(name)
    with pytest.raises(SettingsError, match=r"min_stars must leave a rating to learn from; got 4\.5"):
        split = _all_of(np.arange(len(ratings)))
        list(Training(spec, small_settings(spec, min_stars=4.5), ratings, split, 0, PROGRAMS).events())


def test_lists_of_who_rated_what_survive_arrays_and_refuse_others() -> None:
    rated = Rated.of(np.array([2, 0, 0, 0]), np.array([1, 2, 0, 2]), 3, 4)
    assert rated.start.tolist() == [0, 2, 2, 3] and rated.items.tolist() == [0, 2, 1]
    again = Rated.read(rated.to_arrays(), 3, 4)
    places, items = again.entries(np.array([2, -1, 0]))
    assert places.tolist() == [0, 2, 2] and items.tolist() == [1, 0, 2]
    for wrong in ({"rated_items": np.array([0, 9, 1])}, {"rated_start": np.array([0, 2, 1, 3])}):
        with pytest.raises(ValueError, match="rated_"):
            Rated.read(rated.to_arrays() | wrong, 3, 4)


class Known:
    """Scores given in advance."""

    def __init__(self, scores: np.ndarray) -> None:
        self.scores = scores

    def score_all(self, users: np.ndarray) -> np.ndarray:
        return self.scores[users]


def test_the_figures_while_training_by_hand() -> None:
    """Validation items 1 and 2 stand at places 1 and 3 of the untrained ones: (1 + 1/2) / (1 + 1/log2 3)."""
    one = np.ones(1, dtype=np.float32)
    train = Rows(np.array([0], dtype=np.int32), np.array([0], dtype=np.int32), one)
    held = Rows(np.array([0, 0], dtype=np.int32), np.array([1, 2], dtype=np.int32), np.ones(2, dtype=np.float32))
    own, validation = RankedRows(train, held, 2, 4).figures(Known(np.array([[9.0, 5, 1, 3], [0, 0, 0, 0]])))
    assert own == pytest.approx(1.0)
    assert validation == pytest.approx(1.5 / (1 + 1 / np.log2(3)))
