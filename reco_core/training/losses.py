"""What is minimised, for each rating: (predicted stars, stars, scale) -> float32 [batch], in TensorFlow."""

from __future__ import annotations

from typing import Any


def _squared(predicted: Any, stars: Any, scale: Any) -> Any:
    import tensorflow as tf

    return tf.square(predicted - stars)


def _absolute(predicted: Any, stars: Any, scale: Any) -> Any:
    import tensorflow as tf

    return tf.abs(predicted - stars)


def _cross_entropy(predicted: Any, stars: Any, scale: Any) -> Any:
    """Binary cross-entropy of the rating's place on the scale, with probabilities kept 1e-6 off 0 and 1."""
    import tensorflow as tf

    place, truth = ((x - scale.min) / (scale.max - scale.min) for x in (predicted, stars))
    place = tf.clip_by_value(place, 1e-6, 1 - 1e-6)
    return -(truth * tf.math.log(place) + (1 - truth) * tf.math.log(1 - place))


LOSSES = {"mse": _squared, "mae": _absolute, "bce": _cross_entropy}
