"""Lines of hills and mountains, and stars: what several pictures share."""

from __future__ import annotations

import math
from random import Random

from reco_core.posters.canvas import Canvas, Point
from reco_core.posters.palettes import Colour


def wave_line(y: float, height: float, length: float, rng: Random) -> list[Point]:
    """Gentle waves about y from edge to edge."""
    a, b = rng.random() * 6.3, rng.random() * 6.3
    return [
        (x / 24, y - height * (0.7 * math.sin(a + x / 24 * 6.3 / length) + 0.3 * math.sin(b + x / 24 * 15)))
        for x in range(25)
    ]


def jagged_line(y: float, height: float, n: int, rng: Random) -> list[Point]:
    """The line of a mountain range of about n / 2 peaks, from edge to edge."""
    inner = [((i + 0.3 * rng.random()) / n, y - height * (rng.random() if i % 2 else 0.0)) for i in range(1, n)]
    return [(0.0, y), *inner, (1.0, y - height * 0.3)]


def hill_line(x: float, foot: float, height: float, width: float) -> list[Point]:
    """One round hill with its top at x, from edge to edge."""
    return [(i / 24, foot - height * math.exp(-(((i / 24 - x) / width) ** 2))) for i in range(25)]


def stars(c: Canvas, colour: Colour, below: float, count: int, rng: Random) -> None:
    """Stars of different sizes and strengths, down to a height."""
    for _ in range(count):
        size, strength = 0.0015 + 0.0055 * rng.random() ** 4, 90 + int(160 * rng.random())
        c.disc(rng.random(), below * rng.random(), size, (*colour, strength))
