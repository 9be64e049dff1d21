"""A network's output for one user, and how it changes with each number of the user's row, in numpy by hand."""

from __future__ import annotations

import numpy as np

from reco_core.models.fitted import Fitted
from reco_core.models.folding.dot_user import penalties, ridge
from reco_core.models.folding.folded import Folded, mean_row
from reco_core.models.folding.user_solver import Problem, Raw, loss_of, solve
from reco_core.models.output_scale import ACTIVATIONS, SLOPES, to_stars
from reco_core.models.scorers import Finish, NetScorer

NET_STEPS = 20


def fold_net(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int, near: Folded | None = None) -> Folded:
    """A few damped Gauss-Newton steps on the user's row, from the mean row or the one of `near`.

    The slopes go through the dense layers by hand.
    """
    scorer, (vector, bias) = model.scorer, mean_row(model)
    biased = bias is not None
    mean = np.append(vector, [bias] if biased else [])
    start = mean if near is None else np.append(near.vector, [near.bias] if biased else [])
    problem = Problem(
        net_raw(scorer, items),
        loss_of(model.settings.loss, scorer.finish, model.shape.scale),
        penalties(model.settings, max(len(items), caution), model.n_train, len(vector), biased),
        towards=mean if caution else 0.0,
    )
    theta = solve(problem, stars, start, NET_STEPS)
    vector, bias = theta[: len(vector)], float(theta[-1]) if biased else None
    return Folded(net_scores(scorer, vector, bias), vector.astype(np.float32), bias)


def fold_two_stages(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """The vector as the first stage finds it, by its ridge regression; the network then reads it."""
    _, settings = model.spec.before(model.settings)
    finish = Finish(ACTIVATIONS[settings.output], *to_stars(settings, model.shape))
    start = mean_row(model)[0], None
    side = model.scorer.item_vectors, None
    vector, _ = ridge(model, settings, finish, side, (items, stars), start, caution=caution)
    return Folded(net_scores(model.scorer, vector, None), vector.astype(np.float32))


def net_raw(scorer: NetScorer, item_index: np.ndarray) -> Raw:
    """(raw outputs [n], slopes [n, dim (+ 1)]) of these items as a function of theta = (vector, bias).

    Forward: z_1 = [p; q] K_1 + a_1, h_l = f_l(z_l), z_l+1 = h_l K_l+1 + a_l+1. Backward, from the output:
    D_L = f_L'(z_L), D_l = (D_l+1 K_l+1') f_l'(z_l), and the slope in p is D_1 times the user's rows of K_1, transposed.
    """
    first, *rest = [
        (layer.kernel.astype(np.float64), layer.bias.astype(np.float64), layer.activation) for layer in scorer.layers
    ]
    dim = scorer.user_vectors.shape[1]
    of_user, of_items = first[0][:dim], scorer.item_vectors[item_index].astype(np.float64) @ first[0][dim:] + first[1]
    item_bias = None if scorer.item_bias is None else scorer.item_bias[item_index].astype(np.float64)

    def raw(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        z = [theta[:dim] @ of_user + of_items]
        h = first[2](z[0])
        for kernel, bias, activation in rest:
            z.append(h @ kernel + bias)
            h = activation(z[-1])
        back = SLOPES[(rest[-1] if rest else first)[2]](z[-1])
        for (kernel, _, _), (_, _, before), inputs in zip(
            reversed(rest), reversed([first, *rest[:-1]]), reversed(z[:-1]), strict=True
        ):
            back = (back @ kernel.T) * SLOPES[before](inputs)
        slopes = back @ of_user.T
        if item_bias is None:
            return h[:, 0], slopes
        return h[:, 0] + item_bias + theta[dim], np.column_stack([slopes, np.ones(len(slopes))])

    return raw


def net_scores(scorer: NetScorer, vector: np.ndarray, bias: float | None) -> np.ndarray:
    """Scores of all items for a user with this row, as the scorer gives them: float32 [n_items]."""
    dim = scorer.user_vectors.shape[1]
    kernel = scorer.layers[0].kernel
    x = scorer.item_part + vector.astype(np.float32) @ kernel[:dim] + scorer.layers[0].bias
    x = scorer.layers[0].activation(x)
    for layer in scorer.layers[1:]:
        x = layer(x)
    raw = x[:, 0] if bias is None else x[:, 0] + scorer.item_bias + np.float32(bias)
    return scorer.finish(raw)
