"""Game boxes: a band above, a picture, a bold title, and the side of the box."""

from __future__ import annotations

import math
from random import Random

from PIL import Image, ImageDraw

from reco_core.posters.canvas import Canvas, Spot
from reco_core.posters.palettes import contrast, mix
from reco_core.posters.prints import Print
from reco_core.posters.scenes import land, night, shapes, signs, toys
from reco_core.posters.styles import Scene

RATIO = 4 / 3
SIDE = 0.06
MARGIN = 0.07
BAND = 0.115
SCENES: tuple[Scene, ...] = (
    *(night.planet, night.retro_sun, night.city, night.castle, night.forest, night.house, night.searchlights),
    *(land.desert, land.peaks, land.road, land.sea, land.hills, land.parachutes, signs.burst, signs.target),
    *(signs.shards, signs.bolt, signs.claws, shapes.globe, shapes.aperture, toys.tiles, toys.rainbow),
)


def box(made: Print, rng: Random) -> Image.Image:
    """The front of a box with its side at the left."""
    p, w = made.palette, made.width
    left, front = round(SIDE * w), w - round(SIDE * w)
    image = made.blank(mix(p.dark, (0, 0, 0), 0.25))
    block = made.block(1 - SIDE - 2 * MARGIN, 0.46, 0.2)
    high = rng.random() < 0.35
    title = BAND + 0.075 if high else RATIO - 0.075 - block.height / w - (0.085 if made.small else 0.0)
    image.paste(_scene(made, rng, front, title, high), (left, 0))
    _shade(image, left, title + block.height / w + 0.07 if high else title - 0.02, high, made)
    made.write(image, block, (SIDE + MARGIN, title, 1 - SIDE - 2 * MARGIN), True, p.paper)
    foot = title + block.height / w + 0.08 if high else RATIO - 0.055
    made.note(image, (SIDE + MARGIN, foot, 1 - SIDE - 2 * MARGIN), True, p.paper)
    _band(image, made, rng, left)
    _side(image, left)
    return image


def _scene(made: Print, rng: Random, width: int, title: float, high: bool) -> Image.Image:
    """The picture, what matters in it beside the title."""
    canvas = Canvas(width, made.height, made.palette.back)
    bottom = canvas.height if high else title * made.width / width
    top = (title + 0.3 if high else BAND) * made.width / width
    rng.choice(SCENES)(canvas, made.palette, Spot(0.5, (top + bottom) / 2, min(0.4, (bottom - top) * 0.42)), rng)
    return canvas.finished()


def _shade(image: Image.Image, left: int, edge: float, high: bool, made: Print) -> None:
    """The dark ground of the title, which fades into the picture."""
    mask = Image.new("L", (1, image.height))
    fade = 0.22 * image.width
    for y in range(image.height):
        beyond = (edge * image.width + fade - y) / fade if high else (y - edge * image.width + fade) / fade
        share = min(1.0, max(0.0, beyond))
        mask.putpixel((0, y), round(244 * share * share * (3 - 2 * share)))
    front = (image.width - left, image.height)
    image.paste(Image.new("RGB", front, made.palette.dark), (left, 0), mask.resize(front))


def _band(image: Image.Image, made: Print, rng: Random, left: int) -> None:
    """The band along the top, with four marks such as gamepads have, in a colour of its own."""
    p, w, pen = made.palette, image.width, ImageDraw.Draw(image)
    colour = p.accent if contrast(p.accent, p.dark) > 1.4 else p.glow
    ink = max((p.dark, p.paper), key=lambda ink: contrast(ink, colour))
    pen.rectangle((left, 0, w, BAND * w), colour)
    y, r, sides = BAND / 2, 0.026, [3, 4, 0, 6]
    rng.shuffle(sides)
    for k, corners in enumerate(sides):
        x = SIDE + MARGIN + r + k * 0.085
        if corners == 0:
            pen.ellipse([v * w for v in (x - r, y - r, x + r, y + r)], ink)
        else:
            turn = -90 if corners == 3 else 45 if corners == 4 else 0
            points = [math.radians(turn + 360 * n / corners) for n in range(corners)]
            pen.polygon([((x + r * math.cos(a)) * w, (y + r * math.sin(a)) * w) for a in points], ink)


def _side(image: Image.Image, left: int) -> None:
    """The side of the box in the dark, and the edge where the light falls on it."""
    pen = ImageDraw.Draw(image, "RGBA")
    for x in range(left):
        pen.line((x, 0, x, image.height), (255, 255, 255, round(26 * x / max(left, 1))))
    pen.line((left, 0, left, image.height), (255, 255, 255, 90))
