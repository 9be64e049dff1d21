"""Book covers: portrait, with the fold of the spine."""

from __future__ import annotations

from random import Random

from PIL import Image, ImageDraw

from reco_core.posters.ornaments import ORNAMENTS
from reco_core.posters.palettes import mix
from reco_core.posters.prints import Compose, Print

RATIO = 1.5
LEFT, RIGHT = 0.125, 0.075  # margins beside the spine and at the other edge
ROOM = 1 - LEFT - RIGHT


def cover(made: Print, rng: Random) -> Image.Image:
    """A cover in one of COMPOSITIONS."""
    image = rng.choice(COMPOSITIONS)(made, rng)
    _spine(image)
    return image


def _plate(made: Print, rng: Random) -> Image.Image:
    """A pattern over all, and on it a plate with the title."""
    image = made.pattern(rng.choice(ORNAMENTS), rng, made.width, made.height)
    ground, ink = rng.choice(made.pairs()[:2])
    block = made.block(ROOM - 0.14, 0.5, 0.15)
    tall = block.height / made.width + (0.3 if made.small else 0.2)
    top = RATIO * rng.choice((0.16, 0.5, 0.5)) - (tall / 2 if tall < RATIO * 0.5 else 0.1)
    top = min(max(top, 0.14), RATIO - tall - 0.14)
    pen = ImageDraw.Draw(image)
    w = made.width
    pen.rectangle((LEFT * w, top * w, (1 - RIGHT) * w, (top + tall) * w), ground)
    pen.rectangle(
        ((LEFT + 0.022) * w, (top + 0.022) * w, (1 - RIGHT - 0.022) * w, (top + tall - 0.022) * w), outline=ink, width=1
    )
    made.write(image, block, (LEFT + 0.07, top + 0.1, ROOM - 0.14), True, ink)
    made.note(image, (LEFT + 0.07, top + tall - 0.075, ROOM - 0.14), True, ink)
    return image


def _type(made: Print, rng: Random) -> Image.Image:
    """The title as large as it can be, on a plain ground, over a disc of pattern where there is room, or a rule."""
    ground, ink = rng.choice(made.pairs())
    image = made.blank(ground)
    block = made.block(ROOM, 0.86, 0.27)
    made.write(image, block, (LEFT, 0.12, ROOM), False, ink)
    w, pen = made.width, ImageDraw.Draw(image)
    free = RATIO - 0.24 - block.height / w
    if free > 0.62:
        r = min(free * 0.36, 0.33)
        made.medal(image, rng.choice(ORNAMENTS), rng, (LEFT + r, RATIO - 0.26 - r, r))
    accent = made.palette.accent if made.palette.accent != ground else made.palette.glow
    pen.rectangle((LEFT * w, (RATIO - 0.2) * w, (LEFT + 0.2) * w, (RATIO - 0.185) * w), accent)
    made.note(image, (LEFT, RATIO - 0.1, ROOM), False, ink)
    return image


def _bands(made: Print, rng: Random) -> Image.Image:
    """Three bands; the title in the light one, a mark in the lowest."""
    p, w = made.palette, made.width
    colour = rng.choice([c for c in (p.back, p.accent, p.middle) if c != p.paper])
    image = made.blank(colour)
    block = made.block(ROOM, 0.42, 0.155)
    tall = max(block.height / w + 0.2, 0.42)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0.36 * w, w, (0.36 + tall) * w), p.paper)
    made.write(image, block, (LEFT, 0.36 + (tall - block.height / w) / 2, ROOM), True, p.dark)
    made.note(image, (LEFT, 0.21, ROOM), True, max((p.paper, p.dark), key=lambda ink: _far(ink, colour)))
    x, y, r = LEFT + ROOM / 2, (0.36 + tall + RATIO) / 2, 0.09
    pen.ellipse([v * w for v in (x - r, y - r, x + r, y + r)], p.paper)
    pen.ellipse([v * w for v in (x - r * 0.55, y - r * 0.55, x + r * 0.55, y + r * 0.55)], colour)
    return image


def _picture_above(made: Print, rng: Random) -> Image.Image:
    """A pattern above, the title on a plain ground below."""
    ground, ink = rng.choice(made.pairs())
    block = made.block(ROOM, 0.5, 0.16)
    top = RATIO - 0.1 - block.height / made.width - (0.11 if made.small else 0.0)
    image = made.blank(ground)
    image.paste(made.pattern(rng.choice(ORNAMENTS), rng, made.width, round((top - 0.09) * made.width)))
    made.write(image, block, (LEFT, top, ROOM), False, ink)
    made.note(image, (LEFT, RATIO - 0.1, ROOM), False, ink)
    return image


def _window(made: Print, rng: Random) -> Image.Image:
    """A light cover with a square pattern in its middle, the title above it."""
    p, w = made.palette, made.width
    image = made.blank(p.paper)
    block = made.block(ROOM, 0.42, 0.14)
    made.write(image, block, (LEFT, 0.11, ROOM), True, p.dark)
    top = 0.11 + block.height / w + 0.1
    side = min(ROOM, RATIO - top - 0.2)
    picture = made.pattern(rng.choice(ORNAMENTS), rng, round(side * w), round(side * w))
    image.paste(picture, (round((LEFT + (ROOM - side) / 2) * w), round(top * w)))
    made.note(image, (LEFT, RATIO - 0.085, ROOM), True, mix(p.dark, p.paper, 0.15))
    return image


COMPOSITIONS: tuple[Compose, ...] = (_plate, _type, _bands, _picture_above, _picture_above, _window)


def _far(a: tuple[int, int, int], b: tuple[int, int, int]) -> int:
    return sum(abs(x - y) for x, y in zip(a, b, strict=True))


def _spine(image: Image.Image) -> None:
    """The fold: a dark edge, a line of light, a soft shadow beside it."""
    pen = ImageDraw.Draw(image, "RGBA")
    w, h = image.size
    for x in range(round(w * 0.075)):
        share = x / (w * 0.075)
        dark = round(70 * (1 - share)) if share < 0.5 else round(52 * (1 - (share - 0.5) * 2))
        pen.line((x, 0, x, h), (0, 0, 0, dark))
    light = round(w * 0.036)
    pen.line((light, 0, light, h), (255, 255, 255, 64))
