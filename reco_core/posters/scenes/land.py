"""Places by day: each function draws one picture on a canvas, around a spot, in a palette."""

from __future__ import annotations

import math
from random import Random

from reco_core.posters.canvas import Canvas, Spot, around
from reco_core.posters.palettes import Colour, Palette, mix
from reco_core.posters.scenes.figures import person
from reco_core.posters.scenes.outlines import hill_line, jagged_line, wave_line


def hills(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Rolling hills under a low sun."""
    c.gradient(p.back, p.glow, 0, spot.y + spot.r * 0.6)
    x = spot.x + (rng.random() - 0.5) * spot.r
    c.halo(x, spot.y, spot.r * 1.1, p.light)
    c.disc(x, spot.y, spot.r * 0.5, p.light)
    for n in range(4):
        y = spot.y + spot.r * (0.35 + 0.28 * n)
        c.below(wave_line(y, 0.05 + 0.015 * n, 1.2 - 0.15 * n, rng), mix(p.middle, p.dark, n / 3))


def peaks(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Snow-capped mountains, one behind the other."""
    c.gradient(p.back, p.glow, 0, spot.y + spot.r)
    side = rng.choice((-1, 1))
    c.disc(spot.x + side * spot.r * 0.75, spot.y - spot.r * 0.75, spot.r * 0.26, p.accent)
    c.below(jagged_line(spot.y + spot.r * 0.35, 0.16, 9, rng), mix(p.glow, p.middle, 0.55))
    top, foot = (spot.x - side * 0.06, spot.y - spot.r * 0.75), spot.y + spot.r * 1.15
    c.polygon([(top[0] - spot.r * 1.5, foot), top, (top[0] + spot.r * 1.5, foot)], p.middle)
    c.polygon([top, (top[0] + spot.r * 1.5, foot), (top[0] + spot.r * 0.1, foot)], mix(p.middle, p.dark, 0.45))
    cap = [(0, 0), (0.42, 0.53), (0.2, 0.46), (0.07, 0.66), (-0.12, 0.47), (-0.26, 0.6), (-0.38, 0.48)]
    c.shape(top, spot.r, cap, p.paper)
    c.below(jagged_line(spot.y + spot.r * 0.95, 0.1, 11, rng), mix(p.middle, p.dark, 0.6))
    c.below(jagged_line(spot.y + spot.r * 1.25, 0.06, 15, rng), p.dark)


def desert(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Mesas and a cactus before a huge sun."""
    c.gradient(p.back, p.glow, 0, spot.y + spot.r * 0.8)
    c.disc(spot.x, spot.y + spot.r * 0.05, spot.r * 0.8, p.accent)
    ground = spot.y + spot.r * 0.72
    for side, share in ((-1, 0.25), (1, 0.6)):
        x = spot.x + side * (0.3 + 0.08 * rng.random())
        _mesa(c, x, ground, spot.r * (0.5 + 0.25 * rng.random()), mix(p.middle, p.dark, share))
    c.rect(0, ground, 1, c.height, mix(p.middle, p.dark, 0.75))
    c.below(wave_line(ground + spot.r * 0.35, 0.02, 0.9, rng), p.dark)
    _cactus(c, spot.x - 0.24 + 0.48 * rng.random(), ground + spot.r * 0.4, spot.r * 0.75, p.dark)


def sea(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A sun that goes down in the sea, and a sail."""
    horizon = spot.y + spot.r * 0.3
    c.gradient(p.back, p.glow, 0, horizon)
    c.halo(spot.x, horizon - spot.r * 0.15, spot.r * 1.2, p.light, 20)
    c.disc(spot.x, horizon - spot.r * 0.15, spot.r * 0.55, p.light)
    c.gradient(p.middle, p.dark, horizon, min(c.height, horizon + spot.r * 1.7))
    c.rect(0, horizon + spot.r * 1.7, 1, c.height, p.dark)
    for n in range(9):
        y, half = horizon + spot.r * (0.07 + 0.11 * n), spot.r * (0.5 - 0.035 * n) * (0.55 + 0.45 * rng.random())
        x = spot.x + (rng.random() - 0.5) * 0.06
        c.rect(x - half, y, x + half, y + 0.009, (*p.light, 215 - 18 * n))
    x, y, size = spot.x + rng.choice((-1, 1)) * 0.27, horizon + 0.035, spot.r * 0.5
    c.polygon([(x, y - size), (x, y - size * 0.18), (x + size * 0.45, y - size * 0.18)], p.paper)
    c.polygon([(x - 0.012, y - size * 0.85), (x - 0.012, y - size * 0.18), (x - size * 0.3, y - size * 0.18)], p.paper)
    hull = [(-0.36, -0.12), (0.48, -0.12), (0.34, 0.04), (-0.24, 0.04)]
    c.shape((x, y), size, hull, p.dark)


def road(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A road that runs to the horizon."""
    horizon = spot.y + spot.r * 0.15
    c.gradient(p.back, p.glow, 0, horizon)
    side = rng.choice((-1, 1))
    c.disc(spot.x + side * spot.r * 0.5, horizon - spot.r * 0.35, spot.r * 0.34, p.accent)
    c.below(jagged_line(horizon - 0.02, 0.09, 10, rng), mix(p.middle, p.glow, 0.25))
    c.rect(0, horizon, 1, c.height, p.middle)
    end = min(c.height, horizon + spot.r * 2.2)
    x = spot.x - side * 0.05
    c.polygon([(x - 0.012, horizon), (x + 0.012, horizon), (x + 0.5, end), (x - 0.5, end)], p.dark)
    c.rect(0, end, 1, c.height, p.dark)
    for n in range(6):
        near, far = horizon + (end - horizon) * ((n + 0.55) / 6) ** 1.8, horizon + (end - horizon) * (n / 6) ** 1.8
        a, b = 0.03 * (far - horizon) + 0.001, 0.03 * (near - horizon) + 0.001
        c.polygon([(x - a, far), (x + a, far), (x + b, near), (x - b, near)], p.accent)


def waves(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Rows of great waves, and a small boat."""
    c.gradient(p.back, p.glow, 0, spot.y)
    c.disc(spot.x + rng.choice((-1, 1)) * 0.2, spot.y - spot.r * 0.6, spot.r * 0.36, p.light)
    boat_row = 1
    for row in range(9):
        y, size = spot.y - spot.r * 0.1 + row * spot.r * 0.3, spot.r * (0.2 + 0.035 * row)
        if row == boat_row:
            x = 0.35 + 0.3 * rng.random()
            c.polygon(
                [(x - 0.1, y - size * 0.9), (x + 0.1, y - size * 0.9), (x + 0.06, y), (x - 0.06, y)],
                p.accent if p.accent != p.light else p.paper,
            )
            c.polygon([(x, y - size * 2.6), (x, y - size), (x + 0.09, y - size)], p.paper)
        start = -rng.random() * size * 2
        tint = mix(mix(p.glow, p.middle, 0.6), p.dark, min(1.0, row / 7))
        for n in range(math.ceil(1.4 / (size * 2)) + 1):
            x = start + n * size * 2
            c.disc(x, y, size, tint)
            for ring in (0.72, 0.44):
                c.ring(x, y, size * ring, mix(tint, p.paper, 0.3), 0.006)
        c.rect(0, y + size * 0.35, 1, y + size + spot.r * 0.3, tint)
    c.rect(0, spot.y + spot.r * 2.5, 1, c.height, p.dark)


def parachutes(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Parachutes that come down over hills."""
    c.gradient(p.back, p.glow, 0, spot.y + spot.r)
    c.disc(spot.x + rng.choice((-1, 1)) * 0.22, spot.y - spot.r * 0.45, spot.r * 0.4, mix(p.glow, p.light, 0.6))
    for n in range(3):
        c.below(wave_line(spot.y + spot.r * (0.75 + 0.25 * n), 0.04, 1.1, rng), mix(p.middle, p.dark, 0.2 + 0.4 * n))
    for dx, dy, size in ((-0.85, -0.85, 0.2), (0.9, 0.0, 0.26), (0.55, -1.0, 0.17), (-0.2, -0.15, 0.5)):
        x, y, r = spot.x + dx * spot.r * 0.8, spot.y + dy * spot.r * 0.7, spot.r * size
        for cord in (-0.9, -0.3, 0.3, 0.9):
            c.line([(x + cord * r, y), (x, y + r * 1.25)], p.dark, 0.004)
        c.wedge(x, y, r, 180, 360, p.paper)
        c.wedge(x, y, r, 225, 270, p.accent)
        c.wedge(x, y, r, 315, 360, p.accent)
        person(c, (x, y + r * 1.85), r * 0.72, p.dark)


def lone_tree(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A round tree on a hill before a sun."""
    c.gradient(p.back, p.glow, 0, spot.y + spot.r)
    side, u = rng.choice((-1, 1)), spot.r
    c.halo(spot.x + side * u * 0.3, spot.y, u * 1.2, p.light, 16)
    c.disc(spot.x + side * u * 0.3, spot.y, u * 0.62, p.light)
    base = spot.y + u * 0.75
    hill = hill_line(spot.x, base + 0.4 * u, 0.42 * u, 1.2 * u)
    c.below([(x, y - 0.14 * u + 0.05 * math.sin(x * 9)) for x, y in hill], mix(p.middle, p.glow, 0.2))
    x = spot.x - side * u * 0.25
    c.line([(x, base + 0.1 * u), (x, base - 0.5 * u)], p.dark, u * 0.07)
    for turn in (-1, 1):
        c.line([(x, base - 0.3 * u), (x + turn * 0.2 * u, base - 0.6 * u)], p.dark, u * 0.045)
    for _ in range(16):
        dx, dy = around(0, 0, u * 0.36 * math.sqrt(rng.random()), rng.random() * 360)
        c.disc(
            x + dx * 1.15,
            base - 0.82 * u + dy,
            u * (0.12 + 0.1 * rng.random()),
            mix(p.middle, p.dark, 0.55 + 0.45 * rng.random()),
        )
    c.below(hill, p.dark)


def _mesa(c: Canvas, x: float, ground: float, size: float, colour: Colour) -> None:
    shape = [(-0.62, 0), (-0.4, -0.5), (-0.36, -0.85), (0.36, -0.85), (0.42, -0.5), (0.66, 0)]
    c.shape((x, ground), size, shape, colour)


def _cactus(c: Canvas, x: float, base: float, size: float, colour: Colour) -> None:
    w = size * 0.13
    c.line([(x, base), (x, base - size)], colour, w)
    c.disc(x, base - size, w / 2, colour)
    for side, low, high in ((-1, 0.4, 0.75), (1, 0.52, 0.9)):
        elbow = x + side * size * 0.27
        c.line([(x, base - size * low), (elbow, base - size * low), (elbow, base - size * high)], colour, w * 0.8)
        c.disc(elbow, base - size * low, w * 0.4, colour)
        c.disc(elbow, base - size * high, w * 0.4, colour)
