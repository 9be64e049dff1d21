"""Two-sided SVD++ with side features: who a user is, is also told by what the user rated, and an item by its raters."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import model_validator

from reco_core.errors import SettingsError
from reco_core.models import fields, settings_groups, side_features, suited
from reco_core.models.data_facts import DataFacts
from reco_core.models.factorisation import MF_BIAS, MfBiasSettings
from reco_core.models.folding.dot_user import fold_svdpp
from reco_core.models.output_scale import ACTIVATIONS, check_output, to_stars
from reco_core.models.rated_matrix import RatedMatrix, rated_arrays
from reco_core.models.reasons import by_dimensions
from reco_core.models.scorers import Finish, Tables, with_mean_row
from reco_core.models.spec import CONTEXT, Arrays, ModelSpec, Preset, Shape
from reco_core.models.stages import stages_of
from reco_core.models.svdpp_settings import ImplicitSettings, SvdppScorer
from reco_core.models.weights import Weight, biases, count, tables
from reco_core.ratings import Ratings

# Up to so many cells, a step goes through the whole matrix of users x items, as one XLA program.
DENSE_CELLS = 4_000_000
# Scales up to so many times as wide as MovieLens's are learned from by deviations too, if these are recommended.
MOST_DEVIATING = 10
# Each kind of side feature: the setting that turns it on, and the field of Shape that counts its columns.
FEATURES = {"item_genres": "genres", "item_years": "years", "user_features": "user_features"}
_MADE = {
    "item_genres": side_features.item_genres,
    "item_years": side_features.item_years,
    "user_features": side_features.user_features,
}


class SvdppSettings(
    ImplicitSettings,
    settings_groups.Training,
    settings_groups.Biases,
    settings_groups.Start,
    settings_groups.Centred,
    settings_groups.Vectors,
):
    """Settings of the two-sided SVD++."""

    steps_per_epoch: ClassVar[int] = 70
    largest_batch: ClassVar[int] = 262_144
    dim: fields.Dim = 20
    l2: fields.L2 = 0.15
    bias_l2: fields.BiasL2 = 0.02
    learning_rate: fields.LearningRate = 0.003
    epochs: fields.Epochs = 10

    @model_validator(mode="after")
    def _output_fits(self) -> SvdppSettings:
        check_output(self)
        return self


def used_features(settings: SvdppSettings, shape: Shape) -> dict[str, int]:
    """The kinds of features that the model reads, with how many columns each has."""
    columns = {name: getattr(shape, counted) for name, counted in FEATURES.items()}
    return {name: n for name, n in columns.items() if n and getattr(settings, name) != "no"}


def suits(settings: SvdppSettings, facts: DataFacts) -> suited.Advice:
    """suited.bounded; deviations are in stars: what they are multiplied with costs more on a wide scale.

    On a scale that is many times as wide they would outweigh the rest, and are left out.
    """
    advice, wider = suited.bounded(settings, facts), suited.times_as_wide(facts)
    if "output" not in advice.values:
        return advice
    costs = {"deviation_l2": advice.values["deviation_l2"] * wider**2} if wider <= MOST_DEVIATING else {}
    return suited.Advice({**advice.values, **(costs or {"deviations": False})}, advice.why)


def notes(settings: SvdppSettings, shape: Shape) -> tuple[str, ...]:
    """One sentence where features would be read if the dataset had them."""
    missing = [name for name, n in FEATURES.items() if getattr(settings, name) == "auto" and not getattr(shape, n)]
    return (f"This dataset has no {', '.join(missing)}: left out.".replace("_", " "),) if missing else ()


def summed(settings: SvdppSettings, shape: Shape) -> tuple[Weight, ...]:
    """The tables whose rows are added up for what was rated; a user's sum is over items, an item's over users."""
    kinds = ("implicit", "deviations") if settings.deviations else ("implicit",)
    rows = {"user": shape.n_items, "item": shape.n_users}
    return tuple(
        Weight(f"{one}_{kind}", (n, settings.dim), settings.init, settings.init_sd)
        for one, n in rows.items()
        if getattr(settings, f"{one}_implicit")
        for kind in kinds
    )


def feature_weights(settings: SvdppSettings, shape: Shape) -> tuple[Weight, ...]:
    """For each kind of features a kernel that gives vectors and one that gives biases."""
    return tuple(
        weight
        for name, n in used_features(settings, shape).items()
        for weight in (
            Weight(f"{name}_kernel", (n, settings.dim), settings.init, settings.init_sd),
            Weight(f"{name}_bias_kernel", (n, 1)),
        )
    )


def layout(settings: SvdppSettings, shape: Shape) -> tuple[Weight, ...]:
    """Own vectors and biases, the tables that are added up, and the kernels of the features."""
    own = tables(settings, shape.n_users, shape.n_items, settings.dim, settings.dim)
    own += biases(settings, shape.n_users, shape.n_items)
    return own + summed(settings, shape) + feature_weights(settings, shape)


def context(settings: SvdppSettings, ratings: Ratings, rows: np.ndarray) -> Arrays:
    """Who rated what in the given rows, and the side features; raises SettingsError for a feature asked for in vain."""
    counts = side_features.counts(ratings)
    for name, counted in FEATURES.items():
        if getattr(settings, name) == "yes" and not counts[counted]:
            raise SettingsError(
                f"{name} yes needs a dataset that has them; {ratings.name} has none (auto leaves them out)."
            )
    made = {CONTEXT + name: _MADE[name](ratings) for name in used_features(settings, Shape.of(ratings, 0.0))}
    return rated_arrays(ratings, rows) | made


def build(settings: SvdppSettings, shape: Shape) -> Any:
    """The Keras model: [batch], [batch] -> stars [batch, 1]; its layers take their constants from a context."""
    import keras

    from reco_core.models.keras_parts import Penalty, dot, finish, inputs, table
    from reco_core.models.svdpp_layers import MeanPenalty, RatedConstants, feature_sum, rated_sum

    weights = {weight.name: weight for weight in layout(settings, shape)}
    rated = RatedConstants(is_dense(settings, shape))
    user, item = inputs()
    vectors, offsets = [], []

    def mean_penalty(setting: str) -> Any:
        strength = getattr(settings, setting)
        return MeanPenalty(setting, strength) if strength else None

    for one, index in (("user", user), ("item", item)):
        terms = [table(weights[f"{one}_vectors"], "l2", settings)(index)]
        biased = [table(weights[f"{one}_bias"], "bias_l2", settings)(index)]
        for kind in ("implicit", "deviations"):
            if f"{one}_{kind}" in weights:
                penalty = mean_penalty(f"{kind.rstrip('s')}_l2")
                terms.append(rated_sum(weights[f"{one}_{kind}"], rated, penalty, shape.n_items)([user, item]))
        for name in used_features(settings, shape):
            if name.startswith(one):
                for kind, found in (("kernel", terms), ("bias_kernel", biased)):
                    layer = feature_sum(weights[f"{name}_{kind}"], CONTEXT + name, mean_penalty("feature_l2"))
                    found.append(layer(index))
        penalty = {"activity_regularizer": Penalty("sum_l2", settings.sum_l2)} if settings.sum_l2 else {}
        whole = keras.layers.Add(name=f"{one}_sum", **penalty)(terms) if len(terms) > 1 else terms[0]
        vectors.append(whole)
        offsets += biased
    raw = keras.layers.Add(name="add_biases")([dot(vectors), *offsets])
    return keras.Model([user, item], finish(raw, settings, shape))


def is_dense(settings: SvdppSettings, shape: Shape) -> bool:
    """Whether a step works with the whole matrix of users x items rather than with its ratings alone."""
    if settings.sums != "auto":
        return settings.sums == "dense"
    return shape.n_users * shape.n_items <= DENSE_CELLS


def whole_tables(arrays: Arrays, shape: Shape, settings: SvdppSettings) -> Tables:
    """Vectors and biases with all their terms added up, each with a last row, their mean, for unknown ids."""
    matrix = RatedMatrix.of(arrays, shape.n_items)
    sides = []
    for one, n in (("user", shape.n_users), ("item", shape.n_items)):
        vectors, bias = arrays[f"{one}_vectors"][:n].copy(), arrays[f"{one}_bias"][:n].copy()
        sums = matrix.user_sums if one == "user" else matrix.item_sums
        for kind in ("implicit", "deviations"):
            if f"{one}_{kind}" in arrays:
                vectors += sums(arrays[f"{one}_{kind}"], kind == "deviations")
        for name in used_features(settings, shape):
            if name.startswith(one):
                vectors += arrays[CONTEXT + name] @ arrays[f"{name}_kernel"]
                bias += arrays[CONTEXT + name] @ arrays[f"{name}_bias_kernel"]
        sides.append((with_mean_row(vectors, n), with_mean_row(bias, n)[:, 0]))
    (users, user_bias), (items, item_bias) = sides
    return Tables(users, items, user_bias, item_bias)


def scorer(arrays: Arrays, shape: Shape, settings: SvdppSettings) -> SvdppScorer:
    """The trained model in numpy."""
    finish = Finish(ACTIVATIONS[settings.output], *to_stars(settings, shape))
    return SvdppScorer(whole_tables(arrays, shape, settings), finish, arrays)


def plain(arrays: Arrays, shape: Shape, settings: SvdppSettings) -> tuple[ModelSpec, MfBiasSettings, Arrays]:
    """The trained model as a biased factorisation: its vectors and biases with all their terms added up."""
    same = {name: getattr(settings, name) for name in ("dim", "output", "units", "center")}
    whole = whole_tables(arrays, shape, settings)
    made = {"user_vectors": whole.users[:-1], "item_vectors": whole.items[:-1]}
    made |= {"user_bias": whole.user_bias[:-1, None], "item_bias": whole.item_bias[:-1, None]}
    return MF_BIAS, MfBiasSettings(**same), made


# Chosen on validation rows of MovieLens 1M, drawn from the training rows of a random 90/10.
MILLION = Preset(
    "ml-1m", "A million ratings: chosen on MovieLens 1M", {"dim": 32, "learning_rate": 0.006, "epochs": 12}
)
SVDPP = ModelSpec(
    name="svdpp",
    title="Two-sided SVD++ with features",
    family="factorisation",
    sentence="Biased matrix factorisation whose vectors also include what a user rated, who rated an item, and side "
    "features.",
    equation=r"\begin{aligned} \hat r_{ui} &= \mu + b_u + b_i + v_u^\top v_i \\ "
    r"v_u &= p_u + y_{N(u)} + A a_u \\ v_i &= q_i + x_{N(i)} + C c_i \end{aligned}",
    symbols=(
        "predicted",
        "mean",
        "user_bias",
        "item_bias",
        "whole_vectors",
        "user_vector",
        "item_vector",
        "user_implied",
        "item_implied",
        "user_facts",
        "item_facts",
    ),
    reference="Koren: Factorization meets the neighborhood: a multifaceted collaborative filtering model. KDD 2008 "
    "(SVD++, and deviations in its asymmetric model); Rendle, Zhang, Koren: On the difficulty of evaluating baselines. "
    "2019 (implicit sums on both sides).",
    settings=SvdppSettings,
    suits=suits,
    scorer=scorer,
    parameters=lambda settings, shape: count(layout(settings, shape)),
    has_vectors=True,
    xla_exact=True,
    fold_in=fold_svdpp,
    explain=by_dimensions,
    build=build,
    stages=stages_of,
    layout=layout,
    context=context,
    plain=plain,
    notes=notes,
    presets=(MILLION,),
)
SPECS = (SVDPP,)
