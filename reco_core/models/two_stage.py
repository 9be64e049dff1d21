"""A factorisation first, then a network over its frozen tables."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import model_validator

from reco_core.models import fields, presets, settings_groups
from reco_core.models.factorisation import MF, MfSettings, read_tables
from reco_core.models.folding.net_user import fold_two_stages
from reco_core.models.neural import dense_names, dense_weights
from reco_core.models.output_scale import ACTIVATIONS, check_output, to_stars
from reco_core.models.scorers import Dense, Finish, NetScorer
from reco_core.models.spec import Arrays, ModelSpec, Settings, Shape, Stage
from reco_core.models.stages import stages_of
from reco_core.models.weights import Weight, count, tables

_EPSILON = 1e-3  # Keras's batch normalisation adds this to the variance

# The second stage's program knows nothing of what the first stage was trained with.
_FIRST: dict[str, Any] = {"flags": ("number",)}
TableEpochs = Annotated[
    int,
    fields.described(
        "Epochs of the tables", "Epochs of the first stage, the factorisation.", "Training", ge=1, le=2000, **_FIRST
    ),
]
TableRate = Annotated[
    float,
    fields.described(
        "Learning rate of the tables",
        "Learning rate of the factorisation.",
        "Training",
        log=True,
        ge=1e-6,
        le=10,
        **_FIRST,
    ),
]
TableL2 = Annotated[
    float,
    fields.described(
        "L2 of the tables",
        "Weight of the squared vectors in the factorisation.",
        "Penalties",
        log=True,
        ge=0,
        le=10,
        **_FIRST,
    ),
]
UnitNorm = Annotated[
    bool,
    fields.described(
        "Unit-norm weights", "Constrains the incoming weights of every dense unit to length 1.", "Model", advanced=True
    ),
]


class _Blocks(settings_groups.Vectors):
    """The blocks over the frozen vectors."""

    dim: fields.Dim = 20
    layers: fields.Layers = (16, 4)
    dropout: fields.Dropout = 0.1
    unit_norm: UnitNorm = True
    output: fields.SigmoidOutput = "sigmoid"
    units: fields.BoundedUnits = "unit"


class _FirstStage(Settings):
    """The factorisation."""

    table_l2: TableL2 = 0.05
    table_epochs: TableEpochs = 12
    table_learning_rate: TableRate = 0.003


class DeepRegressorSettings(
    settings_groups.Training, _FirstStage, settings_groups.Penalties, settings_groups.Start, _Blocks
):
    """Settings of both stages: those of the factorisation alone begin with `table_`; l2 is that of the dense layers."""

    l2: fields.L2 = 0.0

    @model_validator(mode="after")
    def _output_fits(self) -> DeepRegressorSettings:
        check_output(self)
        return self


def table_settings(settings: DeepRegressorSettings) -> tuple[ModelSpec, MfSettings]:
    """The model and settings of the first stage."""
    same = ("dim", "init", "init_sd", "oov_row", "optimizer", "decay", "batch_size", "patience", "l2_on")
    share = settings.units == "share"
    return MF, MfSettings(
        **{name: getattr(settings, name) for name in same},
        units="share" if share else None,
        center=not share,
        epochs=settings.table_epochs,
        learning_rate=settings.table_learning_rate,
        l2=settings.table_l2,
    )


def stages(settings: DeepRegressorSettings) -> tuple[Stage, ...]:
    """The factorisation's stage, then the network's."""
    first = Stage("tables", settings.table_epochs, settings.table_learning_rate, "tables")
    later = stages_of(settings)
    return (first, *(Stage(s.name.replace("training", "network"), s.epochs, s.learning_rate, "network") for s in later))


def layout(settings: DeepRegressorSettings, shape: Shape) -> tuple[Weight, ...]:
    """Tables, and for each block four rows of batch normalisation, a kernel and a bias; then the output layer."""
    weights = list(tables(settings, shape.n_users, shape.n_items, settings.dim, settings.dim))
    width = 2 * settings.dim
    for n, (name, units) in enumerate(dense_names(settings.layers), start=1):
        if name != "prediction":
            weights += _norm_weights(f"norm_{n}", width)
        weights += dense_weights(name, width, units)
        width = units
    return tuple(weights)


def _norm_weights(name: str, width: int) -> list[Weight]:
    return [
        Weight(f"{name}_gamma", (width,), "ones"),
        Weight(f"{name}_beta", (width,)),
        Weight(f"{name}_moving_mean", (width,), part="state"),
        Weight(f"{name}_moving_variance", (width,), "ones", part="state"),
    ]


def build(settings: DeepRegressorSettings, shape: Shape) -> Any:
    """The second stage's Keras model, its tables frozen: [batch], [batch] -> stars [batch, 1]."""
    import keras

    from reco_core.models.keras_parts import Penalty, dense, dropout, finish, inputs, table

    weights = {weight.name: weight for weight in layout(settings, shape)}
    user, item = inputs()
    vectors = [
        table(weights[name], "l2", settings, trainable=False)(index)
        for name, index in (("user_vectors", user), ("item_vectors", item))
    ]
    x = keras.layers.Concatenate(name="join")(vectors)
    norm = {"kernel_constraint": keras.constraints.UnitNorm(axis=0)} if settings.unit_norm else {}
    for n, (name, _) in enumerate(dense_names(settings.layers)[:-1], start=1):
        x = keras.layers.BatchNormalization(name=f"norm_{n}", epsilon=_EPSILON)(x)
        x = dropout(x, settings.dropout, f"{name}_dropout")
        penalty = {"kernel_regularizer": Penalty("l2", settings.l2)} if settings.l2 else {}
        x = dense(weights, name, "relu", **norm, **penalty)(x)
    return keras.Model([user, item], finish(dense(weights, "prediction", "linear", **norm)(x), settings, shape))


def scorer(arrays: Arrays, shape: Shape, settings: DeepRegressorSettings) -> NetScorer:
    """The trained network in numpy: each batch normalisation is folded into the dense layer after it."""
    dense_layers = []
    for n, (name, _) in enumerate(dense_names(settings.layers), start=1):
        kernel, bias = arrays[f"{name}_kernel"], arrays[f"{name}_bias"]
        if name == "prediction":
            dense_layers.append(Dense(kernel, bias, ACTIVATIONS["linear"]))
        else:
            dense_layers.append(Dense(*_folded(arrays, f"norm_{n}", kernel, bias), ACTIVATIONS["relu"]))
    finish = Finish(ACTIVATIONS[settings.output], *to_stars(settings, shape))
    return NetScorer(read_tables(arrays, shape), tuple(dense_layers), finish)


def _folded(arrays: Arrays, norm: str, kernel: Any, bias: Any) -> tuple[Any, Any]:
    """Kernel and bias that do the normalisation too: gamma * (x - mean) / sqrt(variance + epsilon) + beta."""
    gamma, beta, mean, variance = (
        arrays[f"{norm}_{part}"].astype("float64") for part in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    factor = gamma / (variance + _EPSILON) ** 0.5
    folded = kernel * factor[:, None]
    return folded.astype("float32"), (bias + (beta - mean * factor) @ kernel).astype("float32")


DEEP_REGRESSOR = ModelSpec(
    name="deep_regressor",
    title="Two-stage deep regressor",
    family="two-stage",
    sentence="A factorisation learns the vectors; then a network with batch normalisation is trained on the frozen "
    "vectors.",
    equation=r"\begin{aligned} \hat r_{ui} &= s(w^\top h_L + c) \\ h_l &= \max(0, z_l) \\ "
    r"z_l &= W_l\,\mathrm{BN}(h_{l-1}) + a_l \\ h_0 &= [p_u; q_i] \end{aligned}",
    symbols=("predicted", "output", "layers", "before_relu", "batch_norm", "joined", "layer_weights"),
    reference="Ioffe, Szegedy: Batch normalization. ICML 2015; the tables as in Funk 2006.",
    settings=DeepRegressorSettings,
    scorer=scorer,
    parameters=lambda settings, shape: count(layout(settings, shape)),
    has_vectors=True,
    fold_in=fold_two_stages,
    build=build,
    stages=stages,
    layout=layout,
    before=table_settings,
    presets=presets.of("deep_regressor"),
)
SPECS = (DEEP_REGRESSOR,)
