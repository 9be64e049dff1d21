"""Playful pictures: each function draws one picture on a canvas, around a spot, in a palette."""

from __future__ import annotations

import math
from random import Random

from reco_core.posters.canvas import Canvas, Spot, around
from reco_core.posters.palettes import Palette, mix


def tiles(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A quilt of quarter circles, discs and triangles."""
    c.rect(0, 0, 1, c.height, p.back)
    n = rng.choice((4, 5))
    size = 1 / n
    colours = (p.glow, p.accent, p.middle, p.paper, p.dark, p.back)
    for row in range(math.ceil(c.height / size)):
        for column in range(n):
            x, y = column * size, row * size
            ground, shape = rng.sample(colours, 2)
            c.rect(x, y, x + size, y + size, ground)
            corner = rng.choice(((0, 0, 0), (1, 0, 90), (1, 1, 180), (0, 1, 270)))
            kind = rng.random()
            if kind < 0.5:
                c.wedge(x + corner[0] * size, y + corner[1] * size, size, corner[2], corner[2] + 90, shape)
            elif kind < 0.68:
                c.disc(x + size / 2, y + size / 2, size * 0.32, shape)
            elif kind < 0.86:
                c.wedge(
                    x + size / 2,
                    y + (size if corner[1] else 0),
                    size / 2,
                    180 if corner[1] else 0,
                    360 if corner[1] else 180,
                    shape,
                )
            else:
                c.polygon(
                    [(x, y), (x + size, y), (x, y + size)]
                    if corner[0]
                    else [(x + size, y), (x + size, y + size), (x, y + size)],
                    shape,
                )


def balloons(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Balloons over hills."""
    c.gradient(p.back, p.glow)
    for _ in range(5):
        _cloud(
            c,
            (rng.random(), spot.y - spot.r * 1.1 + spot.r * 1.9 * rng.random()),
            0.07 + 0.06 * rng.random(),
            mix(p.glow, p.paper, 0.6),
        )
    knot = (spot.x + (rng.random() - 0.5) * 0.1, spot.y + spot.r * 1.25)
    colours = (p.accent, p.paper, p.middle, p.dark, mix(p.accent, p.paper, 0.45))
    places = [(-0.55, 0.1), (0.55, 0.05), (-0.05, 0.2), (-0.32, -0.45), (0.3, -0.5)]
    for (dx, dy), colour in zip(places, colours, strict=True):
        x, y, r = spot.x + dx * spot.r, spot.y + dy * spot.r, spot.r * (0.3 + 0.06 * rng.random())
        c.line([(x, y + r), ((x + knot[0]) / 2, (y + knot[1]) / 2 + 0.02), knot], mix(p.dark, p.back, 0.2), 0.005)
        c.disc(x, y, r, colour)
        c.polygon([(x - r * 0.14, y + r * 1.16), (x, y + r * 0.95), (x + r * 0.14, y + r * 1.16)], colour)
        c.disc(x - r * 0.35, y - r * 0.38, r * 0.16, (*p.paper, 120))


def rainbow(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A rainbow from cloud to cloud over hills."""
    c.gradient(p.back, p.glow)
    base = spot.y + spot.r * 0.55
    bands = (p.accent, mix(p.accent, p.paper, 0.55), p.paper, p.middle, p.dark)
    for n, colour in enumerate(bands):
        c.wedge(spot.x, base, spot.r * (1.12 - 0.14 * n), 180, 360, colour)
    c.wedge(spot.x, base, spot.r * 0.42, 180, 360, mix(p.back, p.glow, 0.6))
    for side in (-1, 1):
        _cloud(c, (spot.x + side * spot.r * 0.78, base + 0.02), spot.r * 0.3, p.paper)
    c.below(
        [(x / 24, base + spot.r * 0.45 - 0.05 * math.sin(x / 24 * 5 + rng.random() * 0.01)) for x in range(25)],
        p.middle,
    )
    c.below(
        [(x / 24, base + spot.r * 0.75 - 0.04 * math.cos(x / 24 * 6)) for x in range(25)], mix(p.middle, p.dark, 0.5)
    )


def sunny(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A cheerful sun with a face."""
    c.rect(0, 0, 1, c.height, p.back)
    turn, n = rng.random() * 20, 16
    for i in range(n):
        c.wedge(spot.x, spot.y, 2, turn + i * 360 / n, turn + (i + 0.5) * 360 / n, mix(p.back, p.glow, 0.6))
    c.disc(spot.x, spot.y, spot.r * 0.86, p.paper)
    c.disc(spot.x, spot.y, spot.r * 0.78, p.accent)
    look = (rng.random() - 0.5) * 0.12
    for side in (-1, 1):
        x, y = spot.x + (side * 0.28 + look) * spot.r, spot.y - 0.16 * spot.r
        c.disc(x, y, spot.r * 0.12, p.paper)
        c.disc(x + look * spot.r * 0.3, y + 0.01, spot.r * 0.06, p.dark)
    c.wedge(spot.x + look * spot.r, spot.y + spot.r * 0.12, spot.r * 0.36, 0, 180, p.dark)
    c.rect(
        spot.x + (look - 0.3) * spot.r,
        spot.y + spot.r * 0.12,
        spot.x + (look + 0.3) * spot.r,
        spot.y + spot.r * 0.19,
        p.paper,
    )


def mobile(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A hanging mobile of discs and leaves."""
    c.rect(0, 0, 1, c.height, p.back)
    c.disc(spot.x + 0.2, spot.y - 0.1, spot.r * 1.25, mix(p.back, p.glow, 0.35))
    colours = [p.accent, p.dark, p.paper, p.middle, p.glow]
    side, top = rng.choice((-1, 1)), spot.y - spot.r * 0.75
    c.line([(spot.x, 0), (spot.x, top)], p.dark, 0.007)
    at = (spot.x, top)
    for level in range(4):
        arm, drop = spot.r * (0.92 - 0.16 * level), spot.r * (0.2 + 0.12 * rng.random())
        a, b = (at[0] + side * arm * 0.85, at[1] + 0.05), (at[0] - side * arm * 0.5, at[1] - 0.02)
        c.line([a, ((a[0] + at[0]) / 2, at[1] - 0.02), at, b], p.dark, 0.007)
        c.line([a, (a[0], a[1] + drop)], p.dark, 0.006)
        r = spot.r * (0.27 - 0.04 * level)
        if level % 2:
            c.polygon(
                [
                    (a[0] - r, a[1] + drop),
                    (a[0], a[1] + drop - r * 0.5),
                    (a[0] + r * 1.3, a[1] + drop + r * 0.2),
                    (a[0], a[1] + drop + r * 0.7),
                ],
                colours[level],
            )
        else:
            c.disc(a[0], a[1] + drop + r * 0.6, r, colours[level])
        c.line([b, (b[0], b[1] + spot.r * 0.3)], p.dark, 0.006)
        at, side = (b[0], b[1] + spot.r * 0.3), -side
    c.disc(at[0], at[1], spot.r * 0.16, colours[4])


def confetti(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Confetti around a speech bubble without a word."""
    c.rect(0, 0, 1, c.height, p.back)
    colours = (p.glow, p.paper, p.middle, p.dark)
    for _ in range(70):
        x, y, size, turn = rng.random(), rng.random() * c.height, 0.012 + 0.02 * rng.random(), rng.random() * 360
        c.polygon(
            [around(x, y, size, turn + d) for d in ((0, 40, 180, 220) if rng.random() < 0.6 else (0, 120, 240))],
            rng.choice(colours),
        )
    side = rng.choice((-1, 1))
    tail = [
        (spot.x + side * spot.r * 0.1, spot.y + spot.r * 0.4),
        (spot.x + side * spot.r * 0.55, spot.y + spot.r * 0.35),
        (spot.x + side * spot.r * 0.62, spot.y + spot.r * 1.02),
    ]
    for shift, colour in ((0.03, p.dark), (0.0, p.paper)):
        c.disc(spot.x + shift, spot.y + shift, spot.r * 0.78, colour)
        c.polygon([(x + shift, y + shift) for x, y in tail], colour)
    for n in (-1, 0, 1):
        c.disc(spot.x + n * spot.r * 0.33, spot.y, spot.r * 0.11, p.accent)


def _cloud(c: Canvas, at: tuple[float, float], size: float, colour: tuple[int, ...]) -> None:
    for dx, dy, r in ((-0.9, 0.1, 0.5), (-0.25, -0.2, 0.75), (0.5, -0.05, 0.6), (1.05, 0.15, 0.42)):
        c.disc(at[0] + dx * size, at[1] + dy * size, r * size, colour)
