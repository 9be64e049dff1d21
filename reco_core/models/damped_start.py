"""Biases to begin with: damped means, so that a model that has learned nothing yet predicts what damped biases do."""

from __future__ import annotations

import numpy as np

from reco_core.models.output_scale import ACTIVATIONS, SLOPES, to_stars
from reco_core.models.spec import Arrays, Settings, Shape

DAMPING, ROUNDS = 5.0, 3
_EDGE = 0.02  # a mean this close to an end of the scale has no place on a sigmoid


def with_damped_biases(
    arrays: Arrays, settings: Settings, shape: Shape, rows: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> Arrays:
    """The arrays, with damped means in their bias tables where the settings ask for them (`bias_init=damped`).

    rows: users, items, stars that are trained on. Users and items are taken in turn, ROUNDS times: a bias moves by
    sum(s'(x) (r - s(x))) - DAMPING s'(m)^2 b over sum(s'(x)^2) + DAMPING s'(m)^2, a Gauss-Newton step towards the
    least squared error of s(m + b_u + b_i) with as many pseudo-ratings at the mean; m gives the mean of the stars. With
    a linear output the first round is Koren's b_i and b_u (2010, section 2.1). What m leaves to the model is part of
    every user's bias.
    """
    if getattr(settings, "bias_init", None) != "damped":
        return arrays
    users, items, stars = rows
    scale, offset = to_stars(settings, shape)
    truth = (stars.astype(np.float64) - offset) / scale
    output, slope = ACTIVATIONS[settings.output], SLOPES[ACTIVATIONS[settings.output]]
    middle = _middle(settings.output, float(truth.mean()))
    prior = DAMPING * float(slope(np.float64(middle))) ** 2
    biases = {"user_bias": np.zeros(shape.n_users), "item_bias": np.zeros(shape.n_items)}
    for _ in range(ROUNDS):
        for name, index in (("item_bias", items), ("user_bias", users)):
            raw = middle + biases["user_bias"][users] + biases["item_bias"][items]
            rises, bias = slope(raw), biases[name]
            down = np.bincount(index, rises * (truth - output(raw)), len(bias)) - prior * bias
            biases[name] = bias + down / (np.bincount(index, rises**2, len(bias)) + prior)
    biases["user_bias"] += middle
    return arrays | {name: _table(arrays[name], bias) for name, bias in biases.items()}


def _middle(output: str, mean: float) -> float:
    """The raw output that gives the mean."""
    if output != "sigmoid":
        return mean
    share = min(max(mean, _EDGE), 1 - _EDGE)
    return float(np.log(share / (1 - share)))


def _table(table: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """The bias as a table of one column; a last row for unknown ids holds the mean."""
    return np.append(bias, np.full(len(table) - len(bias), bias.mean())).astype(np.float32)[:, None]
