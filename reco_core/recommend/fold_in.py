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
from reco_core.models.output import ACTIVATIONS, to_stars
from reco_core.models.scorers import BiasScorer, Finish, NetScorer
from reco_core.models.spec import Settings
from reco_core.recommend.net_row import net_raw, net_scores
from reco_core.recommend.user_row import Problem, Raw, loss_of, solve

NET_STEPS = 20


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


def fold_in(model: Fitted, item_index: Sequence[int] | np.ndarray, stars: Sequence[float] | np.ndarray) -> Folded:
    """Scores of all items, and where there are any vector and bias, of a new user with these ratings.

    Without ratings: the model's answer for an unknown user, which is the mean of the users seen in training (of a
    model without rows of users: no score above another). Raises UnknownIdError for an item outside the model,
    SettingsError for a rating outside the scale or an item rated twice.
    """
    items, stars = checked(model, item_index, stars)
    if len(items) == 0:
        return _unknown(model)
    for applies, method in _METHODS:
        if applies(model):
            return method(model, items, stars)
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


def penalties(settings: Settings, n: int, n_train: int, dim: int, biased: bool) -> np.ndarray:
    """What theta = (vector, bias) costs per square, beside a sum of the loss over n ratings: float64 [dim (+ 1)].

    Penalties on rows are paid once per rating: n * l2. Penalties on whole tables are paid in every batch, so that
    one pass over n_train ratings makes n_train * l2 of them.
    """
    times = n
    if getattr(settings, "l2_on", "rows") == "table":
        if n_train < 1:
            raise ValueError("a penalty on whole tables needs the number of training ratings (Fitted.n_train)")
        times = n_train
    of_vector = np.full(dim, float(getattr(settings, "l2", 0.0)))
    return times * np.append(of_vector, [float(getattr(settings, "bias_l2", 0.0))] if biased else [])


def dot_raw(item_vectors: np.ndarray, item_bias: np.ndarray | None, fixed: np.ndarray | None = None) -> Raw:
    """Raw outputs q . (theta + fixed) + b_i (+ b_u, the last of theta, where there are biases) for some items."""
    q = item_vectors.astype(np.float64)
    shift = np.zeros(len(q)) if fixed is None else q @ fixed.astype(np.float64)
    slopes = q
    if item_bias is not None:
        shift, slopes = shift + item_bias, np.column_stack([q, np.ones(len(q))])
    return lambda theta: (slopes @ theta + shift, slopes)


def _unknown(model: Fitted) -> Folded:
    score = model.scorer.score_all(np.array([-1], dtype=np.int32))[0].astype(np.float32)
    vector, bias = mean_row(model)
    return Folded(score, vector, bias)


def mean_row(model: Fitted) -> tuple[np.ndarray | None, float | None]:
    """(float32 [dim], bias) of an unknown user: the means over the users."""
    vectors, bias = model.scorer.user_vectors, model.scorer.user_bias
    if isinstance(model.scorer, BiasScorer):
        return None, 0.0
    return (
        None if vectors is None else vectors.mean(axis=0, dtype=np.float64).astype(np.float32),
        None if bias is None else float(bias.mean(dtype=np.float64)),
    )


def _dot(model: Fitted, items: np.ndarray, stars: np.ndarray) -> Folded:
    """Ridge regression of the user's vector and bias on the vectors of the rated items."""
    scorer = model.scorer
    fixed = scorer.implied(items).astype(np.float64) if hasattr(scorer, "implied") else None
    rated = scorer.item_vectors, scorer.item_bias
    vector, bias = mean_row(model)
    if fixed is not None:
        vector = np.zeros_like(fixed)
    vector, bias = _ridge(model, model.settings, scorer.finish, rated, (items, stars), (vector, bias), fixed)
    vector = (vector if fixed is None else vector + fixed).astype(np.float32)
    raw = scorer.item_vectors @ vector
    if bias is not None:
        raw = raw + scorer.item_bias + np.float32(bias)
    return Folded(scorer.finish(raw), vector, bias)


def _two_stages(model: Fitted, items: np.ndarray, stars: np.ndarray) -> Folded:
    """The vector as the first stage finds it, by its ridge regression; the network then reads it."""
    _, settings = model.spec.before(model.settings)
    finish = Finish(ACTIVATIONS[settings.output], *to_stars(settings, model.shape))
    start = mean_row(model)[0], None
    vector, _ = _ridge(model, settings, finish, (model.scorer.item_vectors, None), (items, stars), start)
    return Folded(net_scores(model.scorer, vector, None), vector.astype(np.float32))


def _ridge(
    model: Fitted,
    settings: Settings,
    finish: Finish,
    side: tuple[np.ndarray, np.ndarray | None],
    rated: tuple[np.ndarray, np.ndarray],
    start: tuple[np.ndarray, float | None],
    fixed: np.ndarray | None = None,
) -> tuple[np.ndarray, float | None]:
    """(vector float64 [dim], bias) of the least loss plus penalty, by the settings of a model of dot products.

    side: vectors and biases of all items; rated: item indices and stars; start: vector and bias to begin with.
    """
    (vectors, item_bias), (items, stars), (vector, bias) = side, rated, start
    biased, dim = item_bias is not None, vectors.shape[1]
    problem = Problem(
        dot_raw(vectors[items], item_bias[items] if biased else None, fixed),
        loss_of(settings.loss, finish, model.shape.scale),
        penalties(settings, len(items), model.n_train, dim, biased),
        _positive(model),
    )
    theta = solve(problem, stars, np.append(vector, [bias] if biased else []))
    return theta[:dim], float(theta[dim]) if biased else None


def _positive(model: Fitted) -> bool:
    """Whether the model keeps the numbers of its user vectors at 0 or above."""
    layout = model.spec.layout(model.settings, model.shape) if model.spec.layout else ()
    return any(weight.positive for weight in layout if weight.name == "user_vectors")


def _net(model: Fitted, items: np.ndarray, stars: np.ndarray) -> Folded:
    """A few damped Gauss-Newton steps on the user's row, from the mean row; slopes through the dense layers by hand."""
    scorer, (vector, bias) = model.scorer, mean_row(model)
    biased = bias is not None
    problem = Problem(
        net_raw(scorer, items),
        loss_of(model.settings.loss, scorer.finish, model.shape.scale),
        penalties(model.settings, len(items), model.n_train, len(vector), biased),
    )
    theta = solve(problem, stars, np.append(vector, [bias] if biased else []), NET_STEPS)
    vector, bias = theta[: len(vector)], float(theta[-1]) if biased else None
    return Folded(net_scores(scorer, vector, bias), vector.astype(np.float32), bias)


def _baseline(model: Fitted, items: np.ndarray, stars: np.ndarray) -> Folded:
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


def _hook(model: Fitted, items: np.ndarray, stars: np.ndarray) -> Folded:
    """The closed form of a ranking model, which knows how to take a user in; ratings that are no like do not count."""
    scorer = model.scorer
    vector = scorer.vector_from(items, stars) if hasattr(scorer, "vector_from") else None
    return Folded(np.asarray(scorer.scores_from(items, stars), dtype=np.float32), vector)


_METHODS: tuple[tuple[Callable[[Fitted], bool], Callable[[Fitted, np.ndarray, np.ndarray], Folded]], ...] = (
    (lambda model: hasattr(model.scorer, "scores_from"), _hook),
    (lambda model: isinstance(model.scorer, BiasScorer), _baseline),
    (lambda model: isinstance(model.scorer, NetScorer) and model.spec.before is not None, _two_stages),
    (lambda model: isinstance(model.scorer, NetScorer), _net),
    (lambda model: model.spec.predicts_stars and hasattr(model.scorer, "finish"), _dot),
)
