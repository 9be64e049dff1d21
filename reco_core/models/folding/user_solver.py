"""The numbers of one user, found from a few ratings while everything else in the model stands still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reco_core.encode import RatingScale
from reco_core.models.output_scale import SLOPES
from reco_core.models.scorers import Finish

MOST_STEPS = 60
LEAST_FALL, LEAST_DAMPING = 1e-12, 1e-4
_SMALL = 1e-3  # stars: below this an absolute error is rounded off, so that it has a slope everywhere

# theta [m] -> (raw outputs float64 [n], their slopes in theta float64 [n, m])
Raw = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
# (raw outputs [n], stars [n]) -> (sum of the loss, its slope [n], its curvature [n] >= 0)
Loss = Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray, np.ndarray]]

# Value, gradient [m] and Gauss-Newton curvature [m, m] of a problem at some theta.
Point = tuple[float, np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Problem:
    """Minimise sum of loss(raw(theta), stars) + penalties . (theta - towards)^2, with theta >= 0 where `positive`."""

    raw: Raw
    loss: Loss
    penalties: np.ndarray
    positive: bool = False
    towards: np.ndarray | float = 0.0

    def at(self, theta: np.ndarray, stars: np.ndarray) -> Point:
        """Value, gradient [m] and Gauss-Newton curvature [m, m] at theta."""
        x, slopes = self.raw(theta)
        value, slope, curvature = self.loss(x, stars)
        away = theta - self.towards
        gradient = slopes.T @ slope + 2 * self.penalties * away
        matrix = (slopes.T * curvature) @ slopes
        matrix[np.diag_indices_from(matrix)] += 2 * self.penalties
        return value + float(self.penalties @ away**2), gradient, matrix


def loss_of(name: str, finish: Finish, scale: RatingScale) -> Loss:
    """The training loss ("mse", "mae" or "bce") of one user's ratings, as a function of the raw outputs.

    mse: (y - r)^2, mae: |y - r|, both with y = scale * activation(x) + offset; bce: the cross-entropy of the rating's
    place on the scale, with a sigmoid. The curvature is that of Gauss and Newton (mae: of its reweighted squares).
    """

    def missed(x: np.ndarray, stars: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return finish.scale * finish.activation(x) + finish.offset - stars, finish.scale * SLOPES[finish.activation](x)

    def squared(x: np.ndarray, stars: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        error, rise = missed(x, stars)
        return float(error @ error), 2 * error * rise, 2 * rise**2

    def absolute(x: np.ndarray, stars: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        error, rise = missed(x, stars)
        size = np.sqrt(error**2 + _SMALL**2)
        return float(size.sum()), error / size * rise, rise**2 / size

    def cross_entropy(x: np.ndarray, stars: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        share, place = scale.to_unit(stars), finish.activation(x)
        return float((np.logaddexp(0, x) - share * x).sum()), place - share, place * (1 - place)

    return {"mse": squared, "mae": absolute, "bce": cross_entropy}[name]


def solve(problem: Problem, stars: np.ndarray, start: np.ndarray, most_steps: int = MOST_STEPS) -> np.ndarray:
    """theta of the least value that the steps from `start` lead to, float64 [m].

    Levenberg and Marquardt (1963): each step solves the ridge regression of the linearised problem, with a damping that
    grows until the value falls and shrinks once it does. It begins at 0: where the raw outputs are linear in theta and
    the loss is squared, the first step is the exact ridge solution. Directions that neither the ratings nor a penalty
    say anything of keep their start.
    """
    theta, damping = np.array(start, dtype=np.float64), 0.0
    value, gradient, matrix = problem.at(theta, stars)
    for _ in range(most_steps):
        step, new, damping = _falling_step(problem, stars, theta, (value, gradient, matrix), damping)
        if new is None:
            break
        fell, theta, (value, gradient, matrix) = value - new[0], theta + step, new
        if fell <= LEAST_FALL * (1 + abs(value)):
            break
        damping = damping / 4 if damping > LEAST_DAMPING else 0.0
    return theta


def _falling_step(
    problem: Problem, stars: np.ndarray, theta: np.ndarray, at: Point, damping: float
) -> tuple[np.ndarray, Point | None, float]:
    """(step, the problem after it, the damping with which the value falls); no problem where no step is left."""
    value, gradient, matrix = at
    ridge = np.eye(len(theta)) * (np.trace(matrix) / max(len(theta), 1))
    while True:
        step = (_bounded_step if problem.positive else _step)(matrix + damping * ridge, gradient, theta)
        if not np.abs(step).max(initial=0) > 1e-12 * (1 + np.abs(theta).max(initial=0)):  # also where it is no number
            return step, None, damping
        new = problem.at(theta + step, stars)
        if new[0] <= value:
            return step, new, damping
        damping = max(4 * damping, LEAST_DAMPING)


def _step(matrix: np.ndarray, gradient: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """-matrix^-1 gradient; where the matrix is singular, the shortest such step."""
    try:
        corner = np.diagonal(np.linalg.cholesky(matrix))
        if corner.min() > 1e-7 * corner.max():
            return -np.linalg.solve(matrix, gradient)
    except np.linalg.LinAlgError:
        pass
    return -np.linalg.lstsq(matrix, gradient, rcond=1e-12)[0]


def _bounded_step(matrix: np.ndarray, gradient: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """The step to the least of the quadratic model with theta >= 0."""
    return nonnegative(matrix, matrix @ theta - gradient) - theta


def nonnegative(matrix: np.ndarray, target: np.ndarray) -> np.ndarray:
    """x >= 0 with the least x' matrix x / 2 - target' x, by the active sets of Lawson and Hanson (1974): float64 [m].

    In their fast form on the normal equations (Bro, de Jong: A fast non-negativity-constrained least squares
    algorithm, 1997). The matrix must be symmetric and not negative; a trace of its size keeps it invertible.
    """
    m = len(target)
    matrix = matrix + np.eye(m) * (1e-13 * np.trace(matrix) / max(m, 1))
    x, free = np.zeros(m), np.zeros(m, dtype=bool)
    slack = 1e-12 * max(1.0, float(np.abs(target).max(initial=0)))
    for _ in range(3 * m + 10):
        rising = np.where(free, -np.inf, target - matrix @ x)
        if rising.max(initial=-np.inf) <= slack:
            break
        free[int(rising.argmax())] = True
        x = _within(matrix, target, x, free)
        free &= x > 0
    return x


def _within(matrix: np.ndarray, target: np.ndarray, x: np.ndarray, free: np.ndarray) -> np.ndarray:
    """The solution over the free entries, reached without any of them leaving x >= 0; those at 0 are fixed there."""
    free = free.copy()
    while True:
        wanted = np.zeros_like(x)
        wanted[free] = np.linalg.solve(matrix[np.ix_(free, free)], target[free])
        below = free & (wanted <= 0)
        if not below.any():
            return wanted
        share = np.min(x[below] / np.maximum(x[below] - wanted[below], 1e-300))
        x = np.where(free, x + share * (wanted - x), 0.0)
        free &= x > 1e-14
        x = np.where(free, x, 0.0)
