"""Places by night: each function draws one picture on a canvas, around a spot, in a palette."""

from __future__ import annotations

import math
from random import Random

from reco_core.posters.canvas import Canvas, Point, Spot
from reco_core.posters.palettes import Colour, Palette, mix
from reco_core.posters.scenes.outlines import hill_line, jagged_line, stars, wave_line


def city(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A skyline with lit windows before a moon."""
    c.gradient(p.back, p.glow, 0, spot.y + spot.r * 1.3)
    x = spot.x + (rng.random() - 0.5) * 0.4
    c.disc(x, spot.y - spot.r * 0.3, spot.r * 0.42, p.light)
    for layer, share in enumerate((0.35, 0.7, 1.0)):
        at, colour = -0.03 * rng.random(), mix(p.middle, p.dark, share)
        while at < 1:
            width = 0.07 + 0.09 * rng.random()
            top = spot.y + spot.r * (-0.35 + 0.42 * layer + 0.75 * rng.random())
            c.rect(at, top, at + width - 0.004, c.height, colour)
            if rng.random() < 0.3:
                c.rect(at + width / 2 - 0.004, top - 0.07, at + width / 2 + 0.004, top, colour)
            if layer:
                _windows(c, (at, top, width), p.light, rng)
            at += width


def castle(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A castle on a hill, stars and a crescent."""
    c.gradient(mix(p.back, p.dark, 0.3), p.glow, 0, spot.y + spot.r * 1.2)
    stars(c, p.paper, spot.y + spot.r * 0.3, 40, rng)
    side = rng.choice((-1, 1))
    moon, sky = (spot.x + side * spot.r * 0.75, spot.y - spot.r * 0.65), mix(p.back, p.glow, 0.25)
    c.disc(*moon, spot.r * 0.3, p.light)
    c.disc(moon[0] - side * spot.r * 0.14, moon[1] - spot.r * 0.05, spot.r * 0.26, sky)
    c.below(wave_line(spot.y + spot.r * 0.75, 0.07, 1.0, rng), p.middle)
    x, base, u = spot.x - side * spot.r * 0.12, spot.y + spot.r * 0.85, spot.r
    for dx, width, height in ((-0.42, 0.2, 0.75), (-0.12, 0.3, 1.15), (0.2, 0.22, 0.9), (0.47, 0.16, 0.6)):
        left, right, top = x + (dx - width / 2) * u, x + (dx + width / 2) * u, base - height * u
        c.rect(left, top, right, base + 0.2 * u, p.dark)
        c.polygon([(left - 0.04 * u, top), ((left + right) / 2, top - 0.36 * u), (right + 0.04 * u, top)], p.dark)
        c.rect((left + right) / 2 - 0.02 * u, top + 0.14 * u, (left + right) / 2 + 0.02 * u, top + 0.25 * u, p.light)
    c.rect(x - 0.5 * u, base - 0.32 * u, x + 0.54 * u, base + 0.3 * u, p.dark)
    hill = hill_line(x, base + 0.55 * u, 0.5 * u, 0.85 * u)
    c.below(hill, p.dark)


def house(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A lonely house with one lit window before a huge moon, and a bare tree."""
    c.gradient(mix(p.back, p.dark, 0.5), p.back, 0, spot.y + spot.r)
    c.halo(spot.x, spot.y - spot.r * 0.05, spot.r * 1.25, p.glow, 16)
    c.disc(spot.x, spot.y - spot.r * 0.05, spot.r * 0.85, mix(p.glow, p.paper, 0.55))
    side, base, u = rng.choice((-1, 1)), spot.y + spot.r * 0.8, spot.r
    x = spot.x + side * u * 0.2
    shape = [
        (-0.3, 0.1),
        (-0.3, -0.5),
        (-0.38, -0.5),
        (-0.1, -0.95),
        (0.0, -0.78),
        (0.0, -0.9),
        (0.09, -0.9),
        (0.09, -0.62),
    ]
    shape += [(0.18, -0.5), (0.1, -0.5), (0.1, -0.34), (0.42, -0.34), (0.36, -0.28), (0.36, 0.1)]
    c.shape((x, base), u, shape, p.dark)
    c.rect(x - 0.17 * u, base - 0.42 * u, x - 0.04 * u, base - 0.24 * u, p.light)
    c.rect(x - 0.11 * u, base - 0.42 * u, x - 0.1 * u, base - 0.24 * u, p.dark)
    hill = hill_line(spot.x, base + 0.35 * u, 0.38 * u, 1.1 * u)
    c.below(hill, p.dark)
    _tree(c, (spot.x - side * u * 0.72, base + 0.15 * u), -90 + side * 8, u * 0.42, p.dark, rng)


def forest(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Trunks in layers of mist, with a light behind them."""
    far = mix(p.back, p.glow, 0.75)
    c.gradient(p.back, far, 0, spot.y)
    c.rect(0, spot.y, 1, c.height, far)
    c.halo(spot.x, spot.y, spot.r * 1.1, p.paper, 22)
    c.disc(spot.x, spot.y, spot.r * 0.4, mix(p.light, p.paper, 0.3))
    for layer in range(3):
        colour = mix(mix(p.glow, p.middle, 0.5), p.dark, layer / 2)
        for _ in range(8 - 2 * layer):
            x, width = spot.x + rng.choice((-1, 1)) * (0.05 + 0.07 * layer + 0.45 * rng.random()), 0.014 + 0.022 * layer
            lean = (rng.random() - 0.5) * 0.05
            c.polygon(
                [(x - width / 2 + lean, 0), (x + width / 2 + lean, 0), (x + width, c.height), (x - width, c.height)],
                colour,
            )
            y = (0.1 + 0.5 * rng.random()) * spot.y
            reach = rng.choice((-1, 1)) * (0.08 + 0.05 * layer)
            c.line([(x + lean, y + 0.08), (x + lean + reach, y)], colour, width * 0.4)
        c.below(wave_line(spot.y + spot.r * (0.55 + 0.3 * layer), 0.03, 1.1, rng), colour)


def planet(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A planet with a ring, its moon, and stars."""
    c.gradient(p.dark, p.back)
    stars(c, p.paper, c.height, 90, rng)
    x, y, r = spot.x, spot.y, spot.r * 0.62
    c.halo(x, y, r * 1.5, p.glow, 14)
    tilt = rng.choice((-1, 1)) * (0.25 + 0.15 * rng.random())
    ring = [(math.cos(math.radians(a)), math.sin(math.radians(a)) * 0.26) for a in range(0, 361, 6)]
    path = [(x + r * 1.65 * a, y + r * 1.65 * (b + tilt * a)) for a, b in ring]
    c.line(path[30:], mix(p.accent, p.back, 0.35), 0.022)
    c.disc(x, y, r, p.glow)
    for n in range(10):
        c.disc(x - r * 0.03 * n, y - r * 0.03 * n, r * (1 - 0.045 * n), (*mix(p.glow, p.paper, 0.5), 16))
    c.line(path[:31], p.accent, 0.022)
    c.disc(x - spot.r * 0.8, y - spot.r * 0.75, spot.r * 0.11, p.accent)


def retro_sun(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A striped sun over a grid that runs to the horizon."""
    horizon = spot.y + spot.r * 0.45
    c.gradient(p.dark, mix(p.back, p.glow, 0.6), 0, horizon)
    stars(c, p.paper, horizon * 0.7, 36, rng)
    c.disc(spot.x, spot.y, spot.r * 0.8, p.glow)
    c.wedge(spot.x, spot.y, spot.r * 0.8, 180, 360, mix(p.glow, p.accent, 0.35))
    for n in range(6):
        y = spot.y - spot.r * 0.12 + n * spot.r * 0.13
        c.rect(0, y, 1, y + 0.006 + 0.005 * n, mix(p.back, p.glow, 0.3))
    c.rect(0, horizon, 1, c.height, p.dark)
    for n in range(-9, 10):
        c.line([(spot.x + n * 0.05, horizon), (spot.x + n * 0.42, c.height)], (*p.accent, 150), 0.004)
    for n in range(9):
        y = horizon + (c.height - horizon) * (n / 9) ** 1.9
        c.line([(0, y), (1, y)], (*p.accent, 150), 0.004)


def searchlights(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Searchlights that cross in the night, and a formation of planes."""
    ground = spot.y + spot.r * 0.95
    c.gradient(p.dark, p.back, 0, ground)
    for x, lean in ((0.08, 26), (0.5, -6 + 12 * rng.random()), (0.92, -28)):
        for width, alpha in ((9, 26), (5.5, 40), (2.5, 60)):
            tips = [_up(x, ground, 1.9, lean - width), _up(x, ground, 1.9, lean + width)]
            c.polygon([(x, ground), *tips], (*mix(p.glow, p.light, 0.4), alpha))
    side = rng.choice((-1, 1))
    for dx, dy in ((0, 0), (-0.5, 0.3), (0.5, 0.3), (-1, 0.6), (1, 0.6)):
        _plane(
            c,
            spot.x + side * 0.08 + dx * spot.r * 0.5,
            spot.y - spot.r * 0.5 + dy * spot.r * 0.5,
            spot.r * 0.26,
            p.paper,
        )
    c.below(jagged_line(ground, 0.05, 16, rng), mix(p.middle, p.dark, 0.6))
    c.below(jagged_line(ground + spot.r * 0.25, 0.04, 20, rng), p.dark)


def _windows(c: Canvas, house_at: tuple[float, float, float], colour: Colour, rng: Random) -> None:
    """Lit windows of one house: left, top, width."""
    left, top, width = house_at
    for row in range(9):
        for column in range(int(width / 0.03)):
            if rng.random() < 0.3:
                x, y = left + 0.014 + column * 0.028, top + 0.03 + row * 0.045
                c.rect(x, y, x + 0.011, y + 0.018, (*colour, 200))


def _tree(c: Canvas, foot: Point, angle: float, length: float, colour: Colour, rng: Random) -> None:
    """A bare tree: a branch, and smaller ones from its end."""
    if length < 0.02:
        return
    x, y = foot[0] + length * math.cos(math.radians(angle)), foot[1] + length * math.sin(math.radians(angle))
    c.line([foot, (x, y)], colour, length * 0.13)
    for turn in (-34, -4, 30):
        _tree(c, (x, y), angle + turn + 18 * (rng.random() - 0.5), length * (0.5 + 0.18 * rng.random()), colour, rng)


def _plane(c: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    """A bomber from below, nose up."""
    shape = [
        (0, -0.5),
        (0.06, -0.3),
        (0.06, -0.14),
        (0.6, 0.06),
        (0.6, 0.15),
        (0.06, 0.1),
        (0.04, 0.36),
        (0.2, 0.46),
        (0.2, 0.52),
        (0, 0.48),
    ]
    mirrored = shape + [(-dx, dy) for dx, dy in reversed(shape)]
    c.shape((x, y), size, mirrored, colour)


def _up(x: float, y: float, length: float, lean: float) -> Point:
    return x + length * math.sin(math.radians(lean)), y - length * math.cos(math.radians(lean))
