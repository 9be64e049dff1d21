"""People as silhouettes, drawn into several pictures."""

from __future__ import annotations

from reco_core.posters.canvas import Canvas, Point
from reco_core.posters.palettes import Colour

_COAT = ((-0.11, 0), (-0.15, -0.42), (-0.17, -0.68), (-0.12, -0.76), (0.12, -0.76), (0.17, -0.68), (0.15, -0.42))
_LEGS = ((0.11, 0), (0.02, 0), (0, -0.25), (-0.02, 0))
_BRIM = ((-0.2, 0.5), (-0.25, 0.1), (-0.23, -0.12), (-0.58, -0.12), (-0.52, -0.2), (-0.3, -0.25), (-0.24, -0.62))
_HEAD = (
    *_BRIM,
    (0.0, -0.56),
    (0.24, -0.62),
    (0.3, -0.25),
    (0.52, -0.2),
    (0.58, -0.12),
    (0.23, -0.12),
    (0.25, 0.1),
    (0.2, 0.5),
)
_LIMBS = (
    (((0, -0.22), (-0.05, 0.08)), 0.15),
    (((-0.05, 0.06), (0.14, 0.2), (0.06, 0.42)), 0.085),
    (((-0.05, 0.06), (-0.16, 0.24), (-0.4, 0.22)), 0.085),
    (((0, -0.22), (-0.2, -0.1), (-0.28, 0.06)), 0.065),
    (((0, -0.22), (0.18, -0.08), (0.32, -0.2)), 0.065),
)


def person(c: Canvas, foot: Point, height: float, colour: Colour, hat: bool = False) -> None:
    """Someone in a long coat who stands with the feet at a point."""
    x, y = foot
    c.shape(foot, height, _COAT + _LEGS, colour)
    c.disc(x, y - height * 0.885, height * 0.098, colour)
    if hat:
        c.rect(x - height * 0.17, y - height * 0.95, x + height * 0.17, y - height * 0.92, colour)
        c.rect(x - height * 0.09, y - height * 1.03, x + height * 0.09, y - height * 0.93, colour)


def man_with_hat(c: Canvas, middle: Point, size: float, colour: Colour) -> None:
    """Head and shoulders of a man with a hat, down to the lower edge."""
    x, y = middle
    shoulders = [(-0.85, None), (-0.75, 0.75), (-0.2, 0.42), (0.2, 0.42), (0.75, 0.75), (0.85, None)]
    c.polygon([(x + dx * size, c.height if dy is None else y + dy * size) for dx, dy in shoulders], colour)
    c.shape((x, y), size, _HEAD, colour)


def runner(c: Canvas, middle: Point, height: float, side: int, colour: Colour) -> None:
    """Someone who runs to one side: -1 left, 1 right."""
    for points, width in _LIMBS:
        placed = [(middle[0] + side * x * height, middle[1] + y * height) for x, y in points]
        c.line(placed, colour, width * height)
        for point in placed:
            c.disc(*point, width * height / 2, colour)
    c.disc(middle[0] + side * 0.05 * height, middle[1] - 0.38 * height, 0.09 * height, colour)
