"""The settings that models have: type, range and help of each, under the one name it has everywhere."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from reco_core.models.described import SOME, described

InitName = Literal["uniform", "normal", "he_normal", "glorot_uniform", "glorot_normal"]
Activation = Literal["linear", "relu"]
# A squared error is in stars, so a penalty that counts beside it grows with the square of the scale.
MOST_L2 = 1e9


def _stage_pairs(value: Any) -> Any:
    """`4x0.001,2x0.0001` or a list of such texts as pairs; anything else as it is."""
    if isinstance(value, str):
        value = [part for part in value.split(",") if part.strip()]
    if isinstance(value, (list, tuple)):
        return [tuple(part.lower().split("x")) if isinstance(part, str) else part for part in value]
    return value


Dim = Annotated[
    int, described("Embedding dimension", "Number of dimensions of each user and item vector.", "Model", ge=1, le=512)
]
UserDim = Annotated[
    int | None,
    described(
        "User dimension", "Number of dimensions of a user vector; none means the same as dim.", "Model", ge=1, le=512
    ),
]
ItemDim = Annotated[
    int | None,
    described(
        "Item dimension", "Number of dimensions of an item vector; none means the same as dim.", "Model", ge=1, le=512
    ),
]
Init = Annotated[
    InitName,
    described(
        "Initialisation of the vectors",
        "Distribution of the initial values: uniform from -0.05 to 0.05, normal with standard deviation init_sd, He "
        "or Glorot.",
        "Model",
        flags=("number",),
        advanced=True,
    ),
]
InitSd = Annotated[
    float,
    described(
        "Initial standard deviation",
        "Standard deviation of the initial values where init is normal.",
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
    Literal["zeros", "init", "damped"],
    described(
        "Initialisation of the biases",
        "Zeros, drawn like the vectors, or damped: damped means of the training ratings, which suit few ratings per "
        "user or item.",
        "Model",
        flags=("number",),
        advanced=True,
    ),
]
OovRow = Annotated[
    bool,
    described(
        "Row for unknown ids",
        "An extra row in each table for ids never seen in training.",
        "Model",
        advanced=True,
    ),
]
Center = Annotated[
    bool,
    described(
        "Add the global mean",
        "Adds the mean training rating, so that the model learns deviations from it (linear output in stars only).",
        "Model",
        needs={"output": ("linear",), "units": (None, "stars")},
        flags=("number",),
    ),
]
_OUTPUT = described("Output", "Output activation; sigmoid keeps every prediction within the scale.", "Model")
Output = Annotated[Literal["linear", "sigmoid", "relu"], _OUTPUT]
SigmoidOutput = Annotated[Literal["sigmoid"], _OUTPUT]
_UNITS = described(
    "Units of the output",
    "Unit of the raw output: stars, unit (0 for the lowest rating to 1 for the "
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
        "Share of each hidden layer's outputs that is dropped at random during training.",
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
        "Share of the concatenated user and item vectors that is dropped at random during training.",
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
        "Weight of the squared vector lengths in the objective.",
        "Penalties",
        flags=("penalty", "changeable"),
        log=True,
        ge=0,
        le=MOST_L2,
        allow_inf_nan=False,
    ),
]
BiasL2 = Annotated[
    float,
    described(
        "L2 of the biases",
        "Weight of the squared biases in the objective.",
        "Penalties",
        flags=("penalty", "changeable"),
        log=True,
        ge=0,
        le=MOST_L2,
        allow_inf_nan=False,
    ),
]
L2On = Annotated[
    Literal["rows", "table"],
    described(
        "L2 applies to",
        "rows: the vectors of the batch, averaged over its ratings; table: the sum over all vectors in every step.",
        "Penalties",
        advanced=True,
    ),
]
_LOSS = described(
    "Loss",
    "Squared error, absolute error, or binary cross-entropy of the rating scaled to 0..1 (needs a sigmoid).",
    "Training",
)
Loss = Annotated[Literal["mse", "mae", "bce"], _LOSS]
BceLoss = Annotated[Literal["bce"], _LOSS]
Optimizer = Annotated[
    Literal["adam", "sgd", "adagrad", "rmsprop", "rowwise_adagrad"],
    described(
        "Optimiser",
        "Update rule; rowwise_adagrad only touches the rows of a batch, which is fastest for embedding tables.",
        "Training",
        advanced=True,
    ),
]
LearningRate = Annotated[
    float,
    described(
        "Learning rate",
        "Step size of the optimiser.",
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
        "Final learning rate",
        "Learning rate in a stage's last epoch as a share of that in its first, with linear decay in between; 1 "
        "keeps it constant.",
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
        "Ratings per step; none chooses it by the number of training ratings.",
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
        "Epochs without a better validation error before training stops and restores the best epoch; "
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
        "More stages",
        "Stages after the first, each as epochs x learning rate, such as 4x0.001; weights and optimiser state carry "
        "over.",
        "Training",
        flags=("number",),
        advanced=True,
        max_length=10,
    ),
]
