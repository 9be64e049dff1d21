"""The vector of one user in a model that ranks, found from liked and disliked items while the items stand still."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from reco_core.models.fitted import Fitted
from reco_core.models.folding.folded import Folded, unknown
from reco_core.models.implicit_feedback import opinions

_MOST_PAIRS = 400_000
_MOST_STEPS = 40
# Pairs, and rated items, that are worked on at a time: what fits a processor's cache, and a product above 1e-151.
_BLOCK, _MOST_ROWS = 60_000, 500


def fold_bpr(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """The vector that ranks what the user liked before the rest and that before what was disliked, by BPR's loss."""
    return _ranked(model, "bpr", items, stars, False)


def fold_towers(model: Fitted, items: np.ndarray, stars: np.ndarray, caution: int) -> Folded:
    """The same by the softmax of two towers: what the user's tower gives is what is solved for."""
    return _ranked(model, "softmax", items, stars, model.settings.normalise)


def _ranked(model: Fitted, loss: str, items: np.ndarray, stars: np.ndarray, unit: bool) -> Folded:
    scorer, weights = model.scorer, opinions(stars, model.shape.scale, model.settings)
    if not (weights > 0).any():
        return unknown(model)
    vector = pair_vector(loss, scorer.item_vectors, scorer.item_bias, items, weights, model.settings.l2, unit)
    score = scorer.item_vectors @ vector.astype(np.float32)
    if scorer.item_bias is not None:
        score = score + scorer.item_bias
    return Folded(score.astype(np.float32), vector.astype(np.float32))


def pair_vector(
    loss: str,
    item_vectors: np.ndarray,
    item_bias: np.ndarray | None,
    rated: np.ndarray,
    weights: np.ndarray,
    l2: float,
    unit: bool,
) -> np.ndarray:
    """The vector p with the least loss, float64 [dim]; s_i = q_i . p + b_i; rated int64 [n], with weights w [n].

    A rated item with w_i > 0 is liked, with w_i < 0 disliked; N are the items that are not rated.

    bpr: sum over liked i of w_i times the mean over j in N of log(1 + exp(s_j - s_i)), plus the same of the disliked
    with |w_i| and s_i - s_j, plus sum |w| l2 |p|^2. Where all are liked with weight 1: the mean of what training sees
    of this user when it draws its unrated items evenly.
    softmax: sum over liked i of w_i (log(e^s_i + sum over j in N of e^s_j) - s_i), plus the same of the disliked with
    |w_i| and -s in place of s, plus sum |w| l2 |p|^2: what the softmax over a batch stands for once the items' shares
    are taken off; a disliked item is to be first where the order is turned round.
    unit: |p| = 1, and no penalty. Where items are many, evenly spaced unrated ones stand for all.
    """
    q = item_vectors.astype(np.float64)
    bias = np.zeros(len(q)) if item_bias is None else item_bias.astype(np.float64)
    others = np.setdiff1d(np.arange(len(q)), rated)
    counted = weights != 0
    rated, weights = rated[counted], weights[counted].astype(np.float64)
    most = max(200, _MOST_PAIRS // len(rated))
    if len(others) > most:
        others = others[np.linspace(0, len(others) - 1, most).astype(np.int64)]
    weight = 0.0 if unit else float(np.abs(weights).sum()) * l2

    def over(some: np.ndarray) -> Value:
        return _VALUES[loss](q[rated], bias[rated], weights, q[some], bias[some])

    if unit:
        start = weights @ q[rated]
        return _on_the_sphere(over(others), start / max(float(np.linalg.norm(start)), 1e-12))
    # A part of the others leads near the end for a part of the price.
    start = _descend(over(others[::8]), np.zeros(q.shape[1]), weight)
    return _descend(over(others), start, weight)


# (p, whether the curvature is wanted) -> (value, gradient [dim], curvature [dim, dim] or None)
Value = Callable[[np.ndarray, bool], tuple[float, np.ndarray, np.ndarray | None]]


def _bpr(q: np.ndarray, b: np.ndarray, weights: np.ndarray, others: np.ndarray, other_b: np.ndarray) -> Value:
    share, step = 1 / max(len(others), 1), min(_MOST_ROWS, max(1, _BLOCK // max(len(others), 1)))
    # Rows of one weight together, so that a sum of their logs is the log of one product.
    parts = [
        (weight, same[first : first + step])
        for weight in np.unique(weights)
        for same in [np.flatnonzero(weights == weight)]
        for first in range(0, len(same), step)
    ]

    def at(p: np.ndarray, curved: bool) -> tuple[float, np.ndarray, np.ndarray | None]:
        own, other = q @ p + b, others @ p + other_b
        value, wrong_own, curve_own = 0.0, np.empty(len(q)), np.empty(len(q))
        wrong_other, curve_other = np.zeros((2, len(others)))
        mixed = np.zeros((len(p), len(others)))
        for weight, rows in parts:
            gap = np.sign(weight) * (other[None, :] - own[rows, None])
            wrong = 0.5 * (np.tanh(0.5 * gap) + 1)
            wrong_own[rows] = weight * wrong.sum(axis=1)
            wrong_other += weight * wrong.sum(axis=0)
            # log(1 + e^x) = max(x, 0) - log(the sigmoid of |x|), and a sum of logs is the log of a product
            logs = np.log(np.maximum(wrong, 1 - wrong).prod(axis=0)).sum()
            value += abs(weight) * float(np.maximum(gap, 0).sum() - logs)
            if curved:
                curve = abs(weight) * wrong * (1 - wrong)
                curve_own[rows], curve_other = curve.sum(axis=1), curve_other + curve.sum(axis=0)
                mixed += q[rows].T @ curve
        gradient = share * (wrong_other @ others - wrong_own @ q)
        if not curved:
            return share * value, gradient, None
        across = mixed @ others
        matrix = (others.T * curve_other) @ others + (q.T * curve_own) @ q - across - across.T
        return share * value, gradient, share * matrix

    return at


def _softmax(q: np.ndarray, b: np.ndarray, weights: np.ndarray, others: np.ndarray, other_b: np.ndarray) -> Value:
    """The liked as they are, and the disliked with all signs turned round."""
    values = [
        _one_sided(sign * q[rows], sign * b[rows], np.abs(weights[rows]), sign * others, sign * other_b)
        for sign in (1.0, -1.0)
        for rows in [np.flatnonzero(sign * weights > 0)]
        if len(rows)
    ]
    return values[0] if len(values) == 1 else partial(_added, values)


def _added(values: list[Value], p: np.ndarray, curved: bool) -> tuple[float, np.ndarray, np.ndarray | None]:
    found = [value(p, curved) for value in values]
    return sum(one[0] for one in found), sum(one[1] for one in found), sum(one[2] for one in found) if curved else None


def _one_sided(q: np.ndarray, b: np.ndarray, weights: np.ndarray, others: np.ndarray, other_b: np.ndarray) -> Value:
    def at(p: np.ndarray, curved: bool) -> tuple[float, np.ndarray, np.ndarray | None]:
        own, other = q @ p + b, others @ p + other_b
        top = max(own.max(), other.max(initial=-np.inf))
        rest = np.exp(other - top)
        total = rest.sum()
        one = np.exp(own - top)
        alone, among = one / (one + total), 1 / (one + total)  # share of the rated item; what the others' are times
        mean = rest @ others
        gradient = (weights * (alone - 1)) @ q + (weights @ among) * mean
        value = float(weights @ (np.log(one + total) + top - own))
        if not curved:
            return value, gradient, None
        inner = (others.T * rest) @ others
        matrix = (q.T * (weights * alone)) @ q + (weights @ among) * inner
        expected = alone[:, None] * q + among[:, None] * mean
        return value, gradient, matrix - (expected.T * weights) @ expected

    return at


_VALUES = {"bpr": _bpr, "softmax": _softmax}


def _descend(value: Value, p: np.ndarray, weight: float) -> np.ndarray:
    """Newton's steps with halving; the loss is convex, so they end at its least value."""
    ridge = np.eye(len(p)) * (2 * weight)
    cost = lambda at, point: at[0] + weight * float(point @ point)  # noqa: E731
    now = value(p, True)
    for _ in range(_MOST_STEPS):
        gradient = now[1] + 2 * weight * p
        step = -np.linalg.solve(now[2] + ridge + np.eye(len(p)) * 1e-9, gradient)
        if -(gradient @ step) < 1e-10 * (1 + abs(now[0])):  # what is left to be won; this step leaves far less
            return p + step
        share, tried = 1.0, value(p + step, True)
        while cost(tried, p + share * step) > cost(now, p) and share > 1e-4:
            share /= 2
            tried = value(p + share * step, True)
        p, now = p + share * step, tried
    return p


def _on_the_sphere(value: Value, p: np.ndarray) -> np.ndarray:
    """Gradient steps along the sphere of length 1, each halved until the loss falls and doubled after it did."""
    now, rate = value(p, False), 1.0
    for _ in range(_MOST_STEPS):
        along = now[1] - (now[1] @ p) * p
        size = float(np.linalg.norm(along))
        if size < 1e-9:
            break
        while rate > 1e-8:
            turned = p - rate * along / size
            turned /= np.linalg.norm(turned)
            tried = value(turned, False)
            if tried[0] < now[0]:
                break
            rate /= 2
        else:
            break
        p, now, rate = turned, tried, 2 * rate
    return p
