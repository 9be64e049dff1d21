"""Models with random weights, to fold users into, and the objective of one user, written anew."""

from __future__ import annotations

import numpy as np

from reco_core.encode import RatingScale
from reco_core.models import get_model
from reco_core.models.fitted import Fitted
from reco_core.models.spec import Shape
from reco_core.models.weights import initial

SCALE = RatingScale(1, 5, 1)
DOTS = ("mf", "mf_bias", "mf_bce", "mf_nonneg")
NETS = ("neural", "neural_bias", "neural_wide", "deep_mlp", "deep_regressor")


def fitted(
    name: str,
    seed: int = 0,
    n_users: int = 30,
    n_items: int = 50,
    size: float = 0.4,
    scale: RatingScale = SCALE,
    **values,
) -> Fitted:
    """A model whose vectors and biases are random numbers of about `size`, as if it had been trained."""
    spec = get_model(name)
    given = {"dim": 6, "init_sd": size, "bias_init": "init"} | values
    settings = spec.parse({key: value for key, value in given.items() if key in spec.settings.model_fields})
    shape = Shape(n_users, n_items, scale, 3.5)
    arrays = initial(spec.layout(settings, shape), np.random.default_rng(seed))
    for key, array in arrays.items():
        if key.endswith("_bias") and array.ndim == 1:  # of dense layers, which begin at 0
            arrays[key] = np.random.default_rng([seed, 1]).normal(0, 0.2, array.shape).astype(np.float32)
    return Fitted.of(spec, settings, shape, arrays, n_train=1_000)


def some_ratings(model: Fitted, n: int = 10, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """n random items and whole stars for them."""
    rng = np.random.default_rng(seed)
    items = rng.choice(model.shape.n_items, n, replace=False)
    return items, rng.integers(1, 6, n).astype(np.float64)


def objective(
    model: Fitted,
    items: np.ndarray,
    stars: np.ndarray,
    theta: np.ndarray,
    n: int = 0,
    towards: np.ndarray | float = 0.0,
) -> float:
    """Loss plus penalty of one user in training, summed over the ratings: theta is vector, then bias.

    The penalty is that of n ratings at least, on what theta differs from `towards`.
    """
    scorer, settings = model.scorer, model.settings
    dim = scorer.item_vectors.shape[1]
    x = scorer.item_vectors[items].astype(np.float64) @ theta[:dim]
    n, away = max(n, len(items)), theta - towards
    cost = n * settings.l2 * (away[:dim] ** 2).sum()
    if scorer.item_bias is not None:
        x = x + scorer.item_bias[items] + theta[dim]
        cost += n * settings.bias_l2 * away[dim] ** 2
    if settings.loss == "bce":
        place, share = 1 / (1 + np.exp(-x)), (stars - 1) / 4
        return float(cost - (share * np.log(place) + (1 - share) * np.log(1 - place)).sum())
    if settings.output == "sigmoid":
        y = 1 + 4 / (1 + np.exp(-x))
    else:
        y = np.maximum(x, 0) if settings.output == "relu" else x + (3.5 if getattr(settings, "center", False) else 0)
    error = y - stars
    return float(cost + (error**2 if settings.loss == "mse" else np.abs(error)).sum())
