"""Settings: what text becomes, what is refused in which words, and what the notebooks' presets come to."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reco_core.encode import RatingScale
from reco_core.errors import SettingsError
from reco_core.models import MODELS, get_model
from reco_core.models.described import without_effect
from reco_core.models.output_scale import to_stars
from reco_core.models.parsing import choices, kinds, limits
from reco_core.models.spec import ModelSpec, Shape
from reco_core.models.stages import cut, stages_of
from reco_core.models.weights import initial
from reco_core.training.plan import rate_at, refit_settings

ML_100K = Shape(943, 1682, RatingScale(1, 5, 1), 3.53)
ML_20M = Shape(138_493, 26_744, RatingScale(0.5, 5, 0.5), 3.53)
FIELDS = [(spec.name, name) for spec in MODELS for name in spec.settings.model_fields]


@pytest.mark.parametrize(
    ("model", "preset", "shape", "parameters"),
    [
        ("mf", "notebook-a", ML_100K, 105_000),
        ("mf_nonneg", "notebook-a", ML_100K, 105_000),
        ("mf_bias", "notebook-a", ML_100K, 107_625),
        ("neural_bias", "notebook-a", ML_100K, 8_068),
        ("mf", "notebook-b", ML_20M, 660_948),
        ("mf", "notebook-e", ML_100K, 7_881),
        ("mf_nonneg", "notebook-e", ML_100K, 7_881),
        ("deep_mlp", "notebook-e", ML_100K, 25_675),
        ("deep_regressor", "notebook-b", ML_20M, 660_948 + 176 + 132 + 5),
    ],
)
def test_a_preset_has_exactly_the_weights_of_its_notebook(
    model: str, preset: str, shape: Shape, parameters: int
) -> None:
    spec = get_model(model)
    assert spec.parameters(spec.parse(preset=preset), shape) == parameters


def test_the_deep_regressors_blocks_have_the_weights_of_the_notebook() -> None:
    spec = get_model("deep_regressor")
    sizes = {w.name: math.prod(w.shape) for w in spec.layout(spec.parse(preset="notebook-b"), ML_20M)}
    blocks = [
        sum(size for name, size in sizes.items() if name.startswith(parts))
        for parts in (("norm_1", "hidden_1"), ("norm_2", "hidden_2"), ("prediction",))
    ]
    assert blocks == [176, 132, 5]


def test_every_notebook_model_has_a_preset() -> None:
    have = {spec.name: [p.name[-1] for p in spec.presets if p.notebook] for spec in MODELS}
    have = {name: letters for name, letters in have.items() if letters}
    assert have == {
        "mf_bias": ["a", "c", "d"],
        "mf": ["a", "b", "c", "d", "e"],
        "mf_nonneg": ["a", "e"],
        "mf_bce": ["c"],
        "neural_bias": ["a"],
        "neural": ["c"],
        "neural_wide": ["d"],
        "deep_mlp": ["e"],
        "deep_regressor": ["b"],
    }


def test_notebook_d_changes_its_learning_rate_between_two_stages() -> None:
    spec = get_model("mf_bias")
    stages = [(stage.epochs, stage.learning_rate) for stage in spec.stages(spec.parse(preset="notebook-d"))]
    assert stages == [(4, 1e-2), (4, 1e-3)]


@pytest.mark.parametrize(("model", "name"), FIELDS)
def test_every_setting_has_a_label_help_and_a_range_or_choices(model: str, name: str) -> None:
    info = get_model(model).settings.model_fields[name]
    assert info.title
    assert info.description.endswith(".")
    assert info.json_schema_extra["group"] in ("Model", "Penalties", "Training")
    low, high = limits(info)
    is_list = any(str(kind).startswith("tuple") for kind in kinds(info))
    assert choices(info) or bool in kinds(info) or is_list or (low is not None and high is not None)


@pytest.mark.parametrize("model", [spec.name for spec in MODELS if spec.build])
def test_every_keras_model_has_the_settings_of_training(model: str) -> None:
    names = {"dim", "init", "optimizer", "learning_rate", "batch_size", "epochs", "patience", "l2", "oov_row"}
    names |= {"schedule", "decay"} | ({"output", "loss"} if get_model(model).predicts_stars else {"min_stars"})
    assert names <= set(get_model(model).settings.model_fields)


@pytest.mark.parametrize(
    ("model", "values", "expected"),
    [
        ("neural", {"layers": "100,50,20"}, {"layers": (100, 50, 20)}),
        ("neural", {"layers": "[100, 50]"}, {"layers": (100, 50)}),
        ("neural", {"layers": ""}, {"layers": ()}),
        ("neural", {"layers": [8, 4], "activation": "linear,relu"}, {"activations": ("linear", "relu")}),
        ("neural", {"user_dim": "none"}, {"user_dim": None, "dims": (40, 40)}),
        ("neural", {"user_dim": "5", "dim": "8"}, {"dims": (5, 8)}),
        ("mf", {"patience": "None", "oov_row": "true"}, {"patience": None, "oov_row": True}),
        ("mf", {"learning_rate": "1e-3", "center": "no"}, {"learning_rate": 1e-3, "center": False}),
        ("mf", {"schedule": "4x0.01,2x1e-3"}, {"schedule": ((4, 0.01), (2, 0.001))}),
        ("mf", {"schedule": [[4, 0.01]]}, {"schedule": ((4, 0.01),)}),
        ("mf", {"batch_size": "none"}, {"batch_size": None}),
    ],
)
def test_text_from_the_command_line_becomes_a_value(model: str, values: dict, expected: dict) -> None:
    settings = get_model(model).parse(values)
    assert {name: getattr(settings, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("model", "values", "sentence"),
    [
        ("mf", {"dim": 0}, "dim must be between 1 and 512; got 0."),
        ("mf", {"dim": "513"}, "dim must be between 1 and 512; got 513."),
        ("mf", {"dim": "many"}, "dim must be a whole number between 1 and 512; got many."),
        ("mf", {"dim": 2.5}, "dim must be a whole number between 1 and 512; got 2.5."),
        ("mf", {"l2": "-1"}, "l2 must be between 0 and 1,000,000,000; got -1."),
        ("mf", {"l2": "nan"}, "l2 must be a number between 0 and 1,000,000,000; got nan."),
        ("mf", {"learning_rate": "inf"}, "learning_rate must be a number between 1e-06 and 10; got inf."),
        ("mf", {"patience": 0}, "patience must be between 1 and 500 or none; got 0."),
        ("mf", {"oov_row": "perhaps"}, "oov_row must be true or false; got perhaps."),
        (
            "mf",
            {"optimizer": "lion"},
            "optimizer must be one of adam, sgd, adagrad, rmsprop, rowwise_adagrad; got lion.",
        ),
        ("mf", {"loss": "bce"}, "loss bce needs output sigmoid in units unit; got output linear."),
        (
            "mf",
            {"output": "sigmoid", "units": "stars"},
            "output sigmoid needs units unit or share, because it gives 0 to 1; got stars.",
        ),
        ("mf", {"schedule": "4x"}, "schedule must be a list of epochs x learning rate, such as 4x0.001; got 4x."),
        (
            "neural",
            {"layers": "10,zero"},
            "layers must be a list of whole numbers above 0, at most 8, such as 100,50,20; got 10,zero.",
        ),
        (
            "neural",
            {"layers": "3,2,1", "activation": "relu,relu"},
            "activation must name one for all hidden layers or one for each of the 3; got 2.",
        ),
        ("neural", {"dropout": 1}, "dropout must be between 0 and 0.95; got 1."),
        ("mf_bce", {"loss": "mse"}, "loss must be bce; got mse."),
        ("bias", {"dim": 3}, "bias has no setting dim; it has item_damping, user_damping."),
        ("popularity", {"dim": 3}, "popularity has no setting dim; it has none."),
    ],
)
def test_a_refusal_is_one_sentence_with_the_rule_and_what_was_given(model: str, values: dict, sentence: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        get_model(model).parse(values)
    assert str(refusal.value) == sentence


def test_unknown_models_and_presets_list_what_there_is() -> None:
    with pytest.raises(SettingsError, match=r"^model must be one of mf_bias, mf, .*popularity; got svd\.$"):
        get_model("svd")
    with pytest.raises(
        SettingsError, match=r"^preset of mf_bias must be one of notebook-a, notebook-c, notebook-d, ml-1m; got z\.$"
    ):
        get_model("mf_bias").parse(preset="z")
    with pytest.raises(SettingsError, match=r"^popularity has no presets; got z\.$"):
        get_model("popularity").parse(preset="z")


def test_values_go_before_the_preset_and_the_preset_before_the_defaults() -> None:
    settings = get_model("mf").parse({"dim": "7"}, preset="notebook-e")
    assert (settings.dim, settings.batch_size, settings.optimizer) == (7, 32, "adam")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        get_model("mf").parse().dim = 3


@given(
    st.lists(st.tuples(st.integers(1, 9), st.floats(1e-4, 1)), min_size=1, max_size=4).map(tuple),
    st.integers(1, 50),
)
def test_cut_settings_train_exactly_that_many_epochs(pairs: tuple[tuple[int, float], ...], epochs: int) -> None:
    (first, rate), *later = pairs
    settings = get_model("mf").parse({"epochs": first, "learning_rate": rate, "schedule": later})
    stages = stages_of(cut(settings, epochs))
    assert sum(stage.epochs for stage in stages) == min(epochs, sum(n for n, _ in pairs))
    assert [stage.learning_rate for stage in stages] == [rate for _, rate in pairs][: len(stages)]


def test_cut_settings_keep_the_rates_of_the_epochs_that_are_left() -> None:
    settings = get_model("mf").parse({"epochs": 16, "learning_rate": 0.01, "decay": 0.1})
    (whole,), (short,) = stages_of(settings), stages_of(cut(settings, 7))
    rates = [rate_at(whole, epoch, settings.decay) for epoch in range(1, 8)]
    assert [rate_at(short, epoch, cut(settings, 7).decay) for epoch in range(1, 8)] == pytest.approx(rates)


def test_cut_settings_of_a_second_stage_are_refit_like_the_first() -> None:
    spec = get_model("deep_regressor")
    refit = refit_settings(spec, spec.parse({"epochs": 9, "table_epochs": 8}), (5, 3))
    assert (refit.table_epochs, refit.epochs, refit.patience, refit.decay) == (5, 3, None, spec.parse().decay)


def test_a_setting_without_effect_says_which_other_it_needs() -> None:
    fields = get_model("svdpp").settings.model_fields
    values = get_model("svdpp").parse({"deviations": False, "output": "sigmoid", "init": "uniform"}).model_dump()
    assert without_effect(fields, values) == {
        "center": f"No effect: needs {fields['output'].title} linear.",
        "init_sd": f"No effect: needs {fields['init'].title} normal.",
        "deviation_l2": f"No effect: needs {fields['deviations'].title}.",
    }
    assert without_effect(fields, get_model("svdpp").parse({"output": "linear"}).model_dump()) == {}


@pytest.mark.parametrize("spec", [spec for spec in MODELS if spec.layout], ids=lambda spec: spec.name)
def test_settings_that_are_said_to_have_no_effect_have_none(spec: ModelSpec) -> None:
    shape, fields = Shape(5, 7, RatingScale(1, 5, 1), 3.5), spec.settings.model_fields
    for name, others in {"init_sd": {"init": "uniform"}, "center": {"output": "sigmoid"}}.items():
        if name not in fields or not all(other in fields for other in others):
            continue
        one, two = (
            spec.parse(others | {name: value}) for value in ((0.01, 0.5) if name == "init_sd" else (True, False))
        )
        assert name in without_effect(fields, one.model_dump())
        first, second = (initial(spec.layout(settings, shape), np.random.default_rng(0)) for settings in (one, two))
        assert all(np.array_equal(first[key], second[key]) for key in first)
        assert not hasattr(one, "output") or to_stars(one, shape) == to_stars(two, shape)
