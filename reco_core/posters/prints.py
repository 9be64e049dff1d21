"""What covers, sleeves, boxes and cards have in common: a size, a palette, a title and a small line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw

from reco_core.posters.canvas import Canvas
from reco_core.posters.lettering import FACES, Block, Face, draw_block, draw_spaced, drawable, fit, title_and_more
from reco_core.posters.ornaments import Ornament
from reco_core.posters.palettes import PALETTES, Colour, Palette, contrast
from reco_core.posters.styles import STYLES, telling
from reco_core.shown_text import shortened

READABLE = 4.5  # contrast of text
LONGEST_GENRE = 22
Compose = Callable[["Print", Random], Image.Image]


@dataclass(frozen=True)
class Print:
    """One picture to be made: width and height in px, its colours, its lettering, and what is to be read on it."""

    width: int
    height: int
    palette: Palette
    face: Face
    title: str
    small: str

    def blank(self, fill: Colour) -> Image.Image:
        """The whole picture in one colour."""
        return Image.new("RGB", (self.width, self.height), fill)

    def pattern(self, ornament: Ornament, rng: Random, width: int, height: int) -> Image.Image:
        """An ornament in a size, px."""
        canvas = Canvas(max(width, 1), max(height, 1), self.palette.back)
        ornament(canvas, self.palette, rng)
        return canvas.finished()

    def medal(self, image: Image.Image, ornament: Ornament, rng: Random, at: tuple[float, float, float]) -> None:
        """An ornament within a disc of the image: x, y and radius in widths of the picture."""
        x, y, r = (value * self.width for value in at)
        side = round(2 * r)
        mask = Image.new("L", (side * 2, side * 2))
        ImageDraw.Draw(mask).ellipse((0, 0, side * 2 - 1, side * 2 - 1), 255)
        image.paste(self.pattern(ornament, rng, side, side), (round(x - r), round(y - r)), mask.reduce(2))

    def block(self, width: float, height: float, largest: float) -> Block:
        """The title in the largest size that keeps to width, height and largest, all in widths of the picture."""
        return fit(self.title, self.face, width * self.width, height * self.width, largest * self.width)

    def write(
        self, image: Image.Image, block: Block, at: tuple[float, float, float], centred: bool, ink: Colour
    ) -> None:
        """The block with its top at (x, y) in a room of a width, all in widths of the picture."""
        x, y, width = (value * self.width for value in at)
        draw_block(ImageDraw.Draw(image), block, (x, y, width), centred, ink)

    def note(self, image: Image.Image, at: tuple[float, float, float], centred: bool, ink: Colour) -> None:
        """The small line with its baseline at (x, y) in a room of a width, all in widths of the picture."""
        if self.small:
            x, y, width = (value * self.width for value in at)
            size = (self.width * 0.046, 0.08)
            draw_spaced(ImageDraw.Draw(image), self.small, (x, y, width), size, centred, ink)

    def pairs(self) -> list[tuple[Colour, Colour]]:
        """(ground, ink) of which the ink can be read on the ground."""
        p = self.palette
        every = [
            *((p.dark, p.paper), (p.paper, p.dark), (p.back, p.paper), (p.glow, p.dark)),
            *((p.accent, p.dark), (p.accent, p.paper), (p.back, p.dark)),
        ]
        return [pair for pair in every if contrast(*pair) >= READABLE]


def small_line(year: str, genres: Sequence[str]) -> str:
    """The year and the first two genres, each as far as there is room, in characters that can be drawn."""
    named = " / ".join(filter(None, (drawable(shortened(genre, LONGEST_GENRE)) for genre in genres[:2])))
    return "  ·  ".join(filter(None, (year, named)))


def print_of(title: str, year: str, genres: Sequence[str], size: tuple[int, int]) -> tuple[Print, Random]:
    """A print in its colours, the same for the same item, and what its shapes are drawn by.

    A first genre that posters know has their colours, another one colours of its own; without any, the title decides.
    """
    seed = hashlib.sha256("\0".join((title, year, *genres)).encode("utf-8", "replace")).digest()
    rng = Random(int.from_bytes(seed[:8], "big"))  # noqa: S311  # the same drawing each time
    known = telling(genres)[0]
    palettes = STYLES[known].palettes if known else tuple(PALETTES)
    if genres and not known:
        palettes = tuple(Random(genres[0]).sample(palettes, 3))  # noqa: S311
    main, more = title_and_more(title)
    small = small_line(year if main else "", genres) or shortened(more, LONGEST_GENRE)
    made = Print(
        *size,
        palette=PALETTES[rng.choice(palettes)],
        face=FACES[rng.choice(tuple(FACES))],
        title=main or year,
        small=drawable(small.upper()),
    )
    return made, rng
