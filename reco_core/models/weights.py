"""The weights of a model by name, known from sizes alone: shapes, count, and first values from a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np

from reco_core.models.spec import Arrays

# What divides a truncated normal's deviation so that, cut at two deviations, it keeps the one asked for.
_TRUNCATED_SD = 0.87962566103423978


@dataclass(frozen=True)
class Weight:
    """One weight: its name in a run's arrays, its shape, and how its first values are drawn.

    part: "table", "bias" (a table of one column), "network" or "state" (an average that is kept, not learned).
    """

    name: str
    shape: tuple[int, ...]
    init: str = "zeros"
    sd: float = 0.05
    part: str = "network"
    positive: bool = False


def count(layout: tuple[Weight, ...]) -> int:
    """Number of weights, learned or not."""
    return sum(prod(weight.shape) for weight in layout)


def initial(layout: tuple[Weight, ...], rng: np.random.Generator) -> Arrays:
    """First values of every weight, float32."""
    return {weight.name: draw(weight, rng) for weight in layout}


def draw(weight: Weight, rng: np.random.Generator) -> np.ndarray:
    """First values of one weight, float32; the fans of He and Glorot are the rows and columns, as Keras has them."""
    values = _DRAWS[weight.init](weight, rng).astype(np.float32, copy=False)
    return np.abs(values) if weight.positive else values


def _truncated(rng: np.random.Generator, shape: tuple[int, ...], sd: float) -> np.ndarray:
    """Normal values redrawn until all are within two deviations, with deviation `sd` in the end."""
    values = rng.standard_normal(shape)
    far = np.abs(values) > 2
    while far.any():
        values[far] = rng.standard_normal(int(far.sum()))
        far = np.abs(values) > 2
    return values * (sd / _TRUNCATED_SD)


def _glorot_limit(shape: tuple[int, ...]) -> float:
    return (6.0 / (shape[0] + shape[-1])) ** 0.5


_DRAWS: dict[str, Callable[[Weight, np.random.Generator], np.ndarray]] = {
    "zeros": lambda weight, rng: np.zeros(weight.shape),
    "ones": lambda weight, rng: np.ones(weight.shape),
    "uniform": lambda weight, rng: rng.uniform(-0.05, 0.05, weight.shape),
    "normal": lambda weight, rng: rng.standard_normal(weight.shape, np.float32) * np.float32(weight.sd),
    "he_normal": lambda weight, rng: _truncated(rng, weight.shape, (2.0 / weight.shape[0]) ** 0.5),
    "glorot_uniform": lambda weight, rng: rng.uniform(-1, 1, weight.shape) * _glorot_limit(weight.shape),
    "glorot_normal": lambda weight, rng: _truncated(
        rng, weight.shape, (2.0 / (weight.shape[0] + weight.shape[-1])) ** 0.5
    ),
}


def tables(
    settings: object, n_users: int, n_items: int, user_dim: int, item_dim: int, positive: bool = False
) -> tuple[Weight, ...]:
    """The layout of both embedding tables; `oov_row` adds a row to each."""
    more = int(settings.oov_row)
    return tuple(
        Weight(name, (rows + more, dim), settings.init, settings.init_sd, "table", positive)
        for name, rows, dim in (("user_vectors", n_users, user_dim), ("item_vectors", n_items, item_dim))
    )


def biases(settings: object, n_users: int, n_items: int) -> tuple[Weight, ...]:
    """The layout of both bias tables."""
    more = int(settings.oov_row)
    init = settings.init if settings.bias_init == "init" else "zeros"
    return tuple(
        Weight(name, (rows + more, 1), init, settings.init_sd, "bias")
        for name, rows in (("user_bias", n_users), ("item_bias", n_items))
    )


def with_unseen_rows(arrays: Arrays, layout: tuple[Weight, ...], seen: dict[str, np.ndarray]) -> Arrays:
    """The arrays with every table row that no training rating touched set to the mean of the rows seen.

    seen: "user" and "item" -> bool [n]. Rows beyond n (the one for unknown ids) count as not seen.
    """
    filled = dict(arrays)
    for weight in layout:
        if weight.part in ("table", "bias"):
            known = seen[weight.name.partition("_")[0]]
            table = np.array(arrays[weight.name])
            mask = np.zeros(len(table), dtype=bool)
            mask[: len(known)] = known
            if not mask.all():
                table[~mask] = table[mask].mean(axis=0, dtype=np.float64)
            filled[weight.name] = table
    return filled
