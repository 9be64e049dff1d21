"""The vector and bias of one user in a model of dot products: ridge regression on the vectors of the rated items."""

from __future__ import annotations

import numpy as np

from reco_core.models.fitted import Fitted
from reco_core.models.folding.folded import Folded, mean_row
from reco_core.models.folding.user_solver import Problem, Raw, loss_of, solve
from reco_core.models.scorers import Finish
from reco_core.models.spec import Settings


def fold_dot(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """Ridge regression of the user's vector and bias on the vectors of the rated items."""
    scorer = model.scorer
    side = scorer.item_vectors, scorer.item_bias
    start = mean_row(model)
    vector, bias = ridge(model, model.settings, scorer.finish, side, (items, stars), start, caution=caution)
    return _scored(model, vector, bias)


def fold_svdpp(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
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
    return _scored(model, vector + fixed, bias + more)


def _scored(model: Fitted, vector: np.ndarray, bias: float | None) -> Folded:
    scorer, vector = model.scorer, vector.astype(np.float32)
    raw = scorer.item_vectors @ vector
    if bias is not None:
        raw = raw + scorer.item_bias + np.float32(bias)
    return Folded(scorer.finish(raw), vector, bias)


def ridge(
    model: Fitted,
    settings: Settings,
    finish: Finish,
    side: tuple[np.ndarray, np.ndarray | None],
    rated: tuple[np.ndarray, np.ndarray],
    start: tuple[np.ndarray, float | None],
    fixed: np.ndarray | None = None,
    caution: int = 0,
) -> tuple[np.ndarray, float | None]:
    """(vector float64 [dim], bias) of the least loss plus penalty, by the settings of a model of dot products.

    side: vectors and biases of all items; rated: item indices and stars; start: vector and bias at the start, to
    which `caution` draws (see fold_in); fixed: what is added to the vector.
    """
    (vectors, item_bias), (items, stars), (vector, bias) = side, rated, start
    biased, dim = item_bias is not None, vectors.shape[1]
    n, first = max(len(items), caution), np.append(vector, [bias] if biased else [])
    costs, towards = penalties(settings, n, model.n_train, dim, biased), first if caution else 0.0
    if fixed is not None:
        # l2 |p|^2 + s |p + f|^2 is (l2 + s) |p + s f / (l2 + s)|^2 and a constant.
        whole, towards = (
            n * settings.sum_l2,
            np.append(np.zeros(dim), first[dim:] if caution else np.zeros(int(biased))),
        )
        costs[:dim] += whole
        towards[:dim] = -whole * fixed / np.maximum(costs[:dim], 1e-300)
    problem = Problem(
        dot_raw(vectors[items], item_bias[items] if biased else None, fixed),
        loss_of(settings.loss, finish, model.shape.scale),
        costs,
        model.spec.nonnegative,
        towards,
    )
    theta = solve(problem, stars, first)
    return theta[:dim], float(theta[dim]) if biased else None


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
