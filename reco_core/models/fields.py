"""The settings that models have: type, range and help of each, under the one name it has everywhere."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from reco_core.models.described import SOME, described

InitName = Literal["uniform", "normal", "he_normal", "glorot_uniform", "glorot_normal"]
Activation = Literal["linear", "relu"]


def _stage_pairs(value: Any) -> Any:
    """`4x0.001,2x0.0001` or a list of such texts as pairs; anything else as it is."""
    if isinstance(value, str):
        value = [part for part in value.split(",") if part.strip()]
    if isinstance(value, (list, tuple)):
        return [tuple(part.lower().split("x")) if isinstance(part, str) else part for part in value]
    return value


Dim = Annotated[
    int, described("Embedding length", "Numbers in the vector of each user and each item.", "Model", ge=1, le=512)
]
UserDim = Annotated[
    int | None,
    described("User length", "Numbers in a user's vector; none means the same as dim.", "Model", ge=1, le=512),
]
ItemDim = Annotated[
    int | None,
    described("Item length", "Numbers in an item's vector; none means the same as dim.", "Model", ge=1, le=512),
]
Init = Annotated[
    InitName,
    described(
        "Start of the vectors",
        "Distribution of the first values: uniform from -0.05 to 0.05, normal with deviation init_sd, or He or Glorot.",
        "Model",
        flags=("number",),
        advanced=True,
    ),
]
InitSd = Annotated[
    float,
    described(
        "Deviation of the start",
        "Standard deviation of the first values where init is normal.",
        "Model",
        needs={"init": ("normal",)},
        flags=("number",),
        log=True,
        advanced=True,
        ge=1e-4,
        le=2.0,
        allow_inf_nan=False,
    ),
]
BiasInit = Annotated[
    Literal["zeros", "init"],
    described("Start of the biases", "Zero, or drawn as the vectors are.", "Model", flags=("number",), advanced=True),
]
OovRow = Annotated[
    bool,
    described(
        "Row for unknown ids",
        "One more row in each table, which stands for ids never seen in training.",
        "Model",
        advanced=True,
    ),
]
Center = Annotated[
    bool,
    described(
        "Start from the mean",
        "Adds the mean training rating, so that the rest learns what differs from it (linear output in stars only).",
        "Model",
        needs={"output": ("linear",), "units": (None, "stars")},
        flags=("number",),
    ),
]
_OUTPUT = described("Output", "Last activation; sigmoid keeps every prediction within the scale.", "Model")
Output = Annotated[Literal["linear", "sigmoid", "relu"], _OUTPUT]
SigmoidOutput = Annotated[Literal["sigmoid"], _OUTPUT]
_UNITS = described(
    "Units of the output",
    "What the output counts before it is turned into stars: stars, unit (0 for the lowest rating to 1 for the "
    "highest) or share (of the highest rating); none means unit for a sigmoid, else stars.",
    "Model",
    advanced=True,
)
Units = Annotated[Literal["stars", "unit", "share"] | None, _UNITS]
BoundedUnits = Annotated[Literal["unit", "share"], _UNITS]
UnitUnits = Annotated[Literal["unit"], _UNITS]
Layers = Annotated[
    tuple[Annotated[int, Field(ge=1, le=4096)], ...],
    described("Hidden layers", "Width of each dense layer in order, such as 100,50,20.", "Model", max_length=8),
]
Activations = Annotated[
    tuple[Activation, ...],
    described(
        "Hidden activations",
        "One for all hidden layers, or one for each: relu or linear.",
        "Model",
        needs={"layers": SOME},
        advanced=True,
        min_length=1,
        max_length=8,
    ),
]
Dropout = Annotated[
    float,
    described(
        "Dropout",
        "Share of each hidden layer's outputs that is left out at random in training.",
        "Penalties",
        needs={"layers": SOME},
        flags=("noise",),
        ge=0,
        le=0.95,
        allow_inf_nan=False,
    ),
]
EmbeddingDropout = Annotated[
    float,
    described(
        "Dropout of the vectors",
        "Share of the numbers in the joined user and item vectors that is left out at random in training.",
        "Penalties",
        flags=("noise",),
        ge=0,
        le=0.95,
        allow_inf_nan=False,
    ),
]
L2 = Annotated[
    float,
    described(
        "L2 of the vectors",
        "Weight of the squared length of the vectors in what is minimised.",
        "Penalties",
        flags=("penalty", "changeable"),
        log=True,
        ge=0,
        le=10,
        allow_inf_nan=False,
    ),
]
BiasL2 = Annotated[
    float,
    described(
        "L2 of the biases",
        "Weight of the squared biases in what is minimised.",
        "Penalties",
        flags=("penalty", "changeable"),
        log=True,
        ge=0,
        le=10,
        allow_inf_nan=False,
    ),
]
L2On = Annotated[
    Literal["rows", "table"],
    described(
        "L2 counts",
        "rows: the vectors of the batch, averaged over its ratings; table: the sum over all vectors in every step.",
        "Penalties",
        advanced=True,
    ),
]
_LOSS = described(
    "Loss",
    "Squared error, absolute error, or binary cross-entropy of the rating's place on the scale (needs a sigmoid).",
    "Training",
)
Loss = Annotated[Literal["mse", "mae", "bce"], _LOSS]
BceLoss = Annotated[Literal["bce"], _LOSS]
Optimizer = Annotated[
    Literal["adam", "sgd", "adagrad", "rmsprop", "rowwise_adagrad"],
    described(
        "Optimiser",
        "Rule that turns gradients into steps; rowwise_adagrad works on the rows of a batch alone: quickest on tables.",
        "Training",
        advanced=True,
    ),
]
LearningRate = Annotated[
    float,
    described(
        "Learning rate",
        "Size of the optimiser's steps.",
        "Training",
        flags=("number", "changeable"),
        log=True,
        ge=1e-6,
        le=10,
        allow_inf_nan=False,
    ),
]
Decay = Annotated[
    float,
    described(
        "Last learning rate",
        "Learning rate in a stage's last epoch as a share of its first; it falls evenly between. 1 keeps it constant.",
        "Training",
        flags=("number",),
        advanced=True,
        ge=0.001,
        le=1,
        allow_inf_nan=False,
    ),
]
BatchSize = Annotated[
    int | None,
    described(
        "Batch size",
        "Ratings per step; none chooses it from the number of training ratings.",
        "Training",
        flags=("number",),
        log=True,
        ge=1,
        le=1_048_576,
    ),
]
Epochs = Annotated[
    int, described("Epochs", "Passes over the training ratings.", "Training", flags=("number",), ge=1, le=2000)
]
Patience = Annotated[
    int | None,
    described(
        "Patience",
        "Epochs without a better validation error before training stops and goes back to the best epoch; "
        "none trains all epochs.",
        "Training",
        flags=("number",),
        ge=1,
        le=500,
    ),
]
StagePair = tuple[Annotated[int, Field(ge=1, le=2000)], Annotated[float, Field(ge=1e-6, le=10, allow_inf_nan=False)]]
Schedule = Annotated[
    tuple[StagePair, ...],
    BeforeValidator(_stage_pairs),
    described(
        "Further stages",
        "Stages after the first, each as epochs x learning rate, such as 4x0.001; weights and optimiser go on.",
        "Training",
        flags=("number",),
        advanced=True,
        max_length=10,
    ),
]
