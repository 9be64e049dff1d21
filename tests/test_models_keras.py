"""The contract of the models made of layers: numpy and Keras agree, and what their tables hold."""

from __future__ import annotations

import numpy as np
import pytest

from reco_core.events import EpochEnded, Stopped
from reco_core.models import get_model
from reco_core.models.spec import Shape
from reco_core.training.loop import Training
from tests.planted import SCALE, planted, planted_split
from tests.planted_runs import KERAS, PROGRAMS, Trained, pairs, small_settings, train, trained


def keras_model(model: Trained) -> object:
    """A freshly built Keras model with the trained weights."""
    from reco_core.training.program import named_weights

    built = model.spec.keras_model(model.settings, model.shape, model.arrays)
    for name, variable in named_weights(built).items():
        variable.assign(model.arrays[name])
    return built


@pytest.mark.parametrize("name", KERAS)
def test_another_seed_gives_other_scores(name: str) -> None:
    assert not np.allclose(train(name, seed=1).scorer.score(*pairs()), trained(name).scorer.score(*pairs()))


@pytest.mark.parametrize("name", KERAS)
def test_a_stop_ends_training_within_one_epoch(name: str) -> None:
    spec, seen = get_model(name), []
    training = Training(
        spec, small_settings(spec), planted(), planted_split(), 0, PROGRAMS, should_stop=lambda: len(seen) >= 1
    )
    for event in training.events():
        if isinstance(event, EpochEnded):
            seen.append(event)
    assert len(seen) == 1
    assert event == Stopped(1, "asked")
    assert np.isfinite(spec.scorer(training.arrays(), training.shape, small_settings(spec)).score(*pairs())).all()


@pytest.mark.parametrize("name", KERAS)
def test_numpy_scores_equal_those_of_the_keras_model(name: str) -> None:
    model = trained(name)
    users, items = pairs()
    predicted = keras_model(model)([users, items], training=False).numpy().ravel()
    assert np.abs(model.scorer.score(users, items) - predicted).max() < 1e-5


@pytest.mark.parametrize("name", KERAS)
def test_the_keras_models_score_ignores_the_other_rows_in_the_batch(name: str) -> None:
    model, (users, items) = keras_model(trained(name)), pairs(6)
    together = model([users, items], training=False).numpy()
    for k in range(6):
        alone = model([users[k : k + 1], items[k : k + 1]], training=False).numpy()
        assert np.allclose(alone, together[k], atol=1e-6)


@pytest.mark.parametrize("name", KERAS)
@pytest.mark.parametrize("oov_row", [False, True])
def test_parameters_and_layout_equal_those_of_keras(name: str, oov_row: bool) -> None:
    from reco_core.training.program import named_weights

    spec = get_model(name)
    settings, shape = spec.parse({"dim": 3, "oov_row": oov_row}), Shape(11, 13, SCALE, 3.0)
    model = spec.build(settings, shape)
    assert spec.parameters(settings, shape) == model.count_params()
    layout = {weight.name: weight.shape for weight in spec.layout(settings, shape)}
    assert layout == {weight: tuple(variable.shape) for weight, variable in named_weights(model).items()}


@pytest.mark.parametrize("name", KERAS)
def test_the_mean_is_only_ever_added_to_the_output(name: str) -> None:
    """The compiled program is built for a mean of 0 and adds the mean itself."""
    model = trained(name)
    other = Shape(model.shape.n_users, model.shape.n_items, SCALE, model.shape.mean + 1)
    gap = model.spec.scorer(model.arrays, other, model.settings).score(*pairs()) - model.scorer.score(*pairs())
    assert np.allclose(gap, 0, atol=1e-5) or np.allclose(gap, 1, atol=1e-5)


@pytest.mark.parametrize("name", [n for n in KERAS if getattr(get_model(n).parse(), "output", None) == "sigmoid"])
def test_a_bounded_model_stays_within_the_scale(name: str) -> None:
    scores = trained(name).scorer.score_all(np.arange(-1, planted().n_users))
    assert scores.min() >= SCALE.min
    assert scores.max() <= SCALE.max


@pytest.mark.parametrize("name", [n for n in KERAS if get_model(n).context is None])
def test_an_unknown_id_gets_the_mean_vector_and_the_mean_bias(name: str) -> None:
    model = trained(name)
    arrays = dict(model.arrays)
    for key in ("user_vectors", "user_bias"):
        if key in arrays:
            arrays[key] = arrays[key].copy()
            arrays[key][4] = arrays[key].mean(axis=0, dtype=np.float64)
    as_user_4 = model.spec.scorer(arrays, model.shape, model.settings).score(np.full(9, 4), np.arange(9))
    assert np.allclose(model.scorer.score(np.full(9, -1), np.arange(9)), as_user_4, atol=1e-4)


@pytest.mark.parametrize("name", KERAS)
def test_vectors_and_biases_have_one_row_per_id(name: str) -> None:
    model, ratings = trained(name), planted()
    scorer = model.scorer
    assert scorer.user_vectors.shape[0] == ratings.n_users
    assert scorer.item_vectors.shape[0] == ratings.n_items
    if scorer.user_bias is not None:
        assert scorer.user_bias.shape == (ratings.n_users,)
        assert scorer.item_bias.shape == (ratings.n_items,)
