"""Folding in: the exact user of a few ratings, against brute force and by properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from reco_core.encode import RatingScale
from reco_core.errors import SettingsError, UnknownIdError
from reco_core.models import get_model
from reco_core.models.fitted import Fitted
from reco_core.models.folding import CAUTION, fold_in
from reco_core.models.folding.folded import mean_row
from reco_core.models.folding.net_user import net_raw, net_scores
from reco_core.models.folding.user_solver import Problem, nonnegative
from reco_core.models.spec import Shape
from tests.folding import DOTS, NETS, SCALE, fitted, objective, some_ratings


def theta_of(folded) -> np.ndarray:
    return np.append(folded.vector, [] if folded.bias is None else [folded.bias]).astype(np.float64)


def mean_theta(model: Fitted) -> np.ndarray:
    """The row of an unknown user, as theta."""
    vector, bias = mean_row(model)
    return np.append(vector, [] if bias is None else [bias]).astype(np.float64)


def brute_force(model: Fitted, items: np.ndarray, stars: np.ndarray, start: np.ndarray, *caution) -> np.ndarray:
    """The least of the objective by a general optimiser, from `start`; caution: n and towards of `objective`."""
    bounds = [(0, None)] * len(start) if model.spec.name == "mf_nonneg" else None
    tight = {"ftol": 1e-16, "gtol": 1e-11, "maxiter": 20_000, "maxfun": 400_000}
    theta = start  # L-BFGS-B ends early now and then: begin again from its end
    for _ in range(3):
        cost = lambda t: objective(model, items, stars, t, *caution)  # noqa: E731
        theta = minimize(cost, theta, bounds=bounds, method="L-BFGS-B", options=tight).x
    return theta


def scores_of(model: Fitted, theta: np.ndarray) -> np.ndarray:
    """Scores of all items for a user's row."""
    scorer, dim = model.scorer, model.scorer.item_vectors.shape[1]
    raw = scorer.item_vectors @ theta[:dim].astype(np.float32)
    return scorer.finish(raw if scorer.item_bias is None else raw + scorer.item_bias + np.float32(theta[dim]))


@pytest.mark.parametrize("name", DOTS)
@pytest.mark.parametrize("n", [1, 5, 15, 40])
def test_folded_user_is_the_one_that_brute_force_finds(name, n):
    model = fitted(name)
    items, stars = some_ratings(model, n)
    folded = fold_in(model, items, stars)
    best = brute_force(model, items, stars, theta_of(folded) + 0.05)
    assert objective(model, items, stars, theta_of(folded)) <= objective(model, items, stars, best) + 1e-9
    np.testing.assert_allclose(folded.score, scores_of(model, best), atol=1e-4 if n == 1 else 1e-5)


@pytest.mark.parametrize("name", DOTS)
@pytest.mark.parametrize("n", [5, 15, 40])
def test_visitor_is_the_one_that_brute_force_finds_for_a_penalty_drawn_to_the_mean_row(name, n):
    model = fitted(name)
    items, stars = some_ratings(model, n)
    folded = fold_in(model, items, stars, CAUTION)
    best = brute_force(model, items, stars, theta_of(folded) + 0.05, CAUTION, mean_theta(model))
    np.testing.assert_allclose(folded.score, scores_of(model, best), atol=1e-5)


@pytest.mark.parametrize("name", DOTS)
def test_without_end_caution_leaves_the_visitor_an_unknown_user(name):
    model = fitted(name)
    far = fold_in(model, *some_ratings(model, 6), caution=10**7)
    np.testing.assert_allclose(far.score, fold_in(model, [], []).score, atol=2e-3)


def test_caution_is_the_ridge_regression_of_its_normal_equations():
    model = fitted("mf_bias", output="linear", l2=0.07, bias_l2=0.02)
    items, stars = some_ratings(model, 8)
    q = np.column_stack([model.scorer.item_vectors[items], np.ones(8)]).astype(np.float64)
    ridge, mean = CAUTION * np.diag([0.07] * 6 + [0.02]), mean_theta(model)
    left = stars - 3.5 - model.scorer.item_bias[items] - q @ mean
    theta = mean + np.linalg.solve(q.T @ q + ridge, q.T @ left)
    np.testing.assert_allclose(theta_of(fold_in(model, items, stars, CAUTION)), theta, atol=1e-6)


def test_without_a_link_it_is_the_ridge_regression_by_its_normal_equations():
    model = fitted("mf_bias", output="linear", l2=0.07, bias_l2=0.02)
    items, stars = some_ratings(model, 8)
    q = np.column_stack([model.scorer.item_vectors[items], np.ones(8)]).astype(np.float64)
    ridge = 8 * np.diag([0.07] * 6 + [0.02])
    theta = np.linalg.solve(q.T @ q + ridge, q.T @ (stars - 3.5 - model.scorer.item_bias[items]))
    np.testing.assert_allclose(theta_of(fold_in(model, items, stars)), theta, atol=1e-6)


@pytest.mark.parametrize("values", [{"output": "relu"}, {"loss": "mae"}, {"l2_on": "table", "l2": 1e-4}])
def test_other_outputs_losses_and_penalties_reach_a_least_value(values):
    model = fitted("mf_bias", output=values.pop("output", "linear"), **values)
    if model.settings.output == "relu":  # trained outputs lie near the ratings, where it has a slope
        model.scorer.item_bias += 3
    items, stars = some_ratings(model, 12)
    theta = theta_of(fold_in(model, items, stars))
    times = 1_000 / 12 if values.get("l2_on") == "table" else 1

    def cost(t):
        penalty = model.settings.l2 * (t[:6] ** 2).sum() + model.settings.bias_l2 * t[6] ** 2
        return objective(model, items, stars, t) + 12 * (times - 1) * penalty

    rng = np.random.default_rng(0)
    assert all(cost(theta) <= cost(theta + rng.normal(0, 0.01, 7)) + 2e-3 for _ in range(200))


def test_penalty_on_tables_needs_the_number_of_training_ratings():
    model = fitted("mf", l2_on="table")
    unknown = Fitted(model.spec, model.settings, model.shape, model.arrays, model.scorer)
    with pytest.raises(ValueError, match="number of training ratings"):
        fold_in(unknown, [1], [5])


def test_nonnegative_factorisation_gives_a_vector_without_negative_numbers():
    model = fitted("mf_nonneg")
    items, stars = some_ratings(model, 10)
    vector = fold_in(model, items, stars).vector
    assert vector.min() >= 0
    assert vector.max() > 0


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.integers(0, 10_000))
def test_nonnegative_least_squares_meets_its_conditions(m, seed):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(m + 3, m))
    matrix, target = a.T @ a + 0.1 * np.eye(m), rng.normal(size=m)
    x = nonnegative(matrix, target)
    slope = matrix @ x - target
    assert (x >= 0).all()
    assert (slope >= -1e-8).all()
    np.testing.assert_allclose(x * slope, 0, atol=1e-8)


@pytest.mark.parametrize("name", NETS)
def test_slopes_of_a_network_are_those_of_finite_differences(name):
    model = fitted(name)
    raw = net_raw(model.scorer, np.arange(20))
    vector, bias = mean_row(model)
    theta = np.append(vector + 0.1, [] if bias is None else [bias])
    x, slopes = raw(theta)
    for place in range(len(theta)):
        step = np.zeros(len(theta))
        step[place] = 1e-6
        np.testing.assert_allclose((raw(theta + step)[0] - raw(theta - step)[0]) / 2e-6, slopes[:, place], atol=1e-6)
    shown = net_scores(model.scorer, theta[: len(vector)], None if bias is None else theta[-1])
    np.testing.assert_allclose(model.scorer.finish(x), shown[:20], atol=1e-5)


@pytest.mark.parametrize("name", NETS)
def test_a_network_comes_nearer_to_the_ratings_than_for_the_mean_user(name):
    model = fitted(name, size=1.0, l2=1e-4, table_l2=1e-4)
    items = np.arange(12)
    stars = model.scorer.score(np.full(12, 4), items).clip(1, 5)  # what some user would give
    missed = lambda score: float(((score[items] - stars) ** 2).sum())  # noqa: E731
    before, after = fold_in(model, [], []).score, fold_in(model, items, stars).score
    if name == "deep_regressor":  # its vector is that of the factorisation, which knows nothing of the network
        assert np.isfinite(after).all()
    else:
        assert missed(after) < 0.5 * missed(before)


def baseline(name: str) -> Fitted:
    rng = np.random.default_rng(0)
    spec, shape = get_model(name), Shape(20, 10, SCALE, 3.0)
    user, item = (x.ravel() for x in np.indices((20, 10)))
    chosen = spec.parse()
    return Fitted.of(spec, chosen, shape, spec.fit(user, item, rng.integers(1, 6, 200).astype(float), shape, chosen))


@pytest.mark.parametrize("name", ["neural", "deep_mlp"])
def test_counts_of_a_hundred_thousand_are_folded_in_with_few_looks_at_the_ratings(name, monkeypatch):
    model = fitted(name, n_items=300, size=1.0, scale=RatingScale(1, 340_458, 1))
    rng, looks = np.random.default_rng(2), []
    items = rng.permutation(300)[:200]
    counts = np.clip(np.round(rng.lognormal(5.5, 2, 200)), 1, 340_458)
    look = Problem.at
    monkeypatch.setattr(Problem, "at", lambda self, *given: looks.append(look(self, *given)) or looks[-1])
    fold_in(model, items, counts)
    values = np.minimum.accumulate([value for value, *_ in looks])
    assert len(looks) <= 60 and values[-1] < 0.999 * values[0]


@pytest.mark.parametrize("name", ["global_mean", "item_mean", "popularity"])
def test_baselines_without_users_answer_as_for_anybody(name):
    model = baseline(name)
    np.testing.assert_array_equal(fold_in(model, [1, 2], [5, 1]).score, model.scorer.score_all(np.array([3]))[0])


def test_user_mean_is_the_mean_of_the_new_users_stars():
    np.testing.assert_allclose(fold_in(baseline("user_mean"), [1, 2, 5], [5, 4, 4]).score, 13 / 3, rtol=1e-6)


def test_bias_is_damped_as_in_the_model():
    model = baseline("bias")
    offset, item_bias = model.arrays["offset"][0], model.arrays["item_bias"]
    bias = (5 - offset - item_bias[2] + 1 - offset - item_bias[7]) / (5 + 2)
    np.testing.assert_allclose(fold_in(model, [2, 7], [5, 1]).score, offset + item_bias + bias, rtol=1e-6)


@pytest.mark.parametrize("name", [*DOTS, *NETS])
def test_without_ratings_the_answer_is_that_for_an_unknown_user(name):
    model = fitted(name)
    np.testing.assert_allclose(fold_in(model, [], []).score, model.scorer.score_all(np.array([-1]))[0])


@pytest.mark.parametrize("name", [*DOTS, *NETS])
@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 20))
def test_order_of_the_ratings_does_not_matter_and_scores_are_finite(name, seed, n):
    model = fitted(name)
    items, stars = some_ratings(model, n, seed)
    order = np.random.default_rng(seed).permutation(n)
    one, other = fold_in(model, items, stars), fold_in(model, items[order], stars[order])
    assert np.isfinite(one.score).all()
    assert one.score.dtype == np.float32
    np.testing.assert_allclose(one.score, other.score, atol=2e-3)


def test_folding_in_changes_nothing_in_the_model():
    model = fitted("neural_bias")
    before = {name: array.copy() for name, array in model.arrays.items()}
    fold_in(model, *some_ratings(model))
    assert all(np.array_equal(model.arrays[name], array) for name, array in before.items())


def test_wrong_ratings_are_refused_in_one_sentence():
    model = fitted("mf")
    with pytest.raises(UnknownIdError, match=r"from 0 to 49; got 50"):
        fold_in(model, [50], [5])
    with pytest.raises(UnknownIdError, match="got -1"):
        fold_in(model, [-1], [5])
    with pytest.raises(SettingsError, match="from 1 to 5 stars; got 6"):
        fold_in(model, [3], [6])
    with pytest.raises(SettingsError, match="got nan"):
        fold_in(model, [3], [float("nan")])
    with pytest.raises(SettingsError, match="item_index 3 was rated more than once"):
        fold_in(model, [3, 3], [5, 4])
    with pytest.raises(ValueError, match="alike"):
        fold_in(model, [3], [5, 4])
