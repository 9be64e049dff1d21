"""Round things: each function draws one picture on a canvas, around a spot, in a palette."""

from __future__ import annotations

import math
from random import Random

from reco_core.posters.canvas import Canvas, Spot, around
from reco_core.posters.palettes import Palette, mix


def two_circles(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Two discs that share a part."""
    c.gradient(p.back, mix(p.back, p.glow, 0.7))
    r, gap = spot.r * 0.62, spot.r * 0.38
    tilt = (rng.random() - 0.5) * 60
    a, b = around(spot.x, spot.y, gap, tilt), around(spot.x, spot.y, gap, tilt + 180)
    c.disc(*a, r, p.accent)
    c.disc(*b, r, p.middle)
    # The shared part: points of one circle that lie within the other.
    half = math.degrees(math.acos(gap / r))
    arc_a = [around(*a, r, tilt + 180 - half + n * half / 12) for n in range(25)]
    arc_b = [around(*b, r, tilt - half + n * half / 12) for n in range(25)]
    c.polygon(arc_a + arc_b, p.paper)


def heart(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A heart with an echo around it."""
    c.gradient(p.back, mix(p.back, p.glow, 0.6))
    turn = (rng.random() - 0.5) * 0.3
    outline = []
    for n in range(60):
        t = n * math.tau / 60
        x, y = math.sin(t) ** 3, -(13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)) / 16
        outline.append((x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)))
    for n in range(7, -1, -1):
        size = spot.r * (0.55 + 0.17 * n)
        colour = p.accent if n == 0 else mix(p.back, p.glow if n % 2 else p.middle, 0.55 - 0.05 * n)
        c.polygon([(spot.x + x * size, spot.y + y * size) for x, y in outline], colour)


def rosette(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A flower of overlapping petals."""
    c.gradient(p.back, mix(p.back, p.dark, 0.35))
    n, turn = rng.choice((8, 10, 12)), rng.random() * 45
    for size, colour in ((1.0, p.glow), (0.72, p.accent), (0.45, p.paper)):
        for i in range(n):
            x, y = around(spot.x, spot.y, spot.r * size * 0.52, turn + i * 360 / n)
            c.disc(x, y, spot.r * size * 0.46, (*colour, 105))
        turn += 180 / n
    c.disc(spot.x, spot.y, spot.r * 0.14, p.dark)


def contours(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A map's contour lines around a summit."""
    c.rect(0, 0, 1, c.height, p.back)
    waves = [(k, 0.16 * rng.random() / math.sqrt(k), rng.random() * 6.3) for k in (1, 2, 3, 5)]
    for n in range(13, 0, -1):
        shape = []
        for a in range(0, 360, 6):
            bend = sum(h * math.sin(k * math.radians(a) + phase + n * 0.13) for k, h, phase in waves)
            shape.append(around(spot.x, spot.y, spot.r * 0.135 * n * (1 + bend), a))
        c.polygon(shape, mix(p.glow if n > 1 else p.accent, p.back, n / 14))
        c.line([*shape, shape[0]], (*p.dark, 120), 0.0045)
    for turn in (45, 135):
        c.line([around(spot.x, spot.y, 0.035, turn), around(spot.x, spot.y, 0.035, turn + 180)], p.dark, 0.016)


def globe(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A globe with its lines."""
    c.gradient(p.back, mix(p.back, p.dark, 0.4))
    c.disc(spot.x, spot.y, spot.r * 0.95, p.glow)
    tilt = math.radians(rng.choice((-1, 1)) * 23)
    for ellipse in [(k, None) for k in (0.0, 0.38, 0.72)] + [(None, k) for k in (-0.5, 0.0, 0.5)]:
        c.line(_great_circle(spot, ellipse, tilt), mix(p.dark, p.glow, 0.2), 0.009)
    c.ring(spot.x, spot.y, spot.r * 0.95, p.dark, 0.016)
    here, there = around(spot.x, spot.y, spot.r * 0.55, 160), around(spot.x, spot.y, spot.r * 0.6, 330)
    lift = spot.r * (0.5 + 0.2 * rng.random())
    route = [
        (
            here[0] + (there[0] - here[0]) * t / 16,
            here[1] + (there[1] - here[1]) * t / 16 - lift * math.sin(math.pi * t / 16),
        )
        for t in range(17)
    ]
    for n in range(0, 16, 2):
        c.line(route[n : n + 2], p.accent, 0.02)
    for end in (here, there):
        c.disc(*end, 0.04, p.accent)
        c.disc(*end, 0.016, p.paper)


def aperture(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """The blades of a lens."""
    c.rect(0, 0, 1, c.height, p.back)
    c.disc(spot.x, spot.y, spot.r * 1.08, p.dark)
    n, turn, inner = 7, rng.random() * 50, spot.r * 0.36
    for i in range(n):
        a = turn + i * 360 / n
        blade = [around(spot.x, spot.y, spot.r, a + d) for d in range(0, 73, 6)]
        blade += [around(spot.x, spot.y, inner, a + 118), around(spot.x, spot.y, inner, a + 118 - 360 / n)]
        c.polygon(blade, mix(p.glow, p.middle, (i % 2) * 0.6 + 0.1 * (i == n - 1)))
        c.line([around(spot.x, spot.y, spot.r, a), around(spot.x, spot.y, inner, a + 118 - 360 / n)], p.dark, 0.007)
    hole = [around(spot.x, spot.y, inner, turn + 118 + i * 360 / n) for i in range(n)]
    c.polygon(hole, p.accent)
    c.ring(spot.x, spot.y, spot.r * 1.08, p.dark, 0.03)


def vinyl(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A record that plays."""
    c.gradient(p.back, mix(p.back, p.glow, 0.55))
    c.disc(spot.x + 0.015, spot.y + 0.025, spot.r, (*p.dark, 70))
    c.disc(spot.x, spot.y, spot.r, p.dark)
    for n in range(9):
        c.ring(spot.x, spot.y, spot.r * (0.94 - 0.06 * n), mix(p.dark, p.paper, 0.16), 0.004)
    turn = rng.random() * 90
    for a in (turn, turn + 180):
        c.wedge(spot.x, spot.y, spot.r * 0.96, a, a + 24, (*p.paper, 26))
        c.wedge(spot.x, spot.y, spot.r * 0.96, a + 8, a + 16, (*p.paper, 30))
    c.disc(spot.x, spot.y, spot.r * 0.36, p.accent)
    c.wedge(spot.x, spot.y, spot.r * 0.36, turn, turn + 180, p.glow)
    c.disc(spot.x, spot.y, spot.r * 0.045, p.paper)
    arm = [
        (0.92, spot.y - spot.r * 1.05),
        (0.9, spot.y + spot.r * 0.25),
        (spot.x + spot.r * 0.52, spot.y + spot.r * 0.55),
    ]
    c.line(arm, p.paper, 0.02)
    c.disc(*arm[0], 0.045, p.paper)
    c.line([arm[2], (arm[2][0] - 0.045, arm[2][1] + 0.025)], p.accent, 0.045)


def keys(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Piano keys in a fan."""
    c.gradient(p.back, mix(p.back, p.glow, 0.5))
    x, y, r = spot.x, spot.y + spot.r * 1.25, spot.r * 2.35
    n, first = 11, 200 + rng.random() * 8
    step = (340 - first) / n
    for i in range(n):
        c.wedge(x, y, r, first + i * step + 0.5, first + (i + 1) * step - 0.5, p.paper if i % 5 != 3 else p.accent)
    for i in range(1, n):
        if i % 7 not in (3, 0):
            c.wedge(x, y, r, first + (i - 0.28) * step, first + (i + 0.28) * step, p.dark)
            c.wedge(x, y, r * 0.62, first + (i - 0.32) * step, first + (i + 0.32) * step, p.paper)
    c.disc(x, y, r * 0.3, mix(p.back, p.glow, 0.4))
    c.disc(x, y, r * 0.27, p.dark)


def countdown(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """The leader of a film: rings, a cross, a hand that goes round."""
    c.rect(0, 0, 1, c.height, p.glow)
    start = 270 + rng.choice((70, 130, 215, 290))
    c.wedge(spot.x, spot.y, 2, 270, start, mix(p.glow, p.back, 0.45))
    c.line([(0, spot.y), (1, spot.y)], p.dark, 0.006)
    c.line([(spot.x, 0), (spot.x, c.height)], p.dark, 0.006)
    for r in (0.95, 0.78):
        c.ring(spot.x, spot.y, spot.r * r, p.paper, 0.022)
    c.line([(spot.x, spot.y), around(spot.x, spot.y, 2, start)], p.dark, 0.008)
    c.disc(spot.x, spot.y, spot.r * 0.4, p.dark)
    c.disc(spot.x, spot.y, spot.r * 0.17, p.accent)


def _great_circle(spot: Spot, ellipse: tuple[float | None, float | None], tilt: float) -> list[tuple[float, float]]:
    """A meridian (its width) or a parallel (its height) of a tilted globe."""
    across, up = ellipse[0], ellipse[1] or 0.0
    points = []
    for n in range(49):
        t = n * math.tau / 48
        if across is not None:
            x, y = across * math.cos(t), math.sin(t)
        else:
            x, y = math.sqrt(1 - up * up) * math.cos(t), up + 0.06 * math.sin(t)
        points.append(
            (
                spot.x + 0.95 * spot.r * (x * math.cos(tilt) - y * math.sin(tilt)),
                spot.y + 0.95 * spot.r * (x * math.sin(tilt) + y * math.cos(tilt)),
            )
        )
    return points
