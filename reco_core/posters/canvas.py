"""A picture drawn in units of its width, at twice the size that is kept."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from reco_core.posters.palettes import Colour, mix

Point = tuple[float, float]
Fill = tuple[int, ...]
SCALE = 2  # drawn twice as large and reduced: smooth edges


@dataclass(frozen=True)
class Spot:
    """Where the eye should go: the middle and the radius of what matters in a picture, in widths."""

    x: float
    y: float
    r: float


class Canvas:
    """A picture 1 wide and `height` high, y downwards; shapes outside it are cut off.

    A fill is a colour (r, g, b), or (r, g, b, alpha 0..255) to let what is below shine through.
    """

    def __init__(self, width_px: int, height_px: int, fill: Colour) -> None:
        self._image = Image.new("RGB", (width_px * SCALE, height_px * SCALE), fill)
        self._pen = ImageDraw.Draw(self._image, "RGBA")
        self._unit = width_px * SCALE
        self.height = height_px / width_px

    def finished(self) -> Image.Image:
        """The picture in the size that was asked for."""
        return self._image.reduce(SCALE)

    def gradient(self, top: Colour, bottom: Colour, y0: float = 0.0, y1: float | None = None) -> None:
        """The whole width, from one colour to another."""
        first, last = round(y0 * self._unit), round((self.height if y1 is None else y1) * self._unit)
        for y in range(first, last, SCALE):
            share = (y - first) / max(1, last - first - 1)
            self._pen.rectangle((0, y, self._unit, y + SCALE - 1), mix(top, bottom, share))

    def disc(self, x: float, y: float, r: float, fill: Fill) -> None:
        self._pen.ellipse(self._box(x, y, r), fill)

    def ring(self, x: float, y: float, r: float, fill: Fill, width: float = 0.008) -> None:
        self._pen.ellipse(self._box(x, y, r), outline=fill, width=self._thickness(width))

    def wedge(self, x: float, y: float, r: float, start: float, end: float, fill: Fill) -> None:
        """A slice of a disc, from one angle to another, degrees clockwise from the right."""
        self._pen.pieslice(self._box(x, y, r), start, end, fill)

    def arc(self, x: float, y: float, r: float, start: float, end: float, fill: Fill, width: float = 0.008) -> None:
        self._pen.arc(self._box(x, y, r), start, end, fill, self._thickness(width))

    def rect(self, x0: float, y0: float, x1: float, y1: float, fill: Fill) -> None:
        self._pen.rectangle([round(v * self._unit) for v in (x0, y0, max(x0, x1), max(y0, y1))], fill)

    def polygon(self, points: Iterable[Point], fill: Fill) -> None:
        self._pen.polygon(self._pixels(points), fill)

    def shape(self, at: Point, size: float, offsets: Iterable[Point], fill: Fill, side: int = 1) -> None:
        """A polygon given by offsets in sizes from a point; side -1 mirrors it left to right."""
        self.polygon([(at[0] + side * dx * size, at[1] + dy * size) for dx, dy in offsets], fill)

    def line(self, points: Sequence[Point], fill: Fill, width: float = 0.008) -> None:
        self._pen.line(self._pixels(points), fill, self._thickness(width), joint="curve")

    def below(self, points: Iterable[Point], fill: Fill) -> None:
        """Everything under a line that runs from the left edge to the right one."""
        self.polygon([*points, (1.0, self.height), (0.0, self.height)], fill)

    def halo(self, x: float, y: float, r: float, colour: Colour, strength: int = 26, rings: int = 6) -> None:
        """Light around a point that grows weaker outwards."""
        for n in range(rings, 0, -1):
            self.disc(x, y, r * n / rings, (*colour, strength))

    def _pixels(self, points: Iterable[Point]) -> list[Point]:
        return [(x * self._unit, y * self._unit) for x, y in points]

    def _box(self, x: float, y: float, r: float) -> tuple[float, float, float, float]:
        left, top, right, bottom = (v * self._unit for v in (x - r, y - r, x + r, y + r))
        return left, top, right, bottom

    def _thickness(self, width: float) -> int:
        return max(1, round(width * self._unit))


def around(x: float, y: float, r: float, degrees: float) -> Point:
    """The point at distance r in a direction, degrees clockwise from the right."""
    angle = math.radians(degrees)
    return x + r * math.cos(angle), y + r * math.sin(angle)
