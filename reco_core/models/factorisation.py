"""Matrix factorisation: a rating as the dot product of two vectors, with or without biases."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from pydantic import model_validator

from reco_core.models import fields, presets, settings_groups, suited
from reco_core.models.data_facts import DataFacts
from reco_core.models.folding.dot_user import fold_dot
from reco_core.models.output_scale import ACTIVATIONS, check_output, to_stars
from reco_core.models.reasons import by_dimensions
from reco_core.models.scorers import DotScorer, Finish, Tables, with_mean_row
from reco_core.models.spec import Arrays, ModelSpec, Shape
from reco_core.models.stages import stages_of
from reco_core.models.weights import Weight, biases, count, tables


class FactorSettings(
    settings_groups.Training,
    settings_groups.Penalties,
    settings_groups.Start,
    settings_groups.Output,
    settings_groups.Vectors,
):
    """What all factorisations have."""

    @model_validator(mode="after")
    def _output_fits(self) -> FactorSettings:
        check_output(self)
        return self


class MfSettings(FactorSettings, settings_groups.Centred):
    """Settings of the dot product alone."""

    learning_rate: fields.LearningRate = 0.002


class MfNonnegSettings(FactorSettings):
    """Settings of the non-negative factorisation: every number in both tables stays at 0 or above."""

    init_sd: fields.InitSd = 0.1
    l2: fields.L2 = 0.07
    learning_rate: fields.LearningRate = 0.01


class MfBiasSettings(FactorSettings, settings_groups.Biases, settings_groups.Centred):
    """Settings of the dot product with biases."""

    steps_per_epoch: ClassVar[int] = 64
    output: fields.Output = "sigmoid"
    optimizer: fields.Optimizer = "rowwise_adagrad"
    learning_rate: fields.LearningRate = 0.06
    l2: fields.L2 = 0.06


class MfBceSettings(FactorSettings, settings_groups.Biases):
    """Settings of the factorisation that is trained as a classifier of 0..1."""

    output: fields.SigmoidOutput = "sigmoid"
    units: fields.UnitUnits = "unit"
    loss: fields.BceLoss = "bce"
    l2: fields.L2 = 0.01
    bias_l2: fields.BiasL2 = 0.0005


def dot_layout(
    settings: FactorSettings, shape: Shape, biased: bool = False, positive: bool = False
) -> tuple[Weight, ...]:
    """Both tables and, where the model has them, both bias tables."""
    layout = tables(settings, shape.n_users, shape.n_items, settings.dim, settings.dim, positive)
    return layout + biases(settings, shape.n_users, shape.n_items) if biased else layout


def build_dot(settings: FactorSettings, shape: Shape, biased: bool = False, positive: bool = False) -> Any:
    """The Keras model: [batch], [batch] -> stars [batch, 1]."""
    import keras

    from reco_core.models.keras_parts import dot, finish, inputs, table

    weights = {weight.name: weight for weight in dot_layout(settings, shape, biased, positive)}
    user, item = inputs()
    constraint = keras.constraints.NonNeg() if positive else None
    vectors = [
        table(weights[name], "l2", settings, constraint)(index)
        for name, index in (("user_vectors", user), ("item_vectors", item))
    ]
    raw = dot(vectors)
    if biased:
        terms = [
            table(weights[name], "bias_l2", settings)(index)
            for name, index in (("user_bias", user), ("item_bias", item))
        ]
        raw = keras.layers.Add(name="add_biases")([raw, *terms])
    return keras.Model([user, item], finish(raw, settings, shape))


def dot_scorer(arrays: Arrays, shape: Shape, settings: FactorSettings) -> DotScorer:
    """The trained model in numpy."""
    return DotScorer(read_tables(arrays, shape), Finish(ACTIVATIONS[settings.output], *to_stars(settings, shape)))


def read_tables(arrays: Arrays, shape: Shape) -> Tables:
    """Vectors and biases of a run's arrays, each with a last row for unknown ids."""
    users, items = (
        with_mean_row(arrays[name], n) for name, n in (("user_vectors", shape.n_users), ("item_vectors", shape.n_items))
    )
    if "user_bias" not in arrays:
        return Tables(users, items)
    user_bias, item_bias = (
        with_mean_row(arrays[name], n)[:, 0] for name, n in (("user_bias", shape.n_users), ("item_bias", shape.n_items))
    )
    return Tables(users, items, user_bias, item_bias)


def _spec(
    name: str,
    settings: type[FactorSettings],
    suits: Callable[[FactorSettings, DataFacts], suited.Advice],
    biased: bool = False,
    positive: bool = False,
    **text: str,
) -> ModelSpec:
    layout = partial(dot_layout, biased=biased, positive=positive)
    return ModelSpec(
        name=name,
        family="factorisation",
        settings=settings,
        scorer=dot_scorer,
        layout=layout,
        parameters=lambda values, shape: count(layout(values, shape)),
        has_vectors=True,
        xla_exact=True,
        nonnegative=positive,
        fold_in=fold_dot,
        explain=by_dimensions,
        build=partial(build_dot, biased=biased, positive=positive),
        stages=stages_of,
        presets=presets.of(name),
        suits=suits,
        **text,
    )


_KOREN = "Koren, Bell, Volinsky: Matrix factorization techniques for recommender systems. Computer 42(8), 2009."

MF = _spec(
    "mf",
    MfSettings,
    suited.by_width,
    title="Matrix factorisation",
    sentence="A rating is the dot product of a user vector and an item vector.",
    equation=r"\hat r_{ui} = \mu + p_u^\top q_i",
    symbols=("predicted", "mean", "dot"),
    reference="Funk: Netflix update: try this at home. 2006.",
)
MF_NONNEG = _spec(
    "mf_nonneg",
    MfNonnegSettings,
    suited.in_units,
    positive=True,
    title="Non-negative factorisation",
    sentence="The dot product of two non-negative vectors, so that tastes only ever add up.",
    equation=r"\begin{aligned} \hat r_{ui} &= p_u^\top q_i \\ "
    r"p_u &\ge 0,\ q_i \ge 0 \end{aligned}",
    symbols=("predicted", "dot"),
    reference="Lee, Seung: Learning the parts of objects by non-negative matrix factorization. Nature 401, 1999.",
)
MF_BIAS = _spec(
    "mf_bias",
    MfBiasSettings,
    suited.cheaper_with_many,
    biased=True,
    title="Biased matrix factorisation",
    sentence="A user bias, an item bias, and the dot product of their vectors for the rest.",
    equation=r"\hat r_{ui} = s(b_u + b_i + p_u^\top q_i)",
    symbols=("predicted", "output", "user_bias", "item_bias", "dot"),
    reference=_KOREN,
)
MF_BCE = _spec(
    "mf_bce",
    MfBceSettings,
    suited.by_density,
    biased=True,
    title="Logistic matrix factorisation",
    sentence="Biased matrix factorisation through a sigmoid, trained with cross-entropy on the rating scaled to 0..1.",
    equation=r"\hat r_{ui} = s(b_u + b_i + p_u^\top q_i)",
    symbols=("predicted", "output", "user_bias", "item_bias", "dot"),
    reference="He, Liao, Zhang, Nie, Hu, Chua: Neural collaborative filtering. WWW 2017 (its log loss).",
)
SPECS = (MF, MF_NONNEG, MF_BIAS, MF_BCE)
