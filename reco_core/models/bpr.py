"""BPR: vectors that put what a user rated before what the user did not, pair by pair."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from reco_core.models import fields
from reco_core.models.factorisation import read_tables
from reco_core.models.folding.ranking_user import fold_bpr
from reco_core.models.pairwise import PairSettings, pair_context, pair_scorer
from reco_core.models.ranking_scorer import RankedDot
from reco_core.models.reasons import by_ranked_dimensions
from reco_core.models.spec import Arrays, ModelSpec, Shape
from reco_core.models.stages import stages_of
from reco_core.models.weights import Weight, count, tables

Negatives = Annotated[
    int,
    fields.described(
        "Negatives per rating", "Unrated items sampled for each rated one, anew every epoch.", "Training", ge=1, le=64
    ),
]


class BprSettings(PairSettings):
    """Settings of BPR."""

    # Of a disliked item that is well known, all its pairs are wrong at first: it would weigh more than the liked ones.
    disliked: ClassVar[float] = -0.1

    dim: fields.Dim = 64
    l2: fields.L2 = 0.02
    bias_l2: fields.BiasL2 = 0.02
    learning_rate: fields.LearningRate = 0.01
    negatives: Negatives = 8


def bpr_layout(settings: BprSettings, shape: Shape) -> tuple[Weight, ...]:
    """Both tables and the bias of the items; one of the users would change no order."""
    more = int(settings.oov_row)
    vectors = tables(settings, shape.n_users, shape.n_items, settings.dim, settings.dim)
    return (*vectors, Weight("item_bias", (shape.n_items + more, 1), part="bias"))


def build_bpr(settings: BprSettings, shape: Shape) -> Any:
    """The Keras model: [batch], [batch] -> score [batch, 1]."""
    import keras

    from reco_core.models.keras_parts import dot, inputs, table

    user_table, item_table, bias = bpr_layout(settings, shape)
    user, item = inputs()
    vectors = [table(user_table, "l2", settings)(user), table(item_table, "l2", settings)(item)]
    terms = [dot(vectors), table(bias, "bias_l2", settings)(item)]
    return keras.Model([user, item], keras.layers.Add(name="score")(terms))


def bpr_scorer(arrays: Arrays, shape: Shape, settings: BprSettings) -> RankedDot:
    """The trained model in numpy."""
    tables_ = read_tables(arrays | {"user_bias": arrays["user_vectors"][:, :1]}, shape)
    return pair_scorer(tables_, arrays, shape)


BPR = ModelSpec(
    name="bpr",
    title="BPR",
    family="ranking",
    sentence="Learns from pairs: an item that a user rated should score higher than one that the user did not.",
    equation=r"\begin{aligned} s_{ui} &= b_i + p_u^\top q_i \\ d_{uij} &= s_{ui} - s_{uj} \\ "
    r"\max &\textstyle\sum_{u,i,j} \log \sigma(d_{uij}) \end{aligned}",
    symbols=("score", "item_bias", "dot", "difference", "sigmoid"),
    reference="Rendle, Freudenthaler, Gantner, Schmidt-Thieme: BPR: Bayesian personalized ranking from implicit "
    "feedback. UAI 2009.",
    settings=BprSettings,
    scorer=bpr_scorer,
    layout=bpr_layout,
    parameters=lambda settings, shape: count(bpr_layout(settings, shape)),
    predicts_stars=False,
    has_vectors=True,
    build=build_bpr,
    stages=stages_of,
    context=pair_context,
    fold_in=fold_bpr,
    explain=by_ranked_dimensions,
    pairs="bpr",
)
