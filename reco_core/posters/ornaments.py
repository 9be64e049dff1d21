"""Patterns for covers, sleeves and cards: each function fills a canvas in the colours of a palette."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from reco_core.posters.canvas import Canvas, Point, around
from reco_core.posters.palettes import Colour, Palette, mix

Ornament = Callable[[Canvas, Palette, Random], None]


def quarters(c: Canvas, p: Palette, rng: Random) -> None:
    """Tiles with a quarter of a disc in one of their corners."""
    c.rect(0, 0, 1, c.height, p.back)
    n = rng.choice((3, 4))
    side = 1 / n
    for row in range(math.ceil(c.height * n)):
        for column in range(n):
            x, y = column * side, row * side
            ground, shape = rng.sample((p.back, p.glow, p.accent, p.middle, p.dark), 2)
            c.rect(x, y, x + side, y + side, ground)
            corner = rng.randrange(4)
            at = (x + side * (corner in (1, 2)), y + side * (corner in (2, 3)))
            c.wedge(*at, side, corner * 90, corner * 90 + 90, shape)


def stripes(c: Canvas, p: Palette, rng: Random) -> None:
    """Broad diagonal stripes, a bright one among quiet ones."""
    colours = [p.back, mix(p.back, p.middle, 0.6), p.middle, mix(p.back, p.glow, 0.35)]
    slope, width = rng.choice((-1, 1)) * (0.5 + 0.5 * rng.random()), 0.1 + 0.06 * rng.random()
    n = math.ceil((1 + abs(slope) * c.height) / width) + 1
    bright = rng.randrange(n // 3, max(n * 2 // 3, n // 3 + 1))
    for k in range(n):
        x = k * width - (slope * c.height if slope > 0 else 0)
        colour = p.accent if k == bright else colours[k % len(colours)]
        shift = slope * c.height
        c.polygon([(x, 0), (x + width, 0), (x + width + shift, c.height), (x + shift, c.height)], colour)


def half_rings(c: Canvas, p: Palette, rng: Random) -> None:
    """A great sun of rings that stands on the lower edge or hangs from the upper one."""
    c.gradient(p.back, mix(p.back, p.glow, 0.5))
    y = rng.choice((0.0, c.height))
    x, r = 0.3 + 0.4 * rng.random(), max(c.height, 0.7) * (0.62 + 0.14 * rng.random())
    colours = (p.middle, p.glow, p.accent, p.paper, p.dark)
    for k, colour in enumerate(colours):
        c.disc(x, y, r * (1 - k / len(colours)), colour)


def scales(c: Canvas, p: Palette, rng: Random) -> None:
    """Rows of scallops, one over the other."""
    c.rect(0, 0, 1, c.height, p.dark)
    n = rng.choice((4, 5, 6))
    r = 0.5 / n
    turn = rng.randrange(4)
    shades = (p.back, p.middle, p.glow, p.accent)
    for row in range(math.ceil(c.height / r), -2, -1):
        for column in range(-1, n + 1):
            x, y = (2 * column + 1 + row % 2) * r, row * r
            for k, colour in enumerate((shades[(row + turn) % 4], p.paper, shades[(row + turn) % 4])):
                c.disc(x, y, r * (1 - 0.2 * k) * 1.02, colour)


def halftone(c: Canvas, p: Palette, rng: Random) -> None:
    """Dots that grow towards one corner."""
    ground, ink = (p.paper, p.back) if rng.random() < 0.5 else (p.dark, p.accent)
    c.rect(0, 0, 1, c.height, ground)
    n = rng.choice((9, 11, 13))
    step, corner = 1 / n, (rng.choice((0.0, 1.0)), rng.choice((0.0, c.height)))
    longest = math.hypot(1, c.height)
    for row in range(math.ceil(c.height / step) + 1):
        for column in range(n + 1):
            x, y = (column + 0.5 * (row % 2)) * step, row * step
            near = max(1 - math.hypot(x - corner[0], y - corner[1]) / longest, 0.0)
            c.disc(x, y, step * 0.62 * near**1.5, ink)


def blocks(c: Canvas, p: Palette, rng: Random) -> None:
    """Rectangles parted again and again, with lines between them."""
    c.rect(0, 0, 1, c.height, p.dark)
    colours = (p.paper, p.glow, p.accent, p.back, p.middle, p.paper)
    left = [(0.0, 0.0, 1.0, c.height, 4)]
    while left:
        x0, y0, x1, y1, depth = left.pop()
        width, height = x1 - x0, y1 - y0
        if depth and max(width, height) > 0.26:
            share = 0.3 + 0.4 * rng.random()
            if width > height:
                left += [(x0, y0, x0 + width * share, y1, depth - 1), (x0 + width * share, y0, x1, y1, depth - 1)]
            else:
                left += [(x0, y0, x1, y0 + height * share, depth - 1), (x0, y0 + height * share, x1, y1, depth - 1)]
        else:
            c.rect(x0 + 0.011, y0 + 0.011, x1 - 0.011, y1 - 0.011, rng.choice(colours))


def ripples(c: Canvas, p: Palette, rng: Random) -> None:
    """Rings around a point off the middle, from dark to light."""
    x, y = 0.2 + 0.6 * rng.random(), c.height * (0.2 + 0.6 * rng.random())
    c.rect(0, 0, 1, c.height, p.dark)
    n = rng.choice((7, 9, 12))
    reach = math.hypot(max(x, 1 - x), max(y, c.height - y))
    for k in range(n):
        share = k / (n - 1)
        c.disc(x, y, reach * (1 - k / n) ** 1.1, mix(mix(p.dark, p.back, min(2 * share, 1)), p.glow, share**2))
    c.disc(x, y, reach / n * 0.8, p.accent)


def layers(c: Canvas, p: Palette, rng: Random) -> None:
    """Waves that lie before each other, and a disc behind them."""
    c.gradient(p.glow, mix(p.glow, p.back, 0.4))
    c.disc(0.25 + 0.5 * rng.random(), c.height * (0.24 + 0.1 * rng.random()), 0.15, p.accent)
    n = rng.choice((4, 5, 6))
    for k in range(n):
        base, size = c.height * (0.38 + 0.62 * k / n), 0.03 + 0.06 * rng.random()
        phase, speed = rng.random() * 6.3, 2.5 + 4 * rng.random()
        line = [(x / 24, base + size * math.sin(phase + speed * x / 24)) for x in range(25)]
        c.below(line, mix(mix(p.glow, p.back, 0.5 + k / n / 2), p.dark, (k / (n - 1)) ** 1.4))


def beams(c: Canvas, p: Palette, rng: Random) -> None:
    """Beams from a point near an edge."""
    x, y = rng.choice((0.0, 0.5, 1.0)), rng.choice((0.0, c.height, c.height * 0.5))
    n = rng.choice((18, 24, 30))
    c.rect(0, 0, 1, c.height, p.back)
    for k in range(n):
        if k % 2:
            c.wedge(x, y, 2.2, k * 360 / n, (k + 1) * 360 / n, mix(p.back, p.glow, 0.55))
    c.disc(x, y, 0.24, p.accent)
    c.ring(x, y, 0.3, p.paper, 0.012)


def triangles(c: Canvas, p: Palette, rng: Random) -> None:
    """Squares cut along a diagonal."""
    n = rng.choice((3, 4, 5))
    side, colours = 1 / n, (p.back, p.middle, p.glow, p.accent, p.dark, p.back)
    for row in range(math.ceil(c.height * n)):
        for column in range(n):
            x, y = column * side, row * side
            first, second = rng.sample(colours, 2)
            c.rect(x, y, x + side, y + side, first)
            corners: list[Point] = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
            corners.pop(rng.randrange(4))
            c.polygon(corners, second)


def threads(c: Canvas, p: Palette, rng: Random) -> None:
    """Fine lines that swell and meet again."""
    c.rect(0, 0, 1, c.height, p.dark)
    n, phase, swell = 26, rng.random() * 6.3, 0.12 + 0.16 * rng.random()
    for k in range(n):
        share = k / (n - 1)
        line = [
            (x / 40, c.height * (0.5 + (share - 0.5) * (0.35 + swell * 3 * math.sin(phase + 3.4 * x / 40) ** 2)))
            for x in range(41)
        ]
        c.line(line, mix(p.accent, p.glow, share) if k % 5 else p.paper, 0.007)


def petals(c: Canvas, p: Palette, rng: Random) -> None:
    """Great discs through which each other shine."""
    c.rect(0, 0, 1, c.height, p.paper)
    colours: tuple[Colour, ...] = (p.back, p.accent, p.glow, p.middle)
    turn, n = rng.random() * 90, rng.choice((3, 4, 5))
    r = 0.34 * max(1.0, c.height**0.5)
    for k in range(n):
        x, y = around(0.5, c.height / 2, r * 0.62, turn + k * 360 / n)
        c.disc(x, y, r, (*colours[k % 4], 170))
    c.disc(0.5, c.height / 2, r * 0.2, p.dark)


ORNAMENTS: tuple[Ornament, ...] = (
    *(quarters, stripes, half_rings, scales, halftone, blocks),
    *(ripples, layers, beams, triangles, threads, petals),
)
