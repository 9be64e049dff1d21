"""Closed-form models: means, damped biases and popularity."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from reco_core.models import fields
from reco_core.models.fitted import Fitted
from reco_core.models.folding import Folded
from reco_core.models.reasons import by_biases
from reco_core.models.scorers import BiasScorer
from reco_core.models.spec import Arrays, ModelSpec, Settings, Shape

Damping = Annotated[
    float,
    fields.described(
        "Damping",
        "Pseudo-ratings at the mean added to each user's or item's own, so that a few ratings count little.",
        "Model",
        ge=0,
        le=1000,
        allow_inf_nan=False,
    ),
]


class NoSettings(Settings):
    """A model with nothing to choose."""


class BiasSettings(Settings):
    """Settings of the damped biases."""

    item_damping: Damping = 5.0
    user_damping: Damping = 5.0


def fit_global_mean(
    user_index: np.ndarray, item_index: np.ndarray, rating: np.ndarray, shape: Shape, settings: Settings
) -> Arrays:
    """No biases at all: every rating is the mean."""
    return _arrays(np.zeros(shape.n_users), np.zeros(shape.n_items), rating.mean(dtype=np.float64))


def fit_user_mean(
    user_index: np.ndarray, item_index: np.ndarray, rating: np.ndarray, shape: Shape, settings: Settings
) -> Arrays:
    """Each user's mean; the mean of all ratings for a user without one."""
    mean = rating.mean(dtype=np.float64)
    return _arrays(_damped(user_index, rating - mean, shape.n_users, 0.0), np.zeros(shape.n_items), mean)


def fit_item_mean(
    user_index: np.ndarray, item_index: np.ndarray, rating: np.ndarray, shape: Shape, settings: Settings
) -> Arrays:
    """Each item's mean; the mean of all ratings for an item without one."""
    mean = rating.mean(dtype=np.float64)
    return _arrays(np.zeros(shape.n_users), _damped(item_index, rating - mean, shape.n_items, 0.0), mean)


def fit_bias(
    user_index: np.ndarray, item_index: np.ndarray, rating: np.ndarray, shape: Shape, settings: BiasSettings
) -> Arrays:
    """b_i = sum(r - mu) / (damping + n_i), then b_u = sum(r - mu - b_i) / (damping + n_u) (Koren 2010, section 2.1)."""
    mean = rating.mean(dtype=np.float64)
    item_bias = _damped(item_index, rating - mean, shape.n_items, settings.item_damping)
    user_bias = _damped(user_index, rating - mean - item_bias[item_index], shape.n_users, settings.user_damping)
    return _arrays(user_bias, item_bias, mean)


def fit_popularity(
    user_index: np.ndarray, item_index: np.ndarray, rating: np.ndarray, shape: Shape, settings: Settings
) -> Arrays:
    """The number of ratings of each item."""
    return _arrays(np.zeros(shape.n_users), np.bincount(item_index, minlength=shape.n_items), 0.0)


def _damped(index: np.ndarray, values: np.ndarray, n: int, damping: float) -> np.ndarray:
    """sum / (damping + count) of the values at each index, float64 [n]; 0 where there is none."""
    total = np.bincount(index, weights=values, minlength=n)
    number = np.bincount(index, minlength=n) + damping
    return np.divide(total, number, out=np.zeros(n), where=number > 0)


def _arrays(user_bias: np.ndarray, item_bias: np.ndarray, offset: float) -> Arrays:
    return {
        "user_bias": user_bias.astype(np.float32),
        "item_bias": item_bias.astype(np.float32),
        "offset": np.array([offset], dtype=np.float32),
    }


def bias_scorer(arrays: Arrays, shape: Shape, settings: Settings) -> BiasScorer:
    """The fitted model in numpy; an unknown id has bias 0: nothing is known of it but the mean."""
    user_bias, item_bias = (np.append(arrays[name], np.float32(0)) for name in ("user_bias", "item_bias"))
    return BiasScorer(user_bias, item_bias, float(arrays["offset"][0]))


def fold_user_mean(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """The mean of the visitor's stars, for every item."""
    return _with_bias(model, float(stars.mean()) - float(model.arrays["offset"][0]))


def fold_bias(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """b_u = sum(r - mu - b_i) / (damping + n_u), as in the fit; the items' biases stay."""
    above = stars - float(model.arrays["offset"][0]) - model.scorer.item_bias[items]
    return _with_bias(model, float(above.sum() / (model.settings.user_damping + len(items))))


def _with_bias(model: Fitted, bias: float) -> Folded:
    score = model.arrays["offset"][0] + np.float32(bias) + model.scorer.item_bias
    return Folded(score.astype(np.float32), None, bias)


def _spec(name: str, settings: type[Settings], fit: object, parameters: object, **text: object) -> ModelSpec:
    return ModelSpec(
        name=name,
        family="baseline",
        settings=settings,
        scorer=bias_scorer,
        parameters=parameters,
        fit=fit,
        personal=False,
        explain=by_biases,
        **text,
    )


GLOBAL_MEAN = _spec(
    "global_mean",
    NoSettings,
    fit_global_mean,
    lambda settings, shape: 1,
    title="Global mean",
    sentence="Every prediction is the mean of all training ratings.",
    equation=r"\hat r_{ui} = \mu",
    symbols=("predicted", "mean"),
    reference="The minimum that any model must beat.",
)
USER_MEAN = _spec(
    "user_mean",
    NoSettings,
    fit_user_mean,
    lambda settings, shape: 1 + shape.n_users,
    fold_in=fold_user_mean,
    title="User mean",
    sentence="Every prediction is the user's own mean rating.",
    equation=r"\hat r_{ui} = \bar r_u",
    symbols=("predicted", "user_mean"),
    reference="The mean of the user's training ratings.",
)
ITEM_MEAN = _spec(
    "item_mean",
    NoSettings,
    fit_item_mean,
    lambda settings, shape: 1 + shape.n_items,
    title="Item mean",
    sentence="Every prediction is the item's mean rating.",
    equation=r"\hat r_{ui} = \bar r_i",
    symbols=("predicted", "item_mean"),
    reference="The mean of the item's training ratings.",
)
BIAS = _spec(
    "bias",
    BiasSettings,
    fit_bias,
    lambda settings, shape: 1 + shape.n_users + shape.n_items,
    fold_in=fold_bias,
    title="Damped biases",
    sentence="The global mean plus an item bias and a user bias, both damped.",
    equation=r"\begin{aligned} \hat r_{ui} &= \mu + b_u + b_i \\ "
    r"b_i &= \frac{\sum_u (r_{ui} - \mu)}{\lambda_i + n_i} \\ "
    r"b_u &= \frac{\sum_i (r_{ui} - \mu - b_i)}{\lambda_u + n_u} \end{aligned}",
    symbols=("predicted", "rating", "mean", "user_bias", "item_bias", "damping", "counts"),
    reference="Koren: Factor in the neighbors. ACM Transactions on Knowledge Discovery from Data 4(1), 2010.",
)
POPULARITY = _spec(
    "popularity",
    NoSettings,
    fit_popularity,
    lambda settings, shape: shape.n_items,
    title="Popularity",
    sentence="Items ranked by their number of ratings; it predicts no stars.",
    equation=r"s_{ui} = n_i",
    symbols=("score", "item_count"),
    reference="Cremonesi, Koren, Turrin: Performance of recommender algorithms on top-N recommendation tasks. "
    "RecSys 2010 (its TopPop).",
    predicts_stars=False,
)
SPECS = (GLOBAL_MEAN, USER_MEAN, ITEM_MEAN, BIAS, POPULARITY)
