"""How picture and title share a poster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw, ImageOps

from reco_core.posters.canvas import Canvas, Spot
from reco_core.posters.lettering import Block, Face, draw_block, draw_spaced
from reco_core.posters.palettes import Colour, Palette, contrast
from reco_core.posters.styles import Scene

RATIO = 1.5
MARGIN = 0.085
READABLE = 4.5  # contrast of text


@dataclass(frozen=True)
class Design:
    """What one poster is made of."""

    scene: Scene
    palette: Palette
    face: Face
    compose: Callable[[Sheet], Image.Image]
    centred: bool
    mirrored: bool
    seed: int


@dataclass(frozen=True)
class Sheet:
    """A design with its text: the title, the line in brackets behind it, and the small line; width in px."""

    design: Design
    block: Block
    small: str
    more: str
    width: int

    @staticmethod
    def text_width(width: int) -> float:
        """Room for a line of the title in px."""
        return width * (1 - 2 * MARGIN)

    @property
    def height(self) -> int:
        return round(self.width * RATIO)

    @property
    def margin(self) -> float:
        return self.width * MARGIN

    @property
    def text_height(self) -> float:
        """From the top of the title to the last small line, px."""
        return self.block.height + self.width * (0.085 * bool(self.small) + 0.062 * bool(self.more))

    def picture(self, height: int, top: float, bottom: float, width: int | None = None) -> Image.Image:
        """The scene in a size, with what matters in the middle of top..bottom (px)."""
        width = width or self.width
        room = (bottom - top) / width
        canvas = Canvas(width, height, self.design.palette.back)
        spot = Spot(0.5, top / width + room * 0.49, min(0.41, room * 0.43))
        self.design.scene(canvas, self.design.palette, spot, Random(self.design.seed))  # noqa: S311  # the same drawing each time
        image = canvas.finished()
        return ImageOps.mirror(image) if self.design.mirrored else image

    def write(self, image: Image.Image, top: float, ink: Colour) -> None:
        """The title from `top` on, and below it the small lines."""
        pen, width, centred = ImageDraw.Draw(image), self.text_width(self.width), self.design.centred
        draw_block(pen, self.block, (self.margin, top, width), centred, ink)
        y, size = top + self.block.height + self.width * 0.085, self.width * 0.042
        if self.more:
            draw_spaced(pen, self.more, (self.margin, y, width), (size * 1.08, 0.0), centred, ink)
            y += self.width * 0.062
        draw_spaced(pen, self.small, (self.margin, y, width), (size, 0.08), centred, ink)


def low(sheet: Sheet) -> Image.Image:
    """The picture fills the sheet; the title stands on its dark lower end."""
    top = sheet.height - sheet.margin - sheet.text_height
    image = sheet.picture(sheet.height, 0, top)
    _darken(image, top - sheet.width * 0.3, top - sheet.width * 0.03, sheet.design.palette.dark)
    sheet.write(image, top, sheet.design.palette.paper)
    return image


def high(sheet: Sheet) -> Image.Image:
    """The picture fills the sheet; the title stands in its dark sky."""
    bottom = sheet.margin * 1.1 + sheet.text_height
    image = sheet.picture(sheet.height, bottom, sheet.height)
    _darken(image, bottom + sheet.width * 0.25, bottom, sheet.design.palette.dark)
    sheet.write(image, sheet.margin * 1.1, sheet.design.palette.paper)
    return image


def block_below(sheet: Sheet) -> Image.Image:
    """The picture above, a plain block with the title below."""
    ground, ink = _ground(sheet)
    top = sheet.height - sheet.margin - sheet.text_height
    edge = round(top - sheet.margin)
    image = Image.new("RGB", (sheet.width, sheet.height), ground)
    image.paste(sheet.picture(edge, 0, edge))
    sheet.write(image, top, ink)
    return image


def block_above(sheet: Sheet) -> Image.Image:
    """A plain block with the title above, the picture below."""
    ground, ink = _ground(sheet)
    edge = round(2.1 * sheet.margin + sheet.text_height)
    image = Image.new("RGB", (sheet.width, sheet.height), ground)
    image.paste(sheet.picture(sheet.height - edge, 0, sheet.height - edge), (0, edge))
    sheet.write(image, sheet.margin * 1.1, ink)
    return image


def framed(sheet: Sheet) -> Image.Image:
    """A light sheet with the picture in a frame, and the title below in dark ink."""
    p, edge = sheet.design.palette, round(sheet.width * 0.055)
    top = sheet.height - sheet.margin * 0.95 - sheet.text_height
    image = Image.new("RGB", (sheet.width, sheet.height), p.paper)
    height = round(top - sheet.width * 0.075) - edge
    image.paste(sheet.picture(height, 0, height, sheet.width - 2 * edge), (edge, edge))
    sheet.write(image, top, p.dark)
    return image


_DEEP = (low, low, high, block_below, framed)
_FLAT = (block_below, block_below, block_above, framed)
# Places fade well into the dark ground of a title; flat and bright pictures stand beside it.
COMPOSITIONS: dict[str, tuple[Callable[[Sheet], Image.Image], ...]] = {
    "land": _DEEP,
    "night": _DEEP,
    "street": _DEEP,
    "signs": (low, high, block_below, framed),
    "shapes": (low, *_FLAT),
    "toys": _FLAT,
    "props": _FLAT,
}


def _ground(sheet: Sheet) -> tuple[Colour, Colour]:
    """(colour of a block, colour of the ink on it), a readable pair of the palette."""
    p, rng = sheet.design.palette, Random(sheet.design.seed)  # noqa: S311
    pairs = [(p.dark, p.paper), (p.accent, p.dark), (p.accent, p.paper), (p.paper, p.dark), (p.glow, p.dark)]
    return rng.choice([pair for pair in pairs if contrast(*pair) >= READABLE])


def _darken(image: Image.Image, clear: float, full: float, colour: Colour) -> None:
    """Lay a colour over the image: nothing at height `clear`, nearly all from `full` on to the edge beyond."""
    mask = Image.new("L", (1, image.height))
    for y in range(image.height):
        share = min(1.0, max(0.0, (y - clear) / (full - clear)))
        mask.putpixel((0, y), round(246 * share * share * (3 - 2 * share)))
    image.paste(Image.new("RGB", image.size, colour), mask=mask.resize(image.size))
