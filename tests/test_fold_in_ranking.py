"""Folding into models that rank, and into SVD++: by the loss that each was trained with."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from reco_core.models import get_model
from reco_core.models.ensemble import COMBINED, Member, to_arrays
from reco_core.models.fitted import Fitted
from reco_core.models.folding import CAUTION, Person, fold_in
from reco_core.models.folding.ranking_user import pair_vector
from reco_core.models.implicit_feedback import DISLIKED, LIKED
from reco_core.models.spec import Shape
from reco_core.models.weights import initial
from reco_core.recommend.explain import explain
from tests.folding import SCALE, fitted
from tests.small_ratings import random_ratings

LIKED_ITEMS = np.array([3, 7, 11, 20])
STARS = np.full(4, 5.0)


def items_of(n_items: int = 40, dim: int = 5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(0, 0.8, (n_items, dim)), rng.normal(0, 0.3, n_items)


def closed_form(name: str, **values) -> Fitted:
    """The model of 30 users and 50 items, fitted."""
    ratings, spec = random_ratings(1, 30, 50), get_model(name)
    shape, chosen = Shape(30, 50, SCALE, 3.0), spec.parse(values)
    rows = ratings.user_index, ratings.item_index, ratings.rating
    return Fitted.of(spec, chosen, shape, spec.fit(*rows, shape, chosen))


def paired(name: str, **values) -> Fitted:
    """A ranking model that learns by epochs, with random weights."""
    ratings, spec = random_ratings(1, 30, 50), get_model(name)
    shape, chosen = Shape(30, 50, SCALE, 3.0), spec.parse({"dim": 5, "init_sd": 0.5} | values)
    arrays = initial(spec.layout(chosen, shape), np.random.default_rng(0))
    return Fitted.of(spec, chosen, shape, arrays | spec.context(chosen, ratings, np.arange(len(ratings))))


@pytest.mark.parametrize("name", ["ease", "item_knn", "implicit_als"])
def test_closed_forms_give_a_visitor_who_liked_what_a_user_rated_the_scores_of_that_user(name):
    model, ratings = closed_form(name), random_ratings(1, 30, 50)
    items = np.unique(ratings.item_index[ratings.rows_of_user(4)])
    folded = fold_in(model, items, np.full(len(items), 5.0))
    np.testing.assert_allclose(folded.score, model.scorer.score_all(np.array([4]))[0], atol=1e-5)


MIXED = np.array([5.0, 1.0, 3.0, 4.0])
OPINION = np.array([LIKED, DISLIKED, LIKED, LIKED])


def test_ease_sums_what_was_liked_and_takes_off_what_is_like_a_dislike():
    model = closed_form("ease")
    weights = model.arrays["item_weights"]
    against = DISLIKED * np.maximum(weights[LIKED_ITEMS[1]], 0)
    by_hand = weights[LIKED_ITEMS[[0, 2, 3]]].sum(axis=0) + against
    np.testing.assert_allclose(fold_in(model, LIKED_ITEMS, MIXED).score, by_hand, atol=1e-5)


def test_item_neighbours_sum_in_the_same_way():
    model = closed_form("item_knn")
    start, target, weight = (model.arrays[f"neighbour_{name}"] for name in ("start", "items", "weights"))
    by_hand = np.zeros(50)
    for item, opinion in zip(LIKED_ITEMS, OPINION, strict=True):
        row = slice(start[item], start[item + 1])
        by_hand[target[row]] += opinion * weight[row]
    np.testing.assert_allclose(fold_in(model, LIKED_ITEMS, MIXED).score, by_hand, atol=1e-4)


def test_implicit_als_finds_the_least_squares_of_likes_at_1_and_dislikes_at_minus_1():
    model = closed_form("implicit_als", dim=5)
    q, chosen = model.scorer.item_vectors.astype(np.float64), model.settings

    def cost(p):
        missed = np.abs(OPINION) * (np.sign(OPINION) - q[LIKED_ITEMS] @ p) ** 2
        size = np.abs(OPINION).sum() + chosen.unobserved * 50
        return missed.sum() + chosen.unobserved * ((q @ p) ** 2).sum() + chosen.l2 * size * p @ p

    best = minimize(cost, np.zeros(5), method="BFGS", options={"gtol": 1e-10}).x
    np.testing.assert_allclose(fold_in(model, LIKED_ITEMS, MIXED).vector, best, atol=1e-5)


@pytest.mark.parametrize("name", ["ease", "item_knn"])
def test_contributions_of_rated_items_add_up_for_known_and_new(name):
    model, ratings = closed_form(name), random_ratings(1, 30, 50)
    known = explain(model, Person.known(ratings, 4), 9)
    assert known.method == "contributions"
    assert sum(part.value for part in known.parts) == pytest.approx(
        float(model.scorer.score(np.array([4]), np.array([9]))[0]), abs=1e-5
    )
    folded = fold_in(model, LIKED_ITEMS, STARS)
    new = explain(model, Person(LIKED_ITEMS, STARS), 9)
    assert new.start + sum(part.value for part in new.parts) == pytest.approx(float(folded.score[9]), abs=1e-5)


@pytest.mark.parametrize("name", ["ease", "item_knn", "implicit_als", "bpr", "neural_ranking"])
def test_without_anything_liked_the_order_is_that_of_popularity(name):
    model = (paired if name in ("bpr", "neural_ranking") else closed_form)(name, min_stars=4)
    anybody = model.scorer.score_all(np.array([-1]))[0]
    np.testing.assert_array_equal(fold_in(model, [], []).score, anybody)
    folded = fold_in(model, [1, 2], [1, 2])
    np.testing.assert_array_equal(folded.score, anybody)
    why = explain(model, Person.new({1: 1, 2: 2}), 5)
    assert why.start + sum(part.value for part in why.parts) == pytest.approx(float(anybody[5]))


OPINIONS = pytest.mark.parametrize("opinion", [np.ones(4), OPINION, np.array([1.0, -1, -0.3, 0])])


@OPINIONS
def test_bpr_vector_has_the_least_expected_loss(opinion):
    q, b = items_of()
    others = np.setdiff1d(np.arange(40), LIKED_ITEMS)

    def cost(p):
        s = q @ p + b
        gap = np.sign(opinion)[:, None] * (s[others][None] - s[LIKED_ITEMS][:, None])
        size = np.abs(opinion)
        return size @ np.logaddexp(0, gap).mean(axis=1) + size.sum() * 0.05 * p @ p

    best = minimize(cost, np.zeros(5), method="BFGS", options={"gtol": 1e-10}).x
    np.testing.assert_allclose(pair_vector("bpr", q, b, LIKED_ITEMS, opinion, 0.05, False), best, atol=1e-5)


@OPINIONS
def test_softmax_vector_has_the_least_loss(opinion):
    q, b = items_of()
    others, size = np.setdiff1d(np.arange(40), LIKED_ITEMS), np.abs(opinion)

    def cost(p):
        total = size.sum() * 0.05 * p @ p
        for i, sign, weight in zip(LIKED_ITEMS, np.sign(opinion), size, strict=True):
            s = sign * (q @ p + b)
            total += weight * (np.log(np.exp(s[i]) + np.exp(s[others]).sum()) - s[i])
        return total

    best = minimize(cost, np.zeros(5), method="BFGS", options={"gtol": 1e-10}).x
    np.testing.assert_allclose(pair_vector("softmax", q, b, LIKED_ITEMS, opinion, 0.05, False), best, atol=1e-5)
    unit = pair_vector("softmax", q, b, LIKED_ITEMS, opinion, 0.05, True)
    assert np.linalg.norm(unit) == pytest.approx(1)
    rng = np.random.default_rng(1)
    turned = [v / np.linalg.norm(v) for v in unit + rng.normal(0, 0.05, (100, 5))]
    free = lambda p: cost(p) - size.sum() * 0.05 * p @ p  # noqa: E731
    assert all(free(unit) <= free(v) + 1e-6 for v in turned)


@pytest.mark.parametrize("name", ["bpr", "neural_ranking"])
def test_what_was_liked_rises_in_models_that_rank_pairs(name):
    model = paired(name)
    folded = fold_in(model, LIKED_ITEMS, STARS)
    order = np.argsort(np.argsort(-folded.score))
    assert order[LIKED_ITEMS].mean() < 15
    why = explain(model, Person(LIKED_ITEMS, STARS), 9)
    assert why.start + sum(part.value for part in why.parts) == pytest.approx(float(folded.score[9]), abs=1e-4)


@pytest.mark.parametrize("caution", [0, CAUTION])
def test_svdpp_solves_for_the_own_part_beside_what_is_implied(caution):
    ratings, spec = random_ratings(1, 30, 50), get_model("svdpp")
    chosen = spec.parse({"dim": 5, "init_sd": 0.3})
    shape = Shape.of(ratings, 3.0)
    arrays = initial(spec.layout(chosen, shape), np.random.default_rng(0))
    arrays |= spec.context(chosen, ratings, np.arange(len(ratings)))
    model = Fitted.of(spec, chosen, shape, arrays)
    items, stars = np.array([3, 7, 11, 20, 33]), np.array([5.0, 1, 4, 2, 3])
    folded = fold_in(model, items, stars, caution)
    scorer, fixed = model.scorer, model.scorer.implied(items, stars)
    n, mean = max(len(items), caution), float(scorer.user_bias.mean()) if caution else 0.0

    def cost(theta):
        p, bias = theta[:5], theta[5]
        missed = (
            scorer.item_vectors[items] @ (p + fixed) + scorer.item_bias[items] + bias + scorer.finish.offset - stars
        )
        penalty = chosen.l2 * p @ p + chosen.sum_l2 * ((p + fixed) ** 2).sum() + chosen.bias_l2 * (bias - mean) ** 2
        return missed @ missed + n * penalty

    best = minimize(cost, np.zeros(6), method="BFGS", options={"gtol": 1e-10}).x
    np.testing.assert_allclose(folded.vector, best[:5] + fixed, atol=1e-5)
    assert folded.bias == pytest.approx(best[5], abs=1e-5)


@pytest.mark.parametrize("names", [("mf_bias", "mf"), ("ease", "item_knn")])
def test_an_ensemble_is_the_weighted_mean_of_its_members_and_explained_by_leaving_out(names):
    members = [closed_form(name) if name in ("ease", "item_knn") else fitted(name) for name in names]
    kind = "ensemble" if members[0].spec.predicts_stars else "ranking_ensemble"
    spec = next(spec for spec in COMBINED if spec.name == kind)
    held = to_arrays([Member(one.spec, one.settings, 3.5, one.arrays) for one in members])
    chosen = spec.settings(runs=("a", "b"), weights=(0.7, 0.3))
    model = Fitted.of(spec, chosen, members[0].shape, held, n_train=1_000)
    scores = [fold_in(one, LIKED_ITEMS, STARS).score for one in members]
    if kind == "ranking_ensemble":
        scores = [(score - score.mean()) / score.std() for score in scores]
    folded = fold_in(model, LIKED_ITEMS, STARS)
    np.testing.assert_allclose(folded.score, 0.7 * scores[0] + 0.3 * scores[1], atol=1e-5)
    why = explain(model, Person(LIKED_ITEMS, STARS), 9)
    assert (why.method, len(why.parts)) == ("left out", 4)
