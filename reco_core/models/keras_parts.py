"""Pieces of Keras models; keras is imported when a model is built, never when this module is."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from reco_core.models.output_scale import to_stars
from reco_core.models.spec import Settings, Shape
from reco_core.models.weights import Weight, draw


class Penalty:
    """l2 * sum of squares, whose strength is a variable: a new value needs no new trace.

    `setting` names the field of the settings that holds its strength.
    """

    def __init__(self, setting: str, value: float) -> None:
        import keras

        self.setting = setting
        self.strength = keras.Variable(value, trainable=False, name=setting)

    def __call__(self, x: Any) -> Any:
        from keras import ops

        return self.strength * ops.sum(ops.square(x))

    def get_config(self) -> dict[str, Any]:
        return {"setting": self.setting, "value": float(self.strength.numpy())}


def first_values(weight: Weight) -> Any:
    """A Keras initialiser that draws as `weights.draw` does, from the system's entropy."""
    return lambda shape, dtype=None: draw(weight, np.random.default_rng())


def inputs() -> tuple[Any, Any]:
    """The two inputs of every model: user_index and item_index, int32 [batch]."""
    import keras

    return tuple(keras.Input(shape=(), dtype="int32", name=name) for name in ("user_index", "item_index"))


def table(weight: Weight, setting: str, settings: Settings, constraint: Any = None, trainable: bool = True) -> Any:
    """An Embedding layer, with its l2 on the rows of the batch or on the whole table, as the settings say."""
    import keras

    strength = getattr(settings, setting, 0.0)
    on = "activity_regularizer" if getattr(settings, "l2_on", "rows") == "rows" else "embeddings_regularizer"
    penalty = {on: Penalty(setting, strength)} if strength and trainable else {}
    return keras.layers.Embedding(
        *weight.shape,
        name=weight.name,
        embeddings_initializer=first_values(weight),
        embeddings_constraint=constraint,
        trainable=trainable,
        **penalty,
    )


@cache
def _dot_layer() -> type:
    """Keras's Dot layer, which takes the rows as matrices of one row each, made eight times faster."""
    import keras

    class Dot(keras.layers.Dot):
        def call(self, inputs: list[Any]) -> Any:
            first, second = inputs
            return keras.ops.sum(first * second, axis=1, keepdims=True)

    return Dot


def dot(vectors: list[Any]) -> Any:
    """Dot product of each row pair: [batch, dim] x [batch, dim] -> [batch, 1]."""
    return _dot_layer()(axes=1, name="dot")(vectors)


def finish(raw: Any, settings: Settings, shape: Shape) -> Any:
    """The last activation and the rescaling to stars, each only where it does something."""
    import keras

    if settings.output != "linear":
        raw = keras.layers.Activation(settings.output, name=settings.output)(raw)
    scale, offset = to_stars(settings, shape)
    if (scale, offset) != (1.0, 0.0):
        raw = keras.layers.Rescaling(scale, offset, name="stars")(raw)
    return raw


def dense(weights: dict[str, Weight], name: str, activation: str, **more: Any) -> Any:
    """A Dense layer with the width and first values of its kernel in the layout."""
    import keras

    kernel = weights[f"{name}_kernel"]
    return keras.layers.Dense(
        kernel.shape[1], activation=activation, kernel_initializer=first_values(kernel), name=name, **more
    )


def dropout(x: Any, rate: float, name: str) -> Any:
    """Dropout where the rate is above 0; its seed is a variable that training sets."""
    import keras

    return keras.layers.Dropout(rate, name=name)(x) if rate else x
