"""Two towers: a network for the user and one for the item, trained by softmax over the items of a batch."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from reco_core.models import fields
from reco_core.models.folding.ranking_user import fold_towers
from reco_core.models.pairwise import PairSettings, pair_context, pair_scorer
from reco_core.models.ranking_scorer import RankedDot
from reco_core.models.reasons import by_ranked_dimensions
from reco_core.models.scorers import Tables, with_mean_row
from reco_core.models.spec import Arrays, ModelSpec, Shape
from reco_core.models.stages import stages_of
from reco_core.models.weights import Weight, count, tables

_SIDES = ("user", "item")


class NeuralRankingSettings(PairSettings):
    """Settings of the two towers."""

    l2: fields.L2 = 0.0
    layers: fields.Layers = ()
    dropout: fields.Dropout = 0.0
    normalise: Annotated[
        bool,
        fields.described(
            "Length 1", "Both vectors are normalised to length 1, so that a score is their cosine.", "Model"
        ),
    ] = True
    temperature: Annotated[
        float,
        fields.described(
            "Temperature",
            "Scores are divided by it: lower values emphasise the hardest negatives.",
            "Training",
            log=True,
            ge=0.001,
            le=100,
            allow_inf_nan=False,
        ),
    ] = 0.2


def ranking_layout(settings: NeuralRankingSettings, shape: Shape) -> tuple[Weight, ...]:
    """Both tables, and the dense layers of each side."""
    layout = list(tables(settings, shape.n_users, shape.n_items, settings.dim, settings.dim))
    for side in _SIDES:
        width = settings.dim
        for n, layer in enumerate(settings.layers, start=1):
            layout.append(Weight(f"{side}_dense_{n}_kernel", (width, layer), "glorot_uniform"))
            layout.append(Weight(f"{side}_dense_{n}_bias", (layer,)))
            width = layer
    return tuple(layout)


def build_ranking(settings: NeuralRankingSettings, shape: Shape) -> Any:
    """The Keras model: [batch], [batch] -> score [batch, 1]; its layers user_tower and item_tower give the vectors."""
    import keras

    from reco_core.models.keras_parts import dot, inputs

    weights = {weight.name: weight for weight in ranking_layout(settings, shape)}
    indices = inputs()
    towers = [_tower(side, index, weights, settings) for side, index in zip(_SIDES, indices, strict=True)]
    score = keras.layers.Rescaling(1 / settings.temperature, name="score")(dot(towers))
    return keras.Model(list(indices), score)


def _tower(side: str, index: Any, weights: dict[str, Weight], settings: NeuralRankingSettings) -> Any:
    """[batch] -> vectors [batch, width]; relu between the dense layers, none after the last."""
    import keras

    from reco_core.models.keras_parts import dense, dropout, table

    x = table(weights[f"{side}_vectors"], "l2", settings)(index)
    for n in range(1, len(settings.layers) + 1):
        activation = "relu" if n < len(settings.layers) else "linear"
        x = dropout(x, settings.dropout, f"{side}_dropout_{n}")
        x = dense(weights, f"{side}_dense_{n}", activation)(x)
    last = keras.layers.UnitNormalization if settings.normalise else keras.layers.Identity
    return last(name=f"{side}_tower")(x)


def ranking_scorer(arrays: Arrays, shape: Shape, settings: NeuralRankingSettings) -> RankedDot:
    """The trained model in numpy: the towers' vectors of all users and items, worked out once.

    The item vectors are divided by the temperature, so that scores are the Keras model's.
    """
    users, items = (
        _vectors(side, with_mean_row(arrays[f"{side}_vectors"], n), arrays, settings)
        for side, n in zip(_SIDES, (shape.n_users, shape.n_items), strict=True)
    )
    return pair_scorer(Tables(users, items / np.float32(settings.temperature)), arrays, shape)


def _vectors(side: str, x: np.ndarray, arrays: Arrays, settings: NeuralRankingSettings) -> np.ndarray:
    """The tower of one side for all rows: float32 [n, dim] -> float32 [n, width]."""
    for n in range(1, len(settings.layers) + 1):
        x = x @ arrays[f"{side}_dense_{n}_kernel"] + arrays[f"{side}_dense_{n}_bias"]
        if n < len(settings.layers):
            x = np.maximum(x, 0)
    if settings.normalise:
        x = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), np.float32(1e-6))
    return x.astype(np.float32, copy=False)


NEURAL_RANKING = ModelSpec(
    name="neural_ranking",
    title="Two towers",
    family="ranking",
    sentence="One network for the user and one for the item; their output vectors should match for rated items.",
    equation=r"\begin{aligned} s_{ui} &= f(p_u)^\top g(q_i) / \tau \\ d_{ui} &= s_{ui} - \log p_i \\ "
    r"\min &\textstyle\sum_{u,i} \log \sum_j e^{d_{uj} - d_{ui}} \end{aligned}",
    symbols=("score", "user_vector", "item_vector", "towers", "temperature", "corrected", "drawn"),
    reference="Yi, Yang, Hong, Cheng, Heldt, Kumthekar, Zhao, Wei, Chi: Sampling-bias-corrected neural modeling for "
    "large corpus item recommendations. RecSys 2019.",
    settings=NeuralRankingSettings,
    scorer=ranking_scorer,
    layout=ranking_layout,
    parameters=lambda settings, shape: count(ranking_layout(settings, shape)),
    predicts_stars=False,
    has_vectors=True,
    build=build_ranking,
    stages=stages_of,
    context=pair_context,
    fold_in=fold_towers,
    explain=by_ranked_dimensions,
    pairs="softmax",
)
