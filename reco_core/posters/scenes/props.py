"""Props: each function draws one picture on a canvas, around a spot, in a palette."""

from __future__ import annotations

from random import Random

from reco_core.posters.canvas import Canvas, Spot, around
from reco_core.posters.palettes import Palette, mix


def bow_tie(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A dinner jacket's front with a bow tie."""
    c.rect(0, 0, 1, c.height, p.paper)
    knot, r, closed = (spot.x, spot.y - spot.r * 0.3), spot.r, spot.y + spot.r * 1.5
    jacket = [(0.5, 0), (0.2, 0), (0.03, closed), (0.03, c.height), (0.5, c.height)]
    lapel = [(0.2, 0), (0.42, knot[1] + 0.06), (0.31, knot[1] + 0.12), (0.38, knot[1] + 0.2), (0.03, closed)]
    for side in (-1, 1):
        c.shape((spot.x, 0), 1, jacket, p.back, side)
        c.shape((spot.x, 0), 1, lapel, mix(p.back, p.dark, 0.45), side)
        c.shape(knot, r, [(0, 0), (0.62, -0.33), (0.62, 0.33)], p.accent, side)
        c.shape(knot, r, [(0, 0), (0.62, 0.33), (0.5, 0)], mix(p.accent, p.dark, 0.25), side)
    c.disc(*knot, r * 0.15, mix(p.accent, p.dark, 0.35))
    for n in range(3):
        c.disc(spot.x, knot[1] + r * (0.62 + 0.4 * n), 0.018, p.dark)
    if rng.random() < 0.5:
        c.disc(spot.x + 0.36, knot[1] + r * 0.95, 0.045, p.glow)


def cocktail(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A cocktail glass."""
    c.rect(0, 0, 1, c.height, p.back)
    c.disc(spot.x, spot.y - spot.r * 0.1, spot.r * 1.08, mix(p.back, p.glow, 0.5))
    x, y, u = spot.x, spot.y, spot.r
    rim, bottom, foot = y - u * 0.62, y + u * 0.12, y + u * 0.85
    c.polygon([(x - u * 0.72, rim), (x + u * 0.72, rim), (x, bottom)], p.paper)
    level = rim + u * 0.17
    c.polygon([(x - u * 0.555, level), (x + u * 0.555, level), (x, bottom)], p.accent)
    c.line([(x, bottom - 0.01), (x, foot)], p.paper, 0.026)
    c.polygon([(x - u * 0.42, foot + 0.02), (x, foot - 0.03), (x + u * 0.42, foot + 0.02)], p.paper)
    side = rng.choice((-1, 1))
    c.line([(x - side * u * 0.2, level + u * 0.2), (x + side * u * 0.62, rim - u * 0.32)], p.dark, 0.014)
    c.disc(x - side * u * 0.08, level + u * 0.1, u * 0.125, p.middle)
    c.disc(x - side * u * 0.13, level + u * 0.12, u * 0.045, p.dark)
    for n in range(5):
        c.disc(
            x + (rng.random() - 0.5) * u * 0.9, rim - u * (0.12 + 0.13 * n), u * (0.025 + 0.03 * rng.random()), p.paper
        )


def disguise(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Joke glasses with a nose and a moustache."""
    c.rect(0, 0, 1, c.height, p.back)
    for n in range(9):
        c.rect(0, (2 * n) * 0.09, 1, (2 * n + 1) * 0.09, mix(p.back, p.glow, 0.3))
    x, y, u = spot.x, spot.y - spot.r * 0.15, spot.r
    nose = mix(p.accent, p.paper, 0.25)
    c.shape((x, y), u, [(-0.1, -0.1), (0.1, -0.1), (0.22, 0.5), (-0.22, 0.5)], nose)
    c.disc(x, y + u * 0.47, u * 0.23, nose)
    for side in (-1, 1):
        c.disc(x + side * u * 0.2, y + u * 0.5, u * 0.12, nose)
        c.disc(x + side * u * 0.47, y, u * 0.38, p.dark)
        c.disc(x + side * u * 0.47, y, u * 0.29, p.paper)
        c.wedge(x + side * u * 0.47, y, u * 0.29, 200 + side * 10, 235 + side * 10, mix(p.paper, p.glow, 0.6))
        brow = [around(x + side * u * 0.47, y + u * 0.05, u * 0.58, -90 + d) for d in (-32, -12, 12, 32)]
        c.line([(a, b - u * 0.03) for a, b in brow], p.dark, 0.06)
        c.line([(x + side * u * 0.84, y - u * 0.05), (x + side * u * 1.2, y - u * 0.14)], p.dark, 0.03)
        c.shape((x, y), u, [(0, 0.6), (0.3, 0.62), (0.72, 0.72), (0.42, 0.88), (0, 0.84)], p.dark, side)
    c.line([(x - u * 0.14, y - u * 0.08), (x + u * 0.14, y - u * 0.08)], p.dark, 0.034)


def bowler(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A bowler hat, a moustache and a cane."""
    c.rect(0, 0, 1, c.height, p.back)
    c.disc(spot.x, spot.y, spot.r * 1.05, mix(p.back, p.glow, 0.75))
    x, y, u = spot.x, spot.y, spot.r
    c.wedge(x, y - u * 0.22, u * 0.52, 180, 360, p.dark)
    c.rect(x - u * 0.52, y - u * 0.24, x + u * 0.52, y - u * 0.1, p.dark)
    c.rect(x - u * 0.52, y - u * 0.24, x + u * 0.52, y - u * 0.13, p.accent)
    brim = [(-0.86, -0.17), (-0.5, -0.1), (0.5, -0.1), (0.86, -0.17), (0.7, 0.01), (-0.7, 0.01)]
    c.shape((x, y), u, brim, p.dark)
    m = y + u * 0.4
    for side in (-1, 1):
        c.disc(x + side * u * 0.13, m, u * 0.14, p.dark)
        c.shape((x, m), u, [(0.1, -0.12), (0.5, -0.1), (0.52, -0.02), (0.14, 0.13)], p.dark, side)
    side = rng.choice((-1, 1))
    c.arc(x + side * u * 0.72, y + u * 0.5, u * 0.12, 180, 360, p.dark, 0.025)
    c.line([(x + side * u * 0.83, y + u * 0.5), (x + side * u * 0.83, y + u * 1.1)], p.dark, 0.025)


def car(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A small car that carries far too much."""
    c.gradient(p.back, p.glow, 0, spot.y + spot.r * 0.6)
    ground, u, x = spot.y + spot.r * 0.62, spot.r * 0.95, spot.x
    c.disc(x + 0.2, spot.y - spot.r * 0.5, spot.r * 0.55, mix(p.glow, p.paper, 0.6))
    c.rect(0, ground, 1, c.height, p.middle)
    c.rect(0, ground, 1, ground + 0.012, p.dark)
    for n in range(5):
        c.rect(-0.1 + n * 0.26, ground + 0.13, 0.04 + n * 0.26, ground + 0.15, p.paper)
    body = ground - u * 0.16
    at = x - u * 0.38
    for n in range(3 + rng.randrange(2)):
        w, h = u * (0.62 - 0.1 * n), u * (0.14 + 0.08 * rng.random())
        base = body - u * 0.62 - n * u * 0.17
        c.rect(at + n * u * 0.05, base - h, at + n * u * 0.05 + w, base, (p.paper, p.middle, p.dark, p.accent)[n % 4])
    c.wedge(x - u * 0.05, body - u * 0.16, u * 0.48, 180, 360, p.accent)
    c.polygon(
        [
            (x - u * 0.9, body),
            (x - u * 0.86, body - u * 0.22),
            (x - u * 0.5, body - u * 0.32),
            (x + u * 0.5, body - u * 0.32),
            (x + u * 0.85, body - u * 0.2),
            (x + u * 0.92, body),
        ],
        p.accent,
    )
    c.wedge(x - u * 0.05, body - u * 0.18, u * 0.38, 180, 268, p.paper)
    c.wedge(x - u * 0.05, body - u * 0.18, u * 0.38, 272, 360, p.paper)
    for side in (-0.5, 0.5):
        c.disc(x + side * u, body, u * 0.2, p.dark)
        c.disc(x + side * u, body, u * 0.09, p.paper)
    c.disc(x + u * 0.82, body - u * 0.13, u * 0.055, p.paper)
