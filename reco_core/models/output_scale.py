"""From a model's raw output to stars: the last activation, and the scale and offset after it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reco_core.models.spec import Settings, Shape


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), without overflow."""
    return 0.5 * (np.tanh(0.5 * x) + 1.0)


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda x: x,
    "sigmoid": sigmoid,
    "relu": lambda x: np.maximum(x, 0),
}
# How fast each activation rises at x, by the activation.
SLOPES: dict[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]] = {
    ACTIVATIONS["linear"]: np.ones_like,
    ACTIVATIONS["sigmoid"]: lambda x: sigmoid(x) * (1 - sigmoid(x)),
    ACTIVATIONS["relu"]: lambda x: (x > 0).astype(x.dtype),
}


def to_stars(settings: Settings, shape: Shape) -> tuple[float, float]:
    """(scale, offset): stars = scale * activated output + offset."""
    units = settings.units or ("unit" if settings.output == "sigmoid" else "stars")
    if units == "unit":
        return shape.scale.max - shape.scale.min, shape.scale.min
    if units == "share":
        return shape.scale.max, 0.0
    return 1.0, shape.mean if adds_mean(settings) else 0.0


def adds_mean(settings: Settings) -> bool:
    """Whether the mean training rating is added to a linear output in stars."""
    return bool(getattr(settings, "center", False) and settings.output == "linear" and is_in_stars(settings))


def is_in_stars(settings: Settings) -> bool:
    """Whether the raw output is in stars, whose size depends on the scale."""
    return (settings.units or ("unit" if settings.output == "sigmoid" else "stars")) == "stars"


def check_output(settings: Settings) -> None:
    """Raises ValueError, as a sentence, where output, units and loss do not go together."""
    if settings.output == "sigmoid" and settings.units == "stars":
        raise ValueError("output sigmoid needs units unit or share, because it gives 0 to 1; got stars.")
    bounded = settings.output == "sigmoid" and settings.units in (None, "unit")
    if settings.loss == "bce" and not bounded:
        raise ValueError(f"loss bce needs output sigmoid in units unit; got output {settings.output}.")
