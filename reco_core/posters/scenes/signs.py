"""Signs of danger: each function draws one picture on a canvas, around a spot, in a palette."""

from __future__ import annotations

import math
from random import Random

from reco_core.posters.canvas import Canvas, Spot, around
from reco_core.posters.palettes import Palette, mix
from reco_core.posters.scenes.figures import runner


def spiral(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A spiral that draws the eye in, and a small figure that falls into it."""
    c.rect(0, 0, 1, c.height, p.back)
    turn, side, ink = rng.random() * 360, rng.choice((-1, 1)), mix(p.back, p.paper, 0.82)
    for arm in range(5):
        inner, outer = [], []
        for n in range(61):
            r, angle = spot.r * 2.6 * (n / 60) ** 1.7, turn + arm * 72 + side * 300 * (n / 60) ** 0.6
            inner.append(around(spot.x, spot.y, r, angle))
            outer.append(around(spot.x, spot.y, r, angle + 30))
        c.polygon(inner + outer[::-1], ink)
    c.disc(spot.x, spot.y, spot.r * 0.34, p.accent)
    runner(c, (spot.x, spot.y), spot.r * 0.52, side, p.dark)


def eye(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A wide open eye."""
    c.gradient(p.back, mix(p.back, p.dark, 0.6))
    for n in range(7, 0, -1):
        c.polygon(
            _lens(spot, spot.r * (1.0 + 0.11 * n), 0.62 + 0.045 * n), mix(p.back, p.middle if n % 2 else p.dark, 0.6)
        )
    c.polygon(_lens(spot, spot.r * 1.05, 0.6), p.paper)
    x = spot.x + (rng.random() - 0.5) * spot.r * 0.3
    c.disc(x, spot.y, spot.r * 0.47, p.dark)
    c.disc(x, spot.y, spot.r * 0.44, p.accent)
    for n in range(0, 360, 12):
        c.line([around(x, spot.y, spot.r * 0.24, n), around(x, spot.y, spot.r * 0.43, n + 4)], (*p.dark, 90), 0.006)
    c.disc(x, spot.y, spot.r * 0.22, p.dark)
    c.disc(x - spot.r * 0.13, spot.y - spot.r * 0.15, spot.r * 0.08, p.paper)


def target(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Rings and the hairs of a sight, someone running in it."""
    c.rect(0, 0, 1, c.height, p.back)
    for n in range(8, 0, -1):
        c.disc(spot.x, spot.y, spot.r * 0.28 * n, p.back if n % 2 else mix(p.back, p.middle, 0.75))
    c.disc(spot.x, spot.y, spot.r * 0.62, p.paper)
    c.ring(spot.x, spot.y, spot.r * 0.66, p.accent, 0.022)
    for n in range(4):
        c.line(
            [around(spot.x, spot.y, spot.r * 0.5, n * 90), around(spot.x, spot.y, spot.r * 0.92, n * 90)],
            p.accent,
            0.016,
        )
    runner(c, (spot.x, spot.y), spot.r * 0.9, rng.choice((-1, 1)), p.dark)


def burst(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """An explosion of rays."""
    c.rect(0, 0, 1, c.height, p.back)
    for n in range(18):
        c.wedge(spot.x, spot.y, 2, n * 20, n * 20 + 10, mix(p.back, p.glow, 0.45))
    for size, colour in ((1.15, p.glow), (0.8, p.accent), (0.42, p.paper)):
        n, turn = 14, rng.random() * 30
        reach = [spot.r * size * (0.62 if i % 2 else 0.85 + 0.3 * rng.random()) for i in range(2 * n)]
        c.polygon([around(spot.x, spot.y, r, turn + i * 180 / n) for i, r in enumerate(reach)], colour)


def shards(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Glass that breaks."""
    c.gradient(p.back, mix(p.back, p.dark, 0.7))
    cuts = sorted(rng.random() * 360 for _ in range(15))
    for n, a in enumerate(cuts):
        b = cuts[(n + 1) % len(cuts)] + (360 if n == len(cuts) - 1 else 0)
        near, far = spot.r * (0.12 + 0.25 * rng.random()), spot.r * (0.8 + 1.5 * rng.random())
        tint = rng.choice((p.glow, p.middle, p.paper, p.glow, p.accent))
        edge = [
            around(spot.x, spot.y, near, (a + b) / 2),
            around(spot.x, spot.y, far, a + 1.5),
            around(spot.x, spot.y, far * 0.85, b - 1.5),
        ]
        c.polygon(edge, mix(p.back, tint, 0.25 + 0.7 * rng.random()))
    c.disc(spot.x, spot.y, spot.r * 0.07, p.dark)


def claws(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Four scratches through the picture."""
    c.gradient(p.back, mix(p.back, p.dark, 0.75))
    c.halo(spot.x, spot.y, spot.r * 1.6, p.middle, 24)
    side = rng.choice((-1, 1))
    for n, size in enumerate((0.8, 1.0, 0.95, 0.7)):
        x, length = spot.x + (n - 1.5) * spot.r * 0.43, spot.r * 1.25 * size
        bend = side * spot.r * (0.24 + 0.08 * rng.random())
        left = [
            (x + bend * (t / 10) ** 2 - spot.r * 0.1 * math.sin(t / 10 * math.pi), spot.y - length + t / 5 * length)
            for t in range(11)
        ]
        right = [
            (x + bend * (t / 10) ** 2 + spot.r * 0.1 * math.sin(t / 10 * math.pi), spot.y - length + t / 5 * length)
            for t in range(11)
        ]
        c.polygon(left + right[::-1], p.accent)
        c.polygon([(a * 0.45 + b * 0.55, y) for (a, y), (b, _) in zip(left, right, strict=True)] + right[::-1], p.dark)


def fingerprint(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A fingerprint."""
    c.gradient(p.back, mix(p.back, p.dark, 0.5))
    for n in range(11, 0, -1):
        r, w = spot.r * 0.088 * n, 0.016
        shift = spot.r * 0.02 * math.sin(n)
        c.arc(spot.x + shift, spot.y, r, 180, 360, p.paper if n % 4 else p.accent, w)
        foot = spot.r * (0.15 + 0.75 * math.sqrt(max(0.0, 1 - (n / 12.5) ** 2)))
        for side in (-1, 1):
            cut = foot * (0.7 + 0.3 * rng.random())
            x = spot.x + shift + side * (r - w / 2)
            c.line(
                [(x, spot.y - 0.004), (x - side * 0.004, spot.y + cut * 0.6), (x - side * 0.02, spot.y + cut)],
                p.paper if n % 4 else p.accent,
                w,
            )


def bolt(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Lightning."""
    c.gradient(p.dark, p.back)
    c.halo(spot.x, spot.y, spot.r * 1.5, p.glow, 16)
    side, u = rng.choice((-1, 1)), spot.r
    shape = [(0.18, -1.25), (-0.52, 0.12), (-0.06, 0.08), (-0.3, 1.15), (0.55, -0.28), (0.06, -0.2), (0.52, -1.25)]
    for shift, colour in ((0.07, mix(p.back, p.dark, 0.75)), (0.0, p.light)):
        c.polygon([(spot.x + side * (x + shift) * u, spot.y + (y + shift) * u) for x, y in shape], colour)
    for _ in range(26):
        x, y, length = rng.random() * 1.2, rng.random() * c.height, 0.05 + 0.1 * rng.random()
        c.line([(x, y), (x - 0.5 * length * side, y + length)], (*p.paper, 50), 0.005)


def _lens(spot: Spot, r: float, ratio: float) -> list[tuple[float, float]]:
    """The outline of an eye."""
    upper = [(spot.x - r + 2 * r * t / 24, spot.y - r * ratio * math.sin(math.pi * t / 24)) for t in range(25)]
    return upper + [(x, 2 * spot.y - y) for x, y in reversed(upper)]
