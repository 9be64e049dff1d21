"""A user who was not in the training, from a few ratings and without training: folding in.

The item side and every network stay as they are; only the user's own numbers are found, by the objective that the model
was trained with. docs/recommending.md has the equations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from reco_core.errors import SettingsError, UnknownIdError
from reco_core.models.fitted import Fitted
from reco_core.models.implicit_feedback import are_positive
from reco_core.models.output_scale import ACTIVATIONS, to_stars
from reco_core.models.scorers import BiasScorer, Finish, NetScorer
from reco_core.recommend.dot_row import mean_row, penalties, ridge
from reco_core.recommend.net_row import net_raw, net_scores
from reco_core.recommend.ranking_row import pair_vector
from reco_core.recommend.user_solver import Problem, loss_of, solve

NET_STEPS = 20
# Of 0, 20 and 50 the one that validation rows of ML-100K favour from 5 to 15 ratings; docs/recommending.md has figures.
CAUTION = 50


@dataclass(frozen=True, eq=False)
class Folded:
    """What a model says of a user who was folded in.

    score: float32 [n_items], in stars (not clipped) where the model predicts stars. vector float32 [dim] and bias (in
    the units of the model's raw output) stand where a known user has a row of user_vectors and of user_bias; None
    where the model has none.
    """

    score: np.ndarray
    vector: np.ndarray | None = None
    bias: float | None = None


def fold_in(
    model: Fitted, item_index: Sequence[int] | np.ndarray, stars: Sequence[float] | np.ndarray, caution: int = 0
) -> Folded:
    """Scores of all items, and where there are any vector and bias, of a new user with these ratings.

    caution 0: the objective is the training's. Above 0, for models of stars that have rows of users: the penalty on
    rows is that of `caution` ratings at least, and draws to the mean row instead of to 0. So a few ratings move the
    list away from that of an unknown user little by little; from `caution` ratings on only the mean row differs.
    Without ratings: the model's answer for an unknown user, which is the mean of the users seen in training (of a
    model without rows of users: no score above another). Raises UnknownIdError for an item outside the model,
    SettingsError for a rating outside the scale or an item rated twice.
    """
    items, stars = checked(model, item_index, stars)
    if len(items) == 0:
        return _unknown(model)
    for applies, method in _METHODS:
        if applies(model):
            return method(model, items, stars, caution)
    raise SettingsError(f"Recommendations for a new user need a model that can take one in; {model.spec.name} cannot.")


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
        raise SettingsError(f"A rating must be from {scale.min:g} to {scale.max:g} stars; got {wrong[0]:g}.")
    if len(np.unique(items)) < len(items):
        twice = int(np.flatnonzero(np.bincount(items) > 1)[0])
        raise SettingsError(f"Each item can be rated once; item_index {twice} was rated more than once.")
    return items, stars


def _unknown(model: Fitted) -> Folded:
    score = model.scorer.score_all(np.array([-1], dtype=np.int32))[0].astype(np.float32)
    vector, bias = mean_row(model)
    return Folded(score, vector, bias)


def _dot(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """Ridge regression of the user's vector and bias on the vectors of the rated items."""
    scorer = model.scorer
    side = scorer.item_vectors, scorer.item_bias
    start = mean_row(model)
    vector, bias = ridge(model, model.settings, scorer.finish, side, (items, stars), start, caution=caution)
    return _dot_scores(model, vector, bias)


def _dot_scores(model: Fitted, vector: np.ndarray, bias: float | None) -> Folded:
    scorer, vector = model.scorer, vector.astype(np.float32)
    raw = scorer.item_vectors @ vector
    if bias is not None:
        raw = raw + scorer.item_bias + np.float32(bias)
    return Folded(scorer.finish(raw), vector, bias)


def _implied(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """Ridge regression of the user's own vector and bias beside the part that the ratings imply.

    What the model reads of a user's age and the like is not known of a new one: the mean over all users stands for it.
    """
    scorer, arrays = model.scorer, model.arrays
    fixed, more = scorer.implied(items, stars).astype(np.float64), 0.0
    if "user_features_kernel" in arrays:
        features = arrays["context_user_features"].mean(axis=0)
        fixed += features @ arrays["user_features_kernel"]
        more = float((features @ arrays["user_features_bias_kernel"])[0])
    side = scorer.item_vectors, scorer.item_bias + np.float32(more)
    start = np.zeros_like(fixed), mean_row(model)[1] - more
    vector, bias = ridge(model, model.settings, scorer.finish, side, (items, stars), start, fixed, caution)
    return _dot_scores(model, vector + fixed, bias + more)


def _two_stages(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """The vector as the first stage finds it, by its ridge regression; the network then reads it."""
    _, settings = model.spec.before(model.settings)
    finish = Finish(ACTIVATIONS[settings.output], *to_stars(settings, model.shape))
    start = mean_row(model)[0], None
    side = model.scorer.item_vectors, None
    vector, _ = ridge(model, settings, finish, side, (items, stars), start, caution=caution)
    return Folded(net_scores(model.scorer, vector, None), vector.astype(np.float32))


def _net(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """A few damped Gauss-Newton steps on the user's row, from the mean row; slopes through the dense layers by hand."""
    scorer, (vector, bias) = model.scorer, mean_row(model)
    biased = bias is not None
    start = np.append(vector, [bias] if biased else [])
    problem = Problem(
        net_raw(scorer, items),
        loss_of(model.settings.loss, scorer.finish, model.shape.scale),
        penalties(model.settings, max(len(items), caution), model.n_train, len(vector), biased),
        towards=start if caution else 0.0,
    )
    theta = solve(problem, stars, start, NET_STEPS)
    vector, bias = theta[: len(vector)], float(theta[-1]) if biased else None
    return Folded(net_scores(scorer, vector, bias), vector.astype(np.float32), bias)


def _baseline(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """The baseline's own formula for the user's bias; the item side stays."""
    scorer, settings = model.scorer, model.settings
    offset = float(model.arrays["offset"][0])
    bias = 0.0
    if model.spec.name == "user_mean":
        bias = float((stars - offset).mean())
    elif model.spec.name == "bias":
        bias = float((stars - offset - scorer.item_bias[items]).sum() / (settings.user_damping + len(items)))
    score = np.float32(offset) + np.float32(bias) + scorer.item_bias
    return Folded(score.astype(np.float32), None, bias)


def _hook(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """The closed form of a ranking model, which knows how to take a user in; ratings that are no like do not count."""
    scorer = model.scorer
    vector = scorer.vector_from(items, stars) if hasattr(scorer, "vector_from") else None
    return Folded(np.asarray(scorer.scores_from(items, stars), dtype=np.float32), vector)


def _ranked(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """The vector that ranks what the user liked before the rest, by the loss of the training; else the popular."""
    scorer, settings = model.scorer, model.settings
    liked = items[are_positive(stars, settings)]
    if len(liked) == 0:
        return Folded(_unknown(model).score)
    unit = bool(getattr(settings, "normalise", False))
    vector = pair_vector(model.spec.pairs, scorer.item_vectors, scorer.item_bias, liked, settings.l2, unit)
    score = scorer.item_vectors @ vector.astype(np.float32)
    if scorer.item_bias is not None:
        score = score + scorer.item_bias
    return Folded(score.astype(np.float32), vector.astype(np.float32))


def _ensemble(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """The weighted mean of what the members say, of ranking models once their scores have mean 0 and deviation 1."""
    total = np.zeros(model.shape.n_items, dtype=np.float64)
    for member, weight in model.members:
        score = fold_in(member, items, stars, caution).score.astype(np.float64)
        if not model.spec.predicts_stars:
            score = (score - score.mean()) / (score.std() or 1.0)
        total += weight * score
    return Folded(total.astype(np.float32))


_METHODS: tuple[tuple[Callable[[Fitted], bool], Callable[[Fitted, np.ndarray, np.ndarray, int], Folded]], ...] = (
    (lambda model: bool(model.members), _ensemble),
    (lambda model: hasattr(model.scorer, "scores_from"), _hook),
    (lambda model: isinstance(model.scorer, BiasScorer), _baseline),
    (lambda model: isinstance(model.scorer, NetScorer) and model.spec.before is not None, _two_stages),
    (lambda model: isinstance(model.scorer, NetScorer), _net),
    (lambda model: hasattr(model.scorer, "implied"), _implied),
    (lambda model: model.spec.pairs is not None, _ranked),
    (lambda model: model.spec.predicts_stars and hasattr(model.scorer, "finish"), _dot),
)
