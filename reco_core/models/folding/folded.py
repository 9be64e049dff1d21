"""What a model says of one user, trained or folded in; `ModelSpec.fold_in` gives it, model by model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reco_core.errors import SettingsError, UnknownIdError
from reco_core.models.fitted import Fitted
from reco_core.stars_text import number, stars_word


@dataclass(frozen=True, eq=False)
class Folded:
    """What a model says of a user.

    score: float32 [n_items], in stars (not clipped) where the model predicts stars. vector float32 [dim] and bias (in
    the units of the model's raw output) stand where a known user has a row of user_vectors and of user_bias; None
    where the model has none. known: whether anything of the user is in the score, which else is anybody's.
    """

    score: np.ndarray
    vector: np.ndarray | None = None
    bias: float | None = None
    known: bool = True


def fold_in(
    model: Fitted,
    item_index: Sequence[int] | np.ndarray,
    stars: Sequence[float] | np.ndarray,
    caution: int = 0,
    near: Folded | None = None,
) -> Folded:
    """Scores of all items, and where there are any vector and bias, of a new user with these ratings.

    The item side and every network stay as they are; only the user's own numbers are found, by the objective that the
    model was trained with (docs/recommending.md has the equations). Models that rank count a rating by what it says:
    liked or disliked (`opinions`).

    caution 0: the objective is the training's. Above 0, for models of stars that have rows of users: the penalty on
    rows is that of `caution` ratings at least, and draws to the mean row instead of to 0. So a few ratings move the
    list away from that of an unknown user little by little; from `caution` ratings on only the mean row differs.
    Without ratings, and by a model that takes nobody in: the answer for an unknown user, which is the mean of the users
    seen in training. near: what was found for almost the same ratings, from where a model that takes steps begins.
    Raises UnknownIdError for an item outside the model, SettingsError for a rating outside the scale
    or an item rated twice.
    """
    items, stars = checked(model, item_index, stars)
    if len(items) == 0 or model.spec.fold_in is None:
        return unknown(model)
    if near is not None and model.spec.fold_near is not None:
        return model.spec.fold_near(model, items, stars, caution, near)
    return model.spec.fold_in(model, items, stars, caution)


def checked(
    model: Fitted, item_index: Sequence[int] | np.ndarray, stars: Sequence[float] | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(int64 [n], float64 [n]) of ratings that can be folded in; raises as fold_in does."""
    items, stars = np.asarray(item_index, dtype=np.int64), np.asarray(stars, dtype=np.float64)
    if items.ndim != 1 or items.shape != stars.shape:
        raise ValueError(f"item_index and stars must be [n] alike; got {list(items.shape)} and {list(stars.shape)}")
    n_items, scale = model.shape.n_items, model.shape.scale
    outside = items[(items < 0) | (items >= n_items)]
    if len(outside):
        raise UnknownIdError(f"item_index must be from 0 to {n_items - 1}; got {outside[0]}.")
    wrong = stars[~((stars >= scale.min) & (stars <= scale.max))]
    if len(wrong):
        ends = f"from {number(scale, scale.min)} to {number(scale, scale.max)} {stars_word(scale)}"
        raise SettingsError(f"A rating must be {ends}; got {wrong[0]:.12g}.")
    if len(np.unique(items)) < len(items):
        twice = int(np.flatnonzero(np.bincount(items) > 1)[0])
        raise SettingsError(f"Each item can be rated once; item_index {twice} was rated more than once.")
    return items, stars


def unknown(model: Fitted) -> Folded:
    """What the model says of somebody of whom nothing is known."""
    score = model.scorer.score_all(np.array([-1], dtype=np.int32))[0].astype(np.float32)
    row = (None, None) if model.scorer.user_vectors is None else mean_row(model)
    return Folded(score, *row, known=False)


def trained(model: Fitted, user_index: int) -> Folded:
    """What the model says of a user of the training."""
    scorer, row = model.scorer, np.array([user_index], dtype=np.int32)
    return Folded(
        np.asarray(scorer.score_all(row)[0], dtype=np.float32),
        None if scorer.user_vectors is None else scorer.user_vectors[user_index],
        None if scorer.user_bias is None else float(scorer.user_bias[user_index]),
    )


def mean_row(model: Fitted) -> tuple[np.ndarray, float | None]:
    """(float32 [dim], bias) of an unknown user of a model with vectors: the means over the users."""
    vectors, bias = model.scorer.user_vectors, model.scorer.user_bias
    mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    return mean, None if bias is None else float(bias.mean(dtype=np.float64))
