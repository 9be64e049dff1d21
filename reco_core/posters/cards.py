"""Plain cards for whatever has no cover: a quiet ground, the title, and one shape in the colour of the category."""

from __future__ import annotations

import re
from random import Random

from PIL import Image, ImageDraw

from reco_core.posters.canvas import Canvas
from reco_core.posters.ornaments import ORNAMENTS
from reco_core.posters.palettes import Colour, contrast, mix
from reco_core.posters.prints import READABLE, Compose, Print

RATIO = 1.0
MARGIN = 0.09
ROOM = 1 - 2 * MARGIN


def card(made: Print, rng: Random) -> Image.Image:
    """A card in one of COMPOSITIONS."""
    return rng.choice(COMPOSITIONS)(made, rng)


def _round(made: Print, rng: Random) -> Image.Image:
    """A card with a great disc that leaves it at a corner."""
    p = made.palette
    ground, ink = rng.choice(made.pairs()[:3])
    canvas = Canvas(made.width, made.height, ground)
    x, r = rng.choice((0.86, 1.0)), 0.42 + 0.12 * rng.random()
    canvas.disc(x, 1.0, r, mix(ground, p.accent, 0.34))
    canvas.disc(x, 1.0, r * 0.62, mix(ground, p.accent, 0.6))
    return _text(made, canvas.finished(), (MARGIN, ink))


def _letter(made: Print, rng: Random) -> Image.Image:
    """A coloured card with the last figures of the title, or its first letter, very large and faint."""
    from reco_core.posters.lettering import load

    ground, ink = rng.choice(made.pairs())
    image = made.blank(ground)
    figures = re.search(r"[0-9]{1,2}$", made.title)
    mark = figures[0] if figures else next((letter for letter in made.title if letter.isalnum()), "").upper()
    if mark:
        font, faint = load(made.face.file, made.width * (1.05 if len(mark) == 1 else 0.8)), mix(ground, ink, 0.1)
        pen = ImageDraw.Draw(image)
        pen.text((made.width * 1.02, made.width * 1.08), mark, font=font, fill=faint, anchor="rs")
    return _text(made, image, (MARGIN, ink))


def _medal(made: Print, rng: Random) -> Image.Image:
    """A light or dark card with a disc of pattern at its lower right."""
    ground, ink = rng.choice(made.pairs()[:2])
    image = made.blank(ground)
    r = 0.17 + 0.06 * rng.random() if len(made.title) <= 30 else 0.12
    made.medal(image, rng.choice(ORNAMENTS), rng, (1 - MARGIN - r, 1 - MARGIN - r, r))
    return _text(made, image, (MARGIN, ink), beside=2 * r + 0.04)


def _corner(made: Print, rng: Random) -> Image.Image:
    """A light card with a strip of pattern along its lower edge."""
    p, w = made.palette, made.width
    image = made.blank(p.paper)
    tall = round(0.2 * w)
    image.paste(made.pattern(rng.choice(ORNAMENTS), rng, w, tall), (0, w - tall))
    return _text(made, image, (MARGIN, p.dark), below=0.2)


COMPOSITIONS: tuple[Compose, ...] = (_round, _letter, _corner, _medal)


def _text(
    made: Print, image: Image.Image, at: tuple[float, Colour], below: float = 0.0, beside: float = 0.0
) -> Image.Image:
    """The title from the top left, and the small line at the foot.

    at: left edge and ink. below: height at the foot that is taken; beside: width at its right that is taken.
    """
    left, ink = at
    room = 1 - MARGIN - left
    block = made.block(room, (0.74 - beside) if beside else 0.62 - below, 0.17)
    made.write(image, block, (left, 0.11, room), False, ink)
    quiet = mix(ink, image.getpixel((2, 2)), 0.25)  # type: ignore[arg-type]
    ground = image.getpixel((round(left * made.width), round((0.9 - below) * made.width)))
    note = quiet if contrast(quiet, ground) >= READABLE else ink  # type: ignore[arg-type]
    made.note(image, (left, 1 - 0.09 - below, room - beside), False, note)
    return image
