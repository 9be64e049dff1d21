"""Someone, somewhere: each function draws one picture on a canvas, around a spot, in a palette."""

from __future__ import annotations

import math
from random import Random

from reco_core.posters.canvas import Canvas, Spot, around
from reco_core.posters.palettes import Palette, mix
from reco_core.posters.scenes.figures import man_with_hat, person


def umbrella(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Someone under an umbrella in the rain."""
    c.gradient(p.back, mix(p.back, p.glow, 0.7), 0, spot.y + spot.r * 1.2)
    for _ in range(70):
        x, y, length = rng.random() * 1.1, rng.random() * c.height, 0.03 + 0.05 * rng.random()
        c.line([(x, y), (x - length * 0.3, y + length)], (*p.paper, 90), 0.004)
    x, y, r = spot.x, spot.y - spot.r * 0.05, spot.r * 0.82
    ground = spot.y + spot.r * 1.05
    c.rect(0, ground, 1, c.height, p.dark)
    c.wedge(x, ground + 0.002, spot.r * 0.75, 0, 180, mix(p.dark, p.back, 0.25))
    person(c, (x + 0.02, ground + 0.02), spot.r * 1.12, p.dark)
    c.line([(x - 0.03, y - r), (x - 0.03, spot.y + spot.r * 0.5)], p.dark, 0.012)
    c.wedge(x - 0.03, y, r, 180, 360, p.accent)
    for dx, width in ((-0.5, 0.5), (0.5, 0.5)):
        c.wedge(x - 0.03 + dx * r, y + 0.001, r * width, 180, 360, mix(p.accent, p.dark, 0.16))
    for n in range(4):
        c.wedge(x - 0.03 + (n - 1.5) * r / 2, y + 0.002, r * 0.25, 180, 360, mix(p.back, p.glow, 0.38))
    c.line([(x - 0.03, y - r * 1.12), (x - 0.03, y - r)], p.dark, 0.012)


def doorway(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A lit doorway, its light on the floor, and someone who stands in it."""
    c.gradient(p.dark, p.back, 0, spot.y + spot.r * 0.6)
    floor = spot.y + spot.r * 0.6
    c.rect(0, floor, 1, c.height, mix(p.dark, p.back, 0.35))
    x, half, top = spot.x, spot.r * 0.34, spot.y - spot.r * 0.65
    side = rng.choice((-1, 1))
    reach = min(c.height, floor + spot.r * 1.1)
    c.polygon(
        [
            (x - half, floor),
            (x + half, floor),
            (x + half * 2.1 + side * 0.2, reach),
            (x - half * 2.1 + side * 0.2, reach),
        ],
        (*p.light, 80),
    )
    c.disc(x, top, half, p.light)
    c.rect(x - half, top, x + half, floor, p.light)
    c.polygon(
        [(x - 0.03, floor), (x + 0.03, floor), (x + 0.12 + side * 0.16, reach), (x - 0.02 + side * 0.16, reach)],
        (*p.dark, 170),
    )
    person(c, (x, floor + 0.012), spot.r * 0.85, p.dark)


def stairs(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Stairs that climb to a disc of light."""
    c.gradient(p.back, mix(p.back, p.glow, 0.8))
    side = rng.choice((-1, 1))
    light = (spot.x + side * spot.r * 0.55, spot.y - spot.r * 0.5)
    c.halo(*light, spot.r * 0.9, p.light, 20)
    c.disc(*light, spot.r * 0.42, p.light)
    n, low = 7, spot.y + spot.r * 1.05
    for i in range(n):
        x0, x1, y = -0.02 + i / n, -0.02 + (i + 1) / n + 0.005, low - i * spot.r * 0.19
        x0, x1 = (x0, x1) if side > 0 else (1 - x1, 1 - x0)
        c.rect(x0, y, x1 if i < n - 1 or side < 0 else 1, c.height, mix(p.middle, p.dark, 0.25 + 0.6 * (1 - i / n)))
        c.rect(x0, y, x1, y + 0.012, mix(p.glow, p.paper, 0.4))
    at = 4.5 / n
    person(c, (at if side > 0 else 1 - at, low - 4 * spot.r * 0.19), spot.r * 0.42, p.dark)


def keyhole(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Light through a keyhole, and someone behind it."""
    c.gradient(p.dark, mix(p.dark, p.back, 0.8))
    c.halo(spot.x, spot.y, spot.r * 1.3, p.light, 14)
    top, r = spot.y - spot.r * 0.35, spot.r * 0.47
    c.disc(spot.x, top, r, p.light)
    foot = spot.y + spot.r * 0.95
    c.polygon(
        [(spot.x - r * 0.5, top), (spot.x + r * 0.5, top), (spot.x + r * 0.95, foot), (spot.x - r * 0.95, foot)],
        p.light,
    )
    person(c, (spot.x + (rng.random() - 0.5) * r * 0.4, foot), spot.r * 1.05, p.dark)
    c.disc(spot.x, top, r, (*p.paper, 30))


def blinds(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Light through venetian blinds, and a man with a hat."""
    c.gradient(p.dark, mix(p.dark, p.back, 0.7))
    side = rng.choice((-1, 1))
    slope = 0.1 * side
    for n in range(-2, 12):
        y = spot.y - spot.r * 1.35 + n * spot.r * 0.23
        c.polygon(
            [(0, y - slope), (1, y + slope), (1, y + slope + spot.r * 0.12), (0, y - slope + spot.r * 0.12)],
            mix(p.glow, p.accent, n / 12),
        )
    x, u = spot.x + side * 0.06, spot.r
    man_with_hat(c, (x, spot.y), u, p.dark)
    for n in range(3):
        y = spot.y - u * 0.04 + n * u * 0.23
        c.line([(x + side * u * 0.1, y), (x + side * u * 0.26, y + slope * 0.3)], (*p.accent, 170), 0.012)


def street_lamp(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """The cone of a street lamp, and someone who waits in it."""
    c.gradient(p.dark, mix(p.dark, p.back, 0.8), 0, spot.y + spot.r)
    u, side = spot.r, rng.choice((-1, 1))
    x, top, ground = spot.x + side * 0.14, spot.y - u * 0.75, spot.y + u * 0.9
    c.rect(0, ground, 1, c.height, p.dark)
    lamp = x - side * u * 0.42
    for spread, alpha in ((0.78, 45), (0.62, 45), (0.46, 45)):
        c.polygon(
            [(lamp - 0.02, top), (lamp + 0.02, top), (lamp + spread * u, ground), (lamp - spread * u, ground)],
            (*p.light, alpha),
        )
    c.polygon(
        [
            (lamp - 0.78 * u, ground),
            (lamp + 0.78 * u, ground),
            (lamp + 0.6 * u, ground + 0.13 * u),
            (lamp - 0.6 * u, ground + 0.13 * u),
        ],
        (*p.light, 70),
    )
    c.line([(x, ground + 0.05 * u), (x, top - 0.12 * u), (lamp, top - 0.12 * u)], p.dark, 0.016)
    c.polygon(
        [
            (lamp - 0.1 * u, top),
            (lamp - 0.04 * u, top - 0.14 * u),
            (lamp + 0.04 * u, top - 0.14 * u),
            (lamp + 0.1 * u, top),
        ],
        p.dark,
    )
    c.disc(lamp, top + 0.01, 0.03, p.paper)
    person(c, (lamp - side * u * 0.08, ground + 0.05 * u), u * 0.78, p.dark, hat=True)


def facade(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """The windows of a house at night, one of them lit."""
    c.rect(0, 0, 1, c.height, mix(p.back, p.dark, 0.45))
    columns, step = 4, 0.25
    lit = (rng.randrange(1, 3), 0)
    top = spot.y - step * 0.55
    first = -math.ceil(top / (step * 1.12))
    for row in range(first, first + 9):
        for column in range(columns):
            x, y = (column + 0.5) * step, top + row * step * 1.12
            on = (column, row) == lit
            colour = p.light if on else mix(p.back, p.dark, 0.75 + 0.15 * rng.random())
            if not on and rng.random() < 0.12:
                colour = mix(p.dark, p.glow, 0.4)
            if on:
                c.halo(x, y + step * 0.4, step * 0.9, p.light, 16)
            c.rect(x - step * 0.3, y, x + step * 0.3, y + step * 0.82, colour)
            c.rect(x - step * 0.36, y + step * 0.82, x + step * 0.36, y + step * 0.88, mix(p.back, p.glow, 0.25))
            if on:
                c.disc(x + 0.01, y + step * 0.36, step * 0.115, p.dark)
                c.wedge(x + 0.01, y + step * 0.82, step * 0.26, 180, 360, p.dark)
            else:
                c.rect(x - 0.004, y, x + 0.004, y + step * 0.82, mix(p.back, p.dark, 0.45))


def lighthouse(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """A lighthouse whose beam goes through the night."""
    c.gradient(p.dark, p.back, 0, spot.y + spot.r)
    x, top, base, u = spot.x - 0.1, spot.y - spot.r * 0.62, spot.y + spot.r * 0.8, spot.r
    for spread, alpha in ((15, 40), (10, 50), (5, 60)):
        for heading in (0, 180):
            tips = [around(x, top, 1.6, heading - 12 - spread), around(x, top, 1.6, heading - 12 + spread)]
            c.polygon([(x, top), *tips], (*p.light, alpha))
    c.halo(x, top, u * 0.4, p.light, 40)
    for n in range(6):
        low, high = n / 6, (n + 1) / 6
        y0, y1, w0, w1 = base - low * u * 1.25, base - high * u * 1.25, 0.22 - 0.09 * low, 0.22 - 0.09 * high
        shape = [(x - w0 * u, y0), (x + w0 * u, y0), (x + w1 * u, y1), (x - w1 * u, y1)]
        c.polygon(shape, p.paper if n % 2 else p.accent if p.accent != p.light else p.middle)
    c.rect(x - 0.18 * u, top + 0.13 * u, x + 0.18 * u, top + 0.17 * u, p.dark)
    c.rect(x - 0.1 * u, top - 0.1 * u, x + 0.1 * u, top + 0.13 * u, p.light)
    c.polygon([(x - 0.15 * u, top - 0.1 * u), (x, top - 0.28 * u), (x + 0.15 * u, top - 0.1 * u)], p.dark)
    for n in range(4):
        y = base + u * (0.05 + 0.2 * n)
        phase = rng.random() * 6
        c.below([(i / 24, y - 0.014 * math.sin(phase + i * 1.3)) for i in range(25)], mix(p.middle, p.dark, n / 3))
    rock = [(-0.55, 0.16), (-0.4, 0.0), (-0.2, -0.04), (0.24, -0.03), (0.42, 0.02), (0.62, 0.17)]
    c.shape((x, base), u, rock, p.dark)


def wire(c: Canvas, p: Palette, spot: Spot, rng: Random) -> None:
    """Birds on a wire, one apart."""
    c.gradient(p.back, p.glow)
    c.disc(spot.x + rng.choice((-1, 1)) * 0.14, spot.y - spot.r * 0.2, spot.r * 0.72, p.light)
    for n in range(3):
        y, sag = spot.y + spot.r * (-0.3 + 0.42 * n), 0.05 + 0.01 * n
        line = [(i / 24, y + sag * (1 - (2 * i / 24 - 1) ** 2)) for i in range(25)]
        c.line(line, p.dark, 0.007)
        flock = sorted(rng.sample(range(2, 23), 3 + n)) if n < 2 else [rng.randrange(5, 20)]
        for i in flock:
            _bird(
                c, line[i], spot.r * 0.17, rng.choice((-1, 1)), p.accent if n == 2 and p.accent != p.light else p.dark
            )
    c.line([(0.93, 0), (0.93, c.height)], p.dark, 0.03)


def _bird(c: Canvas, feet: tuple[float, float], size: float, side: int, colour: tuple[int, int, int]) -> None:
    """A small bird that sits."""
    x, y = feet
    c.polygon(
        [
            (x - side * size * 0.95, y + size * 0.1),
            (x - side * size * 0.1, y - size * 0.85),
            (x + side * size * 0.3, y - size * 0.1),
        ],
        colour,
    )
    c.disc(x, y - size * 0.42, size * 0.4, colour)
    c.disc(x + side * size * 0.24, y - size * 0.88, size * 0.25, colour)
    c.polygon(
        [
            (x + side * size * 0.42, y - size * 0.98),
            (x + side * size * 0.75, y - size * 0.84),
            (x + side * size * 0.42, y - size * 0.76),
        ],
        colour,
    )
