"""Networks over the joined vectors of user and item."""

from __future__ import annotations

from functools import partial
from typing import Any

from pydantic import model_validator

from reco_core.models import fields, presets, settings_groups
from reco_core.models.factorisation import read_tables
from reco_core.models.folding.net_user import fold_net
from reco_core.models.output_scale import ACTIVATIONS, check_output, to_stars
from reco_core.models.scorers import Dense, Finish, NetScorer
from reco_core.models.spec import Arrays, ModelSpec, Shape
from reco_core.models.stages import stages_of
from reco_core.models.weights import Weight, biases, count, tables


class _Network(settings_groups.Vectors):
    """The layers over the joined vectors."""

    user_dim: fields.UserDim = None
    item_dim: fields.ItemDim = None
    layers: fields.Layers = (64,)
    activation: fields.Activations = ("relu",)
    embedding_dropout: fields.EmbeddingDropout = 0.2
    dropout: fields.Dropout = 0.2


class NeuralSettings(
    settings_groups.Training,
    settings_groups.Penalties,
    settings_groups.Start,
    settings_groups.Centred,
    settings_groups.Output,
    _Network,
):
    """Settings of hidden layers over the joined vectors."""

    center: fields.Center = False
    output: fields.Output = "sigmoid"
    l2: fields.L2 = 0.02
    learning_rate: fields.LearningRate = 0.004

    @model_validator(mode="after")
    def _parts_fit(self) -> NeuralSettings:
        check_output(self)
        if len(self.activation) not in (1, len(self.layers)):
            raise ValueError(
                f"activation must name one for all hidden layers or one for each of the {len(self.layers)}; "
                f"got {len(self.activation)}."
            )
        return self

    @property
    def dims(self) -> tuple[int, int]:
        """Lengths of the user's and of the item's vector."""
        return self.user_dim or self.dim, self.item_dim or self.dim

    @property
    def activations(self) -> tuple[str, ...]:
        """The activation of each hidden layer."""
        return self.activation * len(self.layers) if len(self.activation) == 1 else self.activation


class NeuralBiasSettings(NeuralSettings, settings_groups.Biases):
    """Settings of the network with biases."""


class NeuralWideSettings(NeuralSettings):
    """Settings of the wide hidden layer with a linear output."""

    layers: fields.Layers = (70,)
    embedding_dropout: fields.EmbeddingDropout = 0.1
    center: fields.Center = True
    output: fields.Output = "linear"
    learning_rate: fields.LearningRate = 0.002


class DeepMlpSettings(NeuralSettings):
    """Settings of three hidden layers."""

    dim: fields.Dim = 16
    item_dim: fields.ItemDim = 8
    layers: fields.Layers = (100, 50, 20)
    dropout: fields.Dropout = 0.0
    l2: fields.L2 = 0.01
    learning_rate: fields.LearningRate = 0.003


def net_layout(settings: NeuralSettings, shape: Shape, biased: bool = False) -> tuple[Weight, ...]:
    """Tables, hidden layers, output layer and, where the model has them, biases."""
    layout = list(tables(settings, shape.n_users, shape.n_items, *settings.dims))
    width = sum(settings.dims)
    for name, units in dense_names(settings.layers):
        layout += dense_weights(name, width, units)
        width = units
    return tuple(layout) + (biases(settings, shape.n_users, shape.n_items) if biased else ())


def dense_names(layers: tuple[int, ...]) -> tuple[tuple[str, int], ...]:
    """(name, width) of each hidden layer and of the output layer."""
    return (*((f"hidden_{n}", units) for n, units in enumerate(layers, start=1)), ("prediction", 1))


def dense_weights(name: str, inputs: int, units: int) -> tuple[Weight, Weight]:
    """Kernel and bias of one dense layer."""
    return Weight(f"{name}_kernel", (inputs, units), "glorot_uniform"), Weight(f"{name}_bias", (units,))


def build_net(settings: NeuralSettings, shape: Shape, biased: bool = False) -> Any:
    """The Keras model: [batch], [batch] -> stars [batch, 1]."""
    import keras

    from reco_core.models.keras_parts import dense, dropout, finish, inputs, table

    weights = {weight.name: weight for weight in net_layout(settings, shape, biased)}
    user, item = inputs()
    sides = (("user", user), ("item", item))
    vectors = [table(weights[f"{side}_vectors"], "l2", settings)(index) for side, index in sides]
    x = dropout(keras.layers.Concatenate(name="join")(vectors), settings.embedding_dropout, "join_dropout")
    for (name, _), activation in zip(dense_names(settings.layers), settings.activations, strict=False):
        x = dropout(dense(weights, name, activation)(x), settings.dropout, f"{name}_dropout")
    raw = dense(weights, "prediction", "linear")(x)
    if biased:
        terms = [table(weights[f"{side}_bias"], "bias_l2", settings)(index) for side, index in sides]
        raw = keras.layers.Add(name="add_biases")([raw, *terms])
    return keras.Model([user, item], finish(raw, settings, shape))


def net_scorer(arrays: Arrays, shape: Shape, settings: NeuralSettings) -> NetScorer:
    """The trained network in numpy; dropout plays no part in scoring."""
    activations = (*settings.activations, "linear")
    layers = tuple(
        Dense(arrays[f"{name}_kernel"], arrays[f"{name}_bias"], ACTIVATIONS[activation])
        for (name, _), activation in zip(dense_names(settings.layers), activations, strict=True)
    )
    return NetScorer(
        read_tables(arrays, shape), layers, Finish(ACTIVATIONS[settings.output], *to_stars(settings, shape))
    )


def _spec(name: str, settings: type[NeuralSettings], biased: bool = False, **text: str) -> ModelSpec:
    layout = partial(net_layout, biased=biased)
    return ModelSpec(
        name=name,
        family="neural",
        settings=settings,
        scorer=net_scorer,
        layout=layout,
        parameters=lambda values, shape: count(layout(values, shape)),
        has_vectors=True,
        fold_in=fold_net,
        fold_near=fold_net,
        build=partial(build_net, biased=biased),
        stages=stages_of,
        presets=presets.of(name),
        **text,
    )


_HE = "He, Liao, Zhang, Nie, Hu, Chua: Neural collaborative filtering. WWW 2017."

NEURAL_BIAS = _spec(
    "neural_bias",
    NeuralBiasSettings,
    biased=True,
    title="Neural network with biases",
    sentence="A hidden layer over both vectors, added to the biases of user and item.",
    equation=r"\begin{aligned} \hat r_{ui} &= s(b_u + b_i + w^\top h + c) \\ "
    r"h &= \phi(W [p_u; q_i] + a) \end{aligned}",
    symbols=("predicted", "output", "user_bias", "item_bias", "hidden", "activation", "joined", "weights"),
    reference=_HE,
)
NEURAL = _spec(
    "neural",
    NeuralSettings,
    title="Neural network",
    sentence="A hidden layer over both vectors, kept within the scale by a sigmoid.",
    equation=r"\begin{aligned} \hat r_{ui} &= s(w^\top h + c) \\ "
    r"h &= \phi(W [p_u; q_i] + a) \end{aligned}",
    symbols=("predicted", "output", "hidden", "activation", "joined", "weights"),
    reference=_HE,
)
NEURAL_WIDE = _spec(
    "neural_wide",
    NeuralWideSettings,
    title="Wide neural network",
    sentence="A wide hidden layer over both vectors and a linear output, with dropout before and after it.",
    equation=r"\begin{aligned} \hat r_{ui} &= \mu + w^\top h + c \\ "
    r"h &= \phi(W [p_u; q_i] + a) \end{aligned}",
    symbols=("predicted", "mean", "hidden", "activation", "joined", "weights"),
    reference=_HE,
)
DEEP_MLP = _spec(
    "deep_mlp",
    DeepMlpSettings,
    title="Deep network",
    sentence="Three hidden layers, each narrower than the last, over vectors whose lengths may differ.",
    equation=r"\begin{aligned} \hat r_{ui} &= s(w^\top h_L + c) \\ h_l &= \phi_l(W_l h_{l-1} + a_l) \\ "
    r"h_0 &= [p_u; q_i] \end{aligned}",
    symbols=("predicted", "output", "layers", "activations", "joined", "layer_weights"),
    reference=_HE,
)
SPECS = (NEURAL_BIAS, NEURAL, NEURAL_WIDE, DEEP_MLP)
