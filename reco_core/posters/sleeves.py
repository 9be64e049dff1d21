"""Record sleeves: square, with a large pattern and a small title."""

from __future__ import annotations

from random import Random

from PIL import Image, ImageDraw

from reco_core.posters.ornaments import ORNAMENTS
from reco_core.posters.prints import Compose, Print

RATIO = 1.0
MARGIN = 0.08
ROOM = 1 - 2 * MARGIN


def sleeve(made: Print, rng: Random) -> Image.Image:
    """A sleeve in one of COMPOSITIONS."""
    image = rng.choice(COMPOSITIONS)(made, rng)
    _wear(image)
    return image


def _strip(made: Print, rng: Random) -> Image.Image:
    """The pattern, and a strip with the title at an edge."""
    ground, ink = rng.choice(made.pairs())
    block = made.block(ROOM, 0.24, 0.12)
    tall = block.height / made.width + (0.2 if made.small else 0.13)
    above = rng.random() < 0.4
    image = made.blank(ground)
    picture = made.pattern(rng.choice(ORNAMENTS), rng, made.width, round((1 - tall) * made.width))
    image.paste(picture, (0, round(tall * made.width) if above else 0))
    top = 0.065 if above else 1 - tall + 0.065
    made.write(image, block, (MARGIN, top, ROOM), False, ink)
    made.note(image, (MARGIN, top + block.height / made.width + 0.075, ROOM), False, ink)
    return image


def _label(made: Print, rng: Random) -> Image.Image:
    """The record itself fills the sleeve, with the title on its label."""
    p, w = made.palette, made.width
    image = made.pattern(rng.choice(ORNAMENTS), rng, w, w)
    pen = ImageDraw.Draw(image, "RGBA")

    def disc(r: float, fill: tuple[int, ...]) -> None:
        pen.ellipse([v * w for v in (0.5 - r, 0.5 - r, 0.5 + r, 0.5 + r)], fill)

    disc(0.44, (*p.dark, 255))
    for k in range(9):
        r = 0.42 - 0.014 * k
        pen.ellipse([v * w for v in (0.5 - r, 0.5 - r, 0.5 + r, 0.5 + r)], outline=(255, 255, 255, 22), width=1)
    ground, ink = next((pair for pair in reversed(made.pairs()) if pair[0] != p.dark), (p.paper, p.dark))
    disc(0.28, (*ground, 255))
    block = made.block(0.42, 0.26, 0.1)
    made.write(image, block, (0.29, 0.5 - block.height / w / 2, 0.42), True, ink)
    return image


def _poster(made: Print, rng: Random) -> Image.Image:
    """The title as large as it can be, and a square of pattern at the lower right."""
    ground, ink = rng.choice(made.pairs())
    image = made.blank(ground)
    block = made.block(ROOM, 0.46, 0.24)
    made.write(image, block, (MARGIN, 0.09, ROOM), False, ink)
    side = max(0.22, min(0.42, 1 - 0.09 - block.height / made.width - 0.1 - MARGIN))
    picture = made.pattern(rng.choice(ORNAMENTS), rng, round(side * made.width), round(side * made.width))
    at = round((1 - MARGIN - side) * made.width)
    image.paste(picture, (at, at))
    made.note(image, (MARGIN, 1 - MARGIN, ROOM - side - 0.05), False, ink)
    return image


def _corner(made: Print, rng: Random) -> Image.Image:
    """The pattern over all, and the title on a small plate in a corner."""
    image = made.pattern(rng.choice(ORNAMENTS), rng, made.width, made.width)
    ground, ink = rng.choice(made.pairs()[:2])
    block = made.block(0.62, 0.3, 0.11)
    w, tall = made.width, block.height / made.width + 0.13
    wide = max(_widest(block.lines, made, block.size) + 0.14, 0.34)
    top = rng.choice((MARGIN, 1 - MARGIN - tall))
    ImageDraw.Draw(image).rectangle((0, top * w, wide * w, (top + tall) * w), ground)
    made.write(image, block, (0.07, top + 0.065, 0.62), False, ink)
    return image


COMPOSITIONS: tuple[Compose, ...] = (_strip, _strip, _label, _poster, _corner)


def _widest(lines: tuple[str, ...], made: Print, size: float) -> float:
    """The longest line in widths of the picture."""
    from reco_core.posters.lettering import load

    font = load(made.face.file, size)
    return max((font.getlength(line) for line in lines), default=0.0) / made.width


def _wear(image: Image.Image) -> None:
    """A light edge at the opening, and the faint ring that a record leaves."""
    pen = ImageDraw.Draw(image, "RGBA")
    w = image.width
    for r, strength in ((0.462, 16), (0.456, 10)):
        pen.ellipse([v * w for v in (0.5 - r, 0.5 - r, 0.5 + r, 0.5 + r)], outline=(255, 255, 255, strength), width=2)
    pen.line((w - 1, 0, w - 1, w), (255, 255, 255, 70))
    pen.line((w - 3, 0, w - 3, w), (0, 0, 0, 40))
