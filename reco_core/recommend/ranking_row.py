"""The vector of one user in a model that ranks, found from the items the user liked while the items stand still."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_MOST_PAIRS = 400_000
_MOST_STEPS = 40
# Pairs, and liked items, that are worked on at a time: what fits a processor's cache, and a product above 1e-151.
_BLOCK, _MOST_ROWS = 60_000, 500


def pair_vector(
    loss: str, item_vectors: np.ndarray, item_bias: np.ndarray | None, liked: np.ndarray, l2: float, unit: bool
) -> np.ndarray:
    """The vector p with the least loss, float64 [dim]; s_i = q_i . p + b_i, R the liked items (int64 [n], n > 0).

    bpr: sum over i in R of the mean over j not in R of log(1 + exp(s_j - s_i)), plus n l2 |p|^2: the mean of what
    training sees of this user when it draws its unrated items evenly.
    softmax: sum over i in R of log(e^s_i + sum over j not in R of e^s_j) - s_i, plus n l2 |p|^2: what the softmax over
    a batch stands for once the items' shares are taken off.
    unit: |p| = 1, and no penalty. Where items are many, evenly spaced unrated ones stand for all.
    """
    q = item_vectors.astype(np.float64)
    bias = np.zeros(len(q)) if item_bias is None else item_bias.astype(np.float64)
    others = np.setdiff1d(np.arange(len(q)), liked)
    most = max(200, _MOST_PAIRS // len(liked))
    if len(others) > most:
        others = others[np.linspace(0, len(others) - 1, most).astype(np.int64)]
    weight = 0.0 if unit else len(liked) * l2

    def over(some: np.ndarray) -> Value:
        return _VALUES[loss](q[liked], bias[liked], q[some], bias[some])

    if unit:
        start = q[liked].mean(axis=0)
        return _on_the_sphere(over(others), start / max(float(np.linalg.norm(start)), 1e-12))
    # A part of the others leads near the end for a part of the price.
    start = _descend(over(others[::8]), np.zeros(q.shape[1]), weight)
    return _descend(over(others), start, weight)


# (p, whether the curvature is wanted) -> (value, gradient [dim], curvature [dim, dim] or None)
Value = Callable[[np.ndarray, bool], tuple[float, np.ndarray, np.ndarray | None]]


def _bpr(q: np.ndarray, b: np.ndarray, others: np.ndarray, other_b: np.ndarray) -> Value:
    share, step = 1 / max(len(others), 1), min(_MOST_ROWS, max(1, _BLOCK // max(len(others), 1)))

    def at(p: np.ndarray, curved: bool) -> tuple[float, np.ndarray, np.ndarray | None]:
        own, other = q @ p + b, others @ p + other_b
        value, wrong_liked, curve_liked = 0.0, np.empty(len(q)), np.empty(len(q))
        wrong_other, curve_other = np.zeros((2, len(others)))
        mixed = np.zeros((len(p), len(others)))
        for first in range(0, len(q), step):
            rows = slice(first, first + step)
            gap = other[None, :] - own[rows, None]
            wrong = 0.5 * (np.tanh(0.5 * gap) + 1)
            wrong_liked[rows], wrong_other = wrong.sum(axis=1), wrong_other + wrong.sum(axis=0)
            # log(1 + e^x) = max(x, 0) - log(the sigmoid of |x|), and a sum of logs is the log of a product
            value += float(np.maximum(gap, 0).sum() - np.log(np.maximum(wrong, 1 - wrong).prod(axis=0)).sum())
            if curved:
                curve = wrong * (1 - wrong)
                curve_liked[rows], curve_other = curve.sum(axis=1), curve_other + curve.sum(axis=0)
                mixed += q[rows].T @ curve
        gradient = share * (wrong_other @ others - wrong_liked @ q)
        if not curved:
            return share * value, gradient, None
        across = mixed @ others
        matrix = (others.T * curve_other) @ others + (q.T * curve_liked) @ q - across - across.T
        return share * value, gradient, share * matrix

    return at


def _softmax(q: np.ndarray, b: np.ndarray, others: np.ndarray, other_b: np.ndarray) -> Value:
    def at(p: np.ndarray, curved: bool) -> tuple[float, np.ndarray, np.ndarray | None]:
        own, other = q @ p + b, others @ p + other_b
        top = max(own.max(), other.max(initial=-np.inf))
        rest = np.exp(other - top)
        total = rest.sum()
        one = np.exp(own - top)
        alone, among = one / (one + total), 1 / (one + total)  # share of the liked item; what the others' are times
        mean = rest @ others
        gradient = alone @ q + among.sum() * mean - q.sum(axis=0)
        value = float((np.log(one + total) + top - own).sum())
        if not curved:
            return value, gradient, None
        inner = (others.T * rest) @ others
        matrix = (q.T * alone) @ q + among.sum() * inner
        expected = alone[:, None] * q + among[:, None] * mean
        return value, gradient, matrix - expected.T @ expected

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
