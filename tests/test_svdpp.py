"""Two-sided SVD++: constants come from trained rows alone, dense and sparse sums agree, each term can be left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core.errors import SettingsError
from reco_core.models import get_model
from reco_core.models.rated_matrix import DEVIATIONS, ITEMS, START, RatedMatrix, deviations, rated_arrays
from reco_core.models.spec import Arrays, Shape
from reco_core.split import Split
from reco_core.training.loop import Training
from tests.featured import featured
from tests.planted import planted, planted_split
from tests.planted_runs import FAST, PROGRAMS

SVDPP = get_model("svdpp")
TERMS = {
    "user_implicit": {"user_implicit", "user_deviations"},
    "item_implicit": {"item_implicit", "item_deviations"},
    "deviations": {"user_deviations", "item_deviations"},
}


def trained(ratings=None, split: Split | None = None, **more: object) -> Training:
    training = Training(SVDPP, SVDPP.parse(FAST | more), ratings or featured(), split or planted_split(), 0, PROGRAMS)
    list(training.events())
    return training


def context_of(rows: np.ndarray) -> Arrays:
    return SVDPP.context(SVDPP.parse(), featured(), rows)


def test_validation_and_test_ratings_do_not_reach_the_constants() -> None:
    split, ratings = planted_split(), featured()
    stars = ratings.rating.copy()
    held = np.concatenate([split.validation, split.test])
    stars[held] = ratings.scale.max + ratings.scale.min - stars[held]
    other = replace(ratings, rating=stars)
    one, two = (SVDPP.context(SVDPP.parse(), each, split.train) for each in (ratings, other))
    assert all(np.array_equal(one[name], two[name]) for name in one)


def test_the_constants_hold_the_trained_pairs_and_no_others() -> None:
    split, ratings = planted_split(), featured()
    matrix = RatedMatrix.of(trained().arrays(), ratings.n_items)
    pairs = set(zip(matrix.users.tolist(), matrix.items.tolist(), strict=True))
    assert pairs == {(int(ratings.user_index[row]), int(ratings.item_index[row])) for row in split.train}


def test_of_a_pair_that_comes_twice_the_last_row_counts() -> None:
    ratings = featured()
    twice = rated_arrays(ratings, np.array([5, 9, 5]))
    once = rated_arrays(ratings, np.array([5, 9]))
    assert all(np.allclose(twice[name], once[name]) for name in (START, ITEMS, DEVIATIONS))


@given(seed=st.integers(0, 1000), dim=st.integers(1, 5))
@settings(max_examples=20, deadline=None)
def test_numpy_sums_are_those_of_a_whole_matrix(seed: int, dim: int) -> None:
    rng = np.random.default_rng(seed)
    ratings = planted()
    arrays = rated_arrays(ratings, rng.permutation(len(ratings))[:50])
    matrix = RatedMatrix.of(arrays, ratings.n_items)
    table = {"user": rng.normal(size=(ratings.n_items, dim)), "item": rng.normal(size=(ratings.n_users, dim))}
    for deviating in (False, True):
        whole = np.zeros((ratings.n_users, ratings.n_items))
        whole[matrix.users, matrix.items] = arrays[DEVIATIONS] if deviating else 1
        n_u, n_i = np.diff(arrays[START]), np.bincount(arrays[ITEMS], minlength=ratings.n_items)
        users = whole @ table["user"] / np.sqrt(np.maximum(n_u, 1))[:, None]
        items = whole.T @ table["item"] / np.sqrt(np.maximum(n_i, 1))[:, None]
        assert np.allclose(matrix.user_sums(table["user"], deviating), users, atol=1e-6)
        assert np.allclose(matrix.item_sums(table["item"], deviating), items, atol=1e-6)


def test_dense_and_sparse_sums_train_to_the_same_weights() -> None:
    dense, sparse = (trained(sums=sums).arrays() for sums in ("dense", "sparse"))
    assert dense.keys() == sparse.keys()
    assert all(np.allclose(dense[name], sparse[name], atol=1e-4) for name in dense)


@pytest.mark.parametrize("sums", ["dense", "sparse"])
def test_while_training_a_pair_is_not_told_of_itself(sums: str) -> None:
    """What Keras predicts of a trained pair in training is what it predicts without that row among the constants."""
    ratings, rows = featured(), planted_split().train
    chosen = SVDPP.parse({"dim": 3, "sums": sums, "init_sd": 0.5})
    shape = Shape.of(ratings, 3.0)
    model = SVDPP.keras_model(chosen, shape, context_of(rows))
    row = rows[7]
    pair = [np.array([index[row]], dtype=np.int32) for index in (ratings.user_index, ratings.item_index)]
    told, untold = (float(model(pair, training=training)[0, 0]) for training in (False, True))
    shown = _own_part(model, chosen, shape, pair, rows)
    assert abs(told - untold) > 1e-4
    assert untold == pytest.approx(shown, abs=1e-4)


def _own_part(model: object, chosen: object, shape: Shape, pair: list[np.ndarray], rows: np.ndarray) -> float:
    """The prediction for a pair from sums without it, worked out in numpy."""
    from reco_core.training.program import named_weights

    arrays = {name: variable.numpy() for name, variable in named_weights(model).items()} | context_of(rows)
    (user,), (item,) = pair
    scorer, matrix = SVDPP.scorer(arrays, shape, chosen), RatedMatrix.of(arrays, shape.n_items)
    share = [one[index] for one, index in zip(matrix.shares(), (user, item), strict=True)]
    own = matrix.deviations[(matrix.users == user) & (matrix.items == item)][0]
    vectors = (
        scorer.user_vectors[user] - share[0] * (arrays["user_implicit"][item] + own * arrays["user_deviations"][item]),
        scorer.item_vectors[item] - share[1] * (arrays["item_implicit"][user] + own * arrays["item_deviations"][user]),
    )
    return float(shape.mean + scorer.user_bias[user] + scorer.item_bias[item] + vectors[0] @ vectors[1])


@pytest.mark.parametrize("term", TERMS)
def test_each_term_can_be_left_out_and_its_weights_with_it(term: str) -> None:
    training = trained(**{term: False})
    gone = set(trained().arrays()) - set(training.arrays())
    assert gone == TERMS[term]
    chosen = SVDPP.parse(FAST | {term: False})
    assert SVDPP.keras_model(chosen, training.shape).count_params() == SVDPP.parameters(chosen, training.shape)


@pytest.mark.parametrize("feature", ["item_genres", "item_years", "user_features"])
def test_each_feature_can_be_left_out_and_its_weights_with_it(feature: str) -> None:
    whole, without = (trained(**more).arrays() for more in ({}, {feature: "no"}))
    gone = {f"{feature}_kernel", f"{feature}_bias_kernel", f"context_{feature}"}
    assert whole.keys() - without.keys() == gone


def test_numpy_scores_equal_those_of_keras_with_all_features() -> None:
    from reco_core.training.program import named_weights

    training = trained()
    arrays, chosen = training.arrays(), SVDPP.parse(FAST)
    model = SVDPP.keras_model(chosen, training.shape, arrays)
    for name, variable in named_weights(model).items():
        variable.assign(arrays[name])
    users, items = (np.tile(np.arange(40), 2).astype(np.int32), np.repeat(np.arange(40), 2).astype(np.int32))
    predicted = model([users, items], training=False).numpy().ravel()
    assert np.abs(SVDPP.scorer(arrays, training.shape, chosen).score(users, items) - predicted).max() < 1e-5


def test_a_dataset_without_features_is_trained_without_them() -> None:
    arrays = trained(planted()).arrays()
    assert not [name for name in arrays if "genres" in name or "years" in name or "features" in name]


def test_a_feature_that_is_asked_for_in_vain_is_refused_in_one_sentence() -> None:
    with pytest.raises(SettingsError, match="item_genres yes needs a dataset that has them; planted has none"):
        trained(planted(), item_genres="yes")


def test_an_unknown_id_gets_the_mean_of_the_whole_vectors_and_biases() -> None:
    training = trained()
    scorer = SVDPP.scorer(training.arrays(), training.shape, SVDPP.parse(FAST))
    items = np.arange(9)
    mean = scorer.user_vectors.mean(axis=0) @ scorer.item_vectors[items].T
    expected = training.shape.mean + scorer.user_bias.mean() + scorer.item_bias[items] + mean
    assert np.allclose(scorer.score(np.full(9, -1), items), expected, atol=1e-4)


def test_the_implied_part_of_a_known_user_is_what_its_vector_has() -> None:
    training = trained()
    arrays, ratings = training.arrays(), featured()
    scorer = SVDPP.scorer(arrays, training.shape, SVDPP.parse(FAST))
    matrix, user = RatedMatrix.of(arrays, ratings.n_items), 3
    mine = slice(arrays[START][user], arrays[START][user + 1])
    implicit = matrix.user_sums(arrays["user_implicit"])[user]
    assert np.allclose(scorer.implied(arrays[ITEMS][mine]), implicit, atol=1e-5)
    rows = [row for row in planted_split().train if ratings.user_index[row] == user]
    items, stars = ratings.item_index[rows], ratings.rating[rows]
    whole = implicit + matrix.user_sums(arrays["user_deviations"], deviating=True)[user]
    assert np.allclose(scorer.implied(items, stars), whole, atol=1e-4)
    assert not scorer.implied(np.array([], dtype=int)).any()


def test_deviations_of_a_new_user_are_damped_as_those_of_known_ones() -> None:
    assert np.allclose(deviations(np.array([3.0, 3.0]), np.array([4.0, 4.0])), 1 - 2 / 7)


def test_the_plain_model_predicts_the_same() -> None:
    training = trained()
    chosen, arrays = SVDPP.parse(FAST), training.arrays()
    spec, simple, made = SVDPP.plain(arrays, training.shape, chosen)
    users, items = np.arange(40), np.arange(40)
    one, two = (SVDPP.scorer(arrays, training.shape, chosen), spec.scorer(made, training.shape, simple))
    assert np.allclose(one.score(users, items), two.score(users, items), atol=1e-6)
