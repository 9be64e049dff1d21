"""One contract for all models: what holds for every entry of MODELS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from reco_core.events import EpochEnded, Event, Stopped
from reco_core.models import MODELS, get_model
from reco_core.models.spec import Arrays, ModelSpec, Scorer, Settings, Shape
from reco_core.training.loop import Programs, Training
from tests.planted import SCALE, planted, planted_split

PROGRAMS = Programs(capacity=20)
SMALL = {"dim": 6, "batch_size": 64, "epochs": 12, "learning_rate": 0.02, "patience": "none"}
GENTLE = {"l2": 0.001, "bias_l2": 0.001, "dropout": 0.05, "embedding_dropout": 0.02}
TWO_STAGE = {"table_epochs": 12, "table_learning_rate": 0.02, "table_l2": 0.001}
KERAS = [spec.name for spec in MODELS if spec.build]
EVERY = [spec.name for spec in MODELS]


@dataclass(frozen=True)
class Trained:
    """A model trained on the planted data."""

    spec: ModelSpec
    settings: Settings
    shape: Shape
    arrays: Arrays
    scorer: Scorer
    events: tuple[Event, ...]


def small_settings(spec: ModelSpec, **more: object) -> Settings:
    """Settings that learn the planted data in a few epochs."""
    values = SMALL | GENTLE | TWO_STAGE | more
    return spec.parse({name: value for name, value in values.items() if name in spec.settings.model_fields})


def train(name: str, seed: int = 0, programs: Programs | None = None, **more: object) -> Trained:
    """The model trained on the planted data."""
    spec = get_model(name)
    settings = small_settings(spec, **more)
    training = Training(spec, settings, planted(), planted_split(), seed, programs or PROGRAMS)
    events = tuple(training.events())
    arrays = training.arrays()
    return Trained(spec, settings, training.shape, arrays, spec.scorer(arrays, training.shape, settings), events)


@pytest.fixture(scope="module")
def trained() -> object:
    """name -> the model trained with seed 0, each trained once."""
    kept: dict[str, Trained] = {}

    def get(name: str) -> Trained:
        if name not in kept:
            kept[name] = train(name)
        return kept[name]

    return get


def pairs(n: int = 200, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Random users and items of the planted data."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, planted().n_users, n), rng.integers(0, planted().n_items, n)


def keras_model(model: Trained) -> object:
    """A freshly built Keras model with the trained weights."""
    from reco_core.training.program import named_weights

    built = model.spec.build(model.settings, model.shape)
    for name, variable in named_weights(built).items():
        variable.assign(model.arrays[name])
    return built


def test_names_are_unique_and_every_text_is_written() -> None:
    assert len(set(EVERY)) == len(MODELS)
    for spec in MODELS:
        assert all((spec.title, spec.family, spec.sentence.endswith("."), spec.equation, spec.reference)), spec.name
        assert (spec.build is None) != (spec.fit is None)


@pytest.mark.parametrize("name", EVERY)
def test_scores_are_finite_and_their_shapes_are_right(name: str, trained) -> None:
    scorer = trained(name).scorer
    users, items = pairs()
    assert scorer.score(users, items).shape == (200,)
    assert scorer.score(users, items).dtype == np.float32
    every = scorer.score_all(np.arange(7))
    assert every.shape == (7, planted().n_items)
    assert every.dtype == np.float32
    assert np.isfinite(every).all()


@pytest.mark.parametrize("name", [n for n in EVERY if n not in ("global_mean", "popularity")])
def test_a_model_that_learns_beats_the_mean_on_planted_data(name: str, trained) -> None:
    model, rows, ratings = trained(name), planted_split().test, planted()
    predicted = model.scorer.score(ratings.user_index[rows], ratings.item_index[rows])
    error = np.sqrt(np.mean((SCALE.clip(predicted) - ratings.rating[rows]) ** 2))
    of_mean = np.sqrt(np.mean((model.shape.mean - ratings.rating[rows]) ** 2))
    assert error < (0.97 if name in ("user_mean", "item_mean") else 0.85) * of_mean


@pytest.mark.parametrize("name", EVERY)
def test_score_ignores_the_other_rows_and_their_order(name: str, trained) -> None:
    scorer = trained(name).scorer
    users, items = pairs()
    together = scorer.score(users, items)
    assert np.allclose(scorer.score(users[::-1], items[::-1])[::-1], together, atol=1e-6)
    alone = np.concatenate([scorer.score(users[k : k + 1], items[k : k + 1]) for k in range(20)])
    assert np.allclose(alone, together[:20], atol=1e-6)


@pytest.mark.parametrize("name", EVERY)
def test_score_all_agrees_with_score(name: str, trained) -> None:
    scorer, n_items = trained(name).scorer, planted().n_items
    users = np.array([0, 5, -1, 59])
    one_by_one = scorer.score(np.repeat(users, n_items), np.tile(np.arange(n_items), len(users)))
    assert np.allclose(scorer.score_all(users), one_by_one.reshape(len(users), n_items), atol=1e-5)


@pytest.mark.parametrize("name", EVERY)
def test_predicting_changes_nothing(name: str, trained) -> None:
    model = trained(name)
    before = {key: array.copy() for key, array in model.arrays.items()}
    first = model.scorer.score(*pairs())
    model.scorer.score_all(np.arange(5))
    assert np.array_equal(model.scorer.score(*pairs()), first)
    assert all(np.array_equal(before[key], array) for key, array in model.arrays.items())


@pytest.mark.parametrize("name", EVERY)
def test_the_same_seed_gives_the_same_scores_with_a_warm_program(name: str, trained) -> None:
    traces = PROGRAMS.traces
    first = trained(name)
    traces = PROGRAMS.traces
    again = train(name)
    assert PROGRAMS.traces == traces
    assert np.array_equal(again.scorer.score(*pairs()), first.scorer.score(*pairs()))


@pytest.mark.parametrize("name", KERAS)
def test_another_seed_gives_other_scores(name: str, trained) -> None:
    assert not np.allclose(train(name, seed=1).scorer.score(*pairs()), trained(name).scorer.score(*pairs()))


@pytest.mark.parametrize("name", EVERY)
def test_saved_and_loaded_arrays_give_the_same_scores(name: str, trained, tmp_path) -> None:
    model = trained(name)
    np.savez(tmp_path / "arrays.npz", **model.arrays)
    with np.load(tmp_path / "arrays.npz", allow_pickle=False) as file:
        scorer = model.spec.scorer(dict(file), model.shape, model.settings)
    assert np.array_equal(scorer.score(*pairs()), model.scorer.score(*pairs()))


@pytest.mark.parametrize("name", EVERY)
def test_settings_survive_json(name: str) -> None:
    spec = get_model(name)
    for settings in (spec.parse(), small_settings(spec), *(spec.parse(preset=p.name) for p in spec.presets)):
        assert spec.settings.model_validate_json(settings.model_dump_json()) == settings
        assert spec.parse(settings.model_dump()) == settings


@pytest.mark.parametrize("name", EVERY)
def test_there_is_one_event_per_epoch(name: str, trained) -> None:
    ended = [event for event in trained(name).events if isinstance(event, EpochEnded)]
    planned = 24 if name == "deep_regressor" else 12 if name in KERAS else 1
    assert [event.epoch for event in ended] == list(range(1, planned + 1))
    assert all(event.seconds > 0 and event.ratings_per_second > 0 for event in ended)


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
def test_numpy_scores_equal_those_of_the_keras_model(name: str, trained) -> None:
    model = trained(name)
    users, items = pairs()
    predicted = keras_model(model)([users, items], training=False).numpy().ravel()
    assert np.abs(model.scorer.score(users, items) - predicted).max() < 1e-5


@pytest.mark.parametrize("name", KERAS)
def test_the_keras_models_score_ignores_the_other_rows_in_the_batch(name: str, trained) -> None:
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
def test_the_mean_is_only_ever_added_to_the_output(name: str, trained) -> None:
    """The compiled program is built for a mean of 0 and adds the mean itself."""
    model = trained(name)
    other = Shape(model.shape.n_users, model.shape.n_items, SCALE, model.shape.mean + 1)
    gap = model.spec.scorer(model.arrays, other, model.settings).score(*pairs()) - model.scorer.score(*pairs())
    assert np.allclose(gap, 0, atol=1e-5) or np.allclose(gap, 1, atol=1e-5)


@pytest.mark.parametrize("name", [n for n in KERAS if get_model(n).parse().output == "sigmoid"])
def test_a_bounded_model_stays_within_the_scale(name: str, trained) -> None:
    scores = trained(name).scorer.score_all(np.arange(-1, planted().n_users))
    assert scores.min() >= SCALE.min
    assert scores.max() <= SCALE.max


@pytest.mark.parametrize("name", KERAS)
def test_an_unknown_id_gets_the_mean_vector_and_the_mean_bias(name: str, trained) -> None:
    model = trained(name)
    arrays = dict(model.arrays)
    for key in ("user_vectors", "user_bias"):
        if key in arrays:
            arrays[key] = arrays[key].copy()
            arrays[key][4] = arrays[key].mean(axis=0, dtype=np.float64)
    as_user_4 = model.spec.scorer(arrays, model.shape, model.settings).score(np.full(9, 4), np.arange(9))
    assert np.allclose(model.scorer.score(np.full(9, -1), np.arange(9)), as_user_4, atol=1e-4)


@pytest.mark.parametrize("name", ["global_mean", "user_mean", "item_mean", "bias", "popularity"])
def test_a_baseline_knows_nothing_of_an_unknown_id(name: str, trained) -> None:
    model = trained(name)
    expected = 0.0 if name == "popularity" else planted().rating[planted_split().known].mean()
    assert model.scorer.score(np.array([-1]), np.array([-1])) == pytest.approx([expected], abs=1e-5)


@pytest.mark.parametrize("name", KERAS)
def test_vectors_and_biases_have_one_row_per_id(name: str, trained) -> None:
    model, ratings = trained(name), planted()
    scorer = model.scorer
    assert scorer.user_vectors.shape[0] == ratings.n_users
    assert scorer.item_vectors.shape[0] == ratings.n_items
    if scorer.user_bias is not None:
        assert scorer.user_bias.shape == (ratings.n_users,)
        assert scorer.item_bias.shape == (ratings.n_items,)
