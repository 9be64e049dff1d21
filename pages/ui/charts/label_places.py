"""Where names stand beside the points of a picture, so that none covers another or a point. No Streamlit in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Box = tuple[float, float, float, float]
Point = tuple[float, float]

LINE = 14  # height of a line of 12 pixels
RADIUS = 8  # of a point
LETTER = 7.0  # a wide guess of a letter's width, in bold
TRIES = 20_000


@dataclass(frozen=True)
class Place:
    """Which end of the text is at its point, and by how much it is moved, in pixels."""

    align: str
    dx: int
    dy: int

    def box(self, point: Point, text: str) -> Box:
        """Left, top, right, bottom of the text beside a point."""
        width = LETTER * len(text)
        left = point[0] + self.dx - {"left": 0.0, "center": width / 2, "right": width}[self.align]
        top = point[1] + self.dy - LINE / 2
        return left, top, left + width, top + LINE


NEAR = (
    Place("center", 0, -16), Place("center", 0, 17), Place("left", 12, 0), Place("right", -12, 0),
    Place("left", 8, -14), Place("right", -8, -14), Place("left", 8, 14), Place("right", -8, 14),
    Place("center", 0, -31), Place("center", 0, 32), Place("left", 10, -28), Place("right", -10, -28),
    Place("left", 10, 28), Place("right", -10, 28),
)  # fmt: skip


def covers(one: Box, other: Box) -> bool:
    """Whether two boxes have a common part."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@dataclass(frozen=True)
class Picture:
    """The points at one width of the chart, its size, and what else is written there."""

    points: Sequence[Point]
    width: float
    height: float
    words: Sequence[Box] = ()


def places(pictures: Sequence[Picture], texts: Sequence[str]) -> list[Place | None]:
    """A place for each text that is free in all pictures, the nearest first; None where there is none.

    Texts are placed in their order and moved again where a later one finds no place, in at most TRIES steps.
    """
    options = [[place for place in NEAR if _free(pictures, n, text, place)] for n, text in enumerate(texts)]
    best: list[Place | None] = []
    tries = TRIES

    def search(chosen: list[Place | None]) -> bool:
        nonlocal best, tries
        if sum(place is not None for place in chosen) > sum(place is not None for place in best):
            best = chosen
        if len(chosen) == len(texts):
            return True
        for place in options[len(chosen)]:
            tries -= 1
            if tries < 0:
                return False
            if not _collides(pictures, texts, chosen, place) and search([*chosen, place]):
                return True
        return False

    if not search([]):
        for number in range(len(best), len(texts)):
            fits = (place for place in options[number] if not _collides(pictures, texts, best, place))
            best = [*best, next(fits, None)]
    return best


def _free(pictures: Sequence[Picture], number: int, text: str, place: Place) -> bool:
    """Whether a text at this place lies within every picture, on no point and on no other words."""
    for picture in pictures:
        box = place.box(picture.points[number], text)
        if box[0] < 0 or box[2] > picture.width or box[1] < 0 or box[3] > picture.height:
            return False
        spots = [(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for x, y in picture.points]
        if any(covers(box, other) for other in (*spots, *picture.words)):
            return False
    return True


def _collides(pictures: Sequence[Picture], texts: Sequence[str], chosen: Sequence[Place | None], place: Place) -> bool:
    """Whether the next text would cover one that has its place."""
    number = len(chosen)
    for picture in pictures:
        box = place.box(picture.points[number], texts[number])
        for other, taken in enumerate(chosen):
            if taken is not None and covers(box, taken.box(picture.points[other], texts[other])):
                return True
    return False
