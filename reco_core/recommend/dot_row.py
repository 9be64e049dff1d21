"""The vector and bias of one user in a model of dot products: ridge regression on the vectors of the rated items."""

from __future__ import annotations

import numpy as np

from reco_core.models.fitted import Fitted
from reco_core.models.scorers import BiasScorer, Finish
from reco_core.models.spec import Settings
from reco_core.recommend.user_solver import Problem, Raw, loss_of, solve


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

    side: vectors and biases of all items; rated: item indices and stars; start: vector and bias to begin with, to
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
        _positive(model),
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


def mean_row(model: Fitted) -> tuple[np.ndarray | None, float | None]:
    """(float32 [dim], bias) of an unknown user: the means over the users."""
    vectors, bias = model.scorer.user_vectors, model.scorer.user_bias
    if isinstance(model.scorer, BiasScorer):
        return None, 0.0
    return (
        None if vectors is None else vectors.mean(axis=0, dtype=np.float64).astype(np.float32),
        None if bias is None else float(bias.mean(dtype=np.float64)),
    )


def dot_raw(item_vectors: np.ndarray, item_bias: np.ndarray | None, fixed: np.ndarray | None = None) -> Raw:
    """Raw outputs q . (theta + fixed) + b_i (+ b_u, the last of theta, where there are biases) for some items."""
    q = item_vectors.astype(np.float64)
    shift = np.zeros(len(q)) if fixed is None else q @ fixed.astype(np.float64)
    slopes = q
    if item_bias is not None:
        shift, slopes = shift + item_bias, np.column_stack([q, np.ones(len(q))])
    return lambda theta: (slopes @ theta + shift, slopes)


def _positive(model: Fitted) -> bool:
    """Whether the model keeps the numbers of its user vectors at 0 or above."""
    layout = model.spec.layout(model.settings, model.shape) if model.spec.layout else ()
    return any(weight.positive for weight in layout if weight.name == "user_vectors")
