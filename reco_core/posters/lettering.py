"""Titles set in type: what can be drawn, where lines break, how large they are."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from PIL import ImageDraw, ImageFont

from reco_core.posters.palettes import Colour

FONTS = Path(__file__).parent / "fonts"
MAX_LETTERS = 90
MAX_WORD = 20
SMALLEST = 0.75  # of its size: a small line that is too long
MEASURE = 100  # the size at which words are measured; lengths grow in proportion

# What all four fonts have: Latin with Vietnamese, Greek, Cyrillic, and the signs that titles use.
_DRAWABLE = (
    "\u0020-\u007e\u00a1-\u00ac\u00ae-\u012b\u012e-\u0131\u0134-\u0165\u0168-\u017f\u018f\u0192\u01a0\u01a1\u01af"
    "\u01b0\u01cd-\u01dc\u0218-\u021b\u0259\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f\u0490-"
    "\u0493\u1e80-\u1e85\u1e9e\u1ea0-\u1ef9\u2012-\u2015\u2018-\u201a\u201c-\u201e\u2020\u2022\u2026\u2030\u2032"
    "\u2033\u2039\u203a\u2044\u20ac\u2116\u2122\u2153\u2154\u221e"
)
_NOT_DRAWABLE = re.compile(f"[^{_DRAWABLE}]")


@dataclass(frozen=True)
class Face:
    """One way to set a title: font file, capitals or not, and the distance of lines in sizes."""

    file: str
    capitals: bool
    leading: float


FACES = {
    "poster": Face("PosterSans-Black.ttf", True, 0.93),
    "friendly": Face("PosterSans-Black.ttf", False, 1.0),
    "book": Face("PosterSerif-Bold.ttf", False, 1.02),
    "engraved": Face("PosterSerif-Bold.ttf", True, 1.0),
    "tender": Face("PosterSerif-Italic.ttf", False, 1.02),
}
SMALL = "PosterSans-Semibold.ttf"
Room = tuple[float, float, float]  # x, y and width in px


@dataclass(frozen=True)
class Block:
    """A title as lines of one size in px; `height` in px is from the top of the capitals to the last baseline."""

    lines: tuple[str, ...]
    face: Face
    size: float
    leading: float
    height: float


def drawable(text: str) -> str:
    """The text in characters that the fonts have: composed, accents dropped where need be, others left out."""
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
    return re.sub(" +", " ", _NOT_DRAWABLE.sub(_plain, text)).strip()


def title_and_more(title: str) -> tuple[str, str]:
    """(title, what stands in brackets behind it), each in characters that can be drawn.

    A title that mostly cannot be drawn, such as a Japanese one, gives way to the one in brackets, else to "".
    """
    found = re.fullmatch(r"(.+?)\s*\(([^()]+)\)\s*", title.strip(), re.DOTALL)
    main, more = found.groups() if found else (title, "")
    main, more = (_mostly(text) for text in (main, more))
    return (main, more) if main else (more, "")


def fit(text: str, face: Face, width: float, height: float, max_size: float) -> Block:
    """The text in the largest size at which it fills at most width x height px, with lines of similar lengths."""
    text = _shortened(_capitals(text) if face.capitals else text)
    words, best = text.split(), Block((), face, 1.0, 1.0, 0.0)
    # Capitals that carry accents need air above them.
    leading = face.leading + 0.16 * any(map(_is_tall, text))
    for n_lines in range(1, min(len(words), 7) + 1):
        lines = _balanced(tuple(words), n_lines, face.file)
        longest = max(_length(line, face.file) for line in lines)
        tall = _CAPITAL + (len(lines) - 1) * leading
        size = min(max_size, width / longest * MEASURE, height / tall)
        # A line more must be worth it: breaking a title for a few per cent of size looks restless.
        if size > best.size * 1.18:
            best = _settled(Block(lines, face, size, leading, tall), width)
    return best


def draw_block(pen: ImageDraw.ImageDraw, block: Block, at: Room, centred: bool, ink: Colour) -> None:
    """Draw the lines, the top of the first line's capitals at the top of the room."""
    x, y, width = at
    font = load(block.face.file, block.size)
    for n, line in enumerate(block.lines):
        left = x + (width - font.getlength(line)) / 2 if centred else x
        baseline = y + block.size * (_CAPITAL + n * block.leading)
        pen.text((left, baseline), line, font=font, fill=ink, anchor="ls")


def draw_spaced(
    pen: ImageDraw.ImageDraw, text: str, at: Room, type_size: tuple[float, float], centred: bool, ink: Colour
) -> None:
    """Draw one small line, its baseline at the top of the room; type_size: size in px, space between letters in sizes.

    A line that is too long is made smaller, as long as it can be read, and then ends with an ellipsis.
    """
    x, y, width = at
    text, size = _in_room(text, width, type_size)
    font, step = load(SMALL, size), type_size[1] * size
    if centred:
        x += (width - _spaced_length(text, size, type_size[1])) / 2
    for letter in text:
        pen.text((x, y), letter, font=font, fill=ink, anchor="ls")
        x += font.getlength(letter) + step


@lru_cache(maxsize=24)
def load(file: str, size: float) -> ImageFont.FreeTypeFont:
    """A font that ships with the package; the basic layout is the one that every Pillow has."""
    return ImageFont.truetype(str(FONTS / file), size, layout_engine=ImageFont.Layout.BASIC)


_CAPITAL = 0.67  # height of capitals in sizes


def _plain(found: re.Match[str]) -> str:
    """A character's letters without accents, or nothing."""
    return _NOT_DRAWABLE.sub("", unicodedata.normalize("NFKD", found.group()))


def _mostly(text: str) -> str:
    """The text in drawable characters if these are at least half of its letters and digits, else ""."""
    plain = drawable(text)
    count = sum(map(str.isalnum, plain))
    return plain if count and count * 2 >= sum(map(str.isalnum, text)) else ""


def _settled(block: Block, width: float) -> Block:
    """The block in a size of half pixels at which its lines, whose letters stand on whole pixels, keep to the width.

    Its height is given in sizes and comes back in px.
    """
    size = math.floor(block.size * 2) / 2
    while size > 1 and max(map(load(block.face.file, size).getlength, block.lines)) > width:
        size -= 0.5
    return replace(block, size=size, height=block.height * size)


def _capitals(text: str) -> str:
    """The text in capitals; Greek ones carry no accent."""
    text = unicodedata.normalize("NFD", text.upper())
    return unicodedata.normalize("NFC", re.sub("(?<=[\u0391-\u03a9])\u0301", "", text))


def _shortened(text: str) -> str:
    """The text, cut at a word after 90 characters; a long word is broken so that it stays readable."""
    if len(text) > MAX_LETTERS:
        text = text[:MAX_LETTERS].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"
    return re.sub(rf"\S{{{MAX_WORD + 1},}}", _broken, text)


def _broken(found: re.Match[str]) -> str:
    """A word in equal parts of at most 20 letters, with hyphens."""
    word = found.group()
    size = math.ceil(len(word) / math.ceil(len(word) / (MAX_WORD - 1)))
    return "- ".join(word[at : at + size] for at in range(0, len(word), size))


def _in_room(text: str, width: float, type_size: tuple[float, float]) -> tuple[str, float]:
    """(text, size) of a small line: smaller where it is too long, in steps of a quarter px, then its longest beginning
    with an ellipsis."""
    size, spacing = type_size
    least = size * SMALLEST
    text = text[:MAX_LETTERS]
    while size - 0.25 > least and _spaced_length(text, size, spacing) > width:
        size -= 0.25
    shown, left = text, len(text)
    while left and _spaced_length(shown, size, spacing) > width:
        left -= 1
        shown = text[:left].rstrip() + "…"
    return shown, size


def _spaced_length(text: str, size: float, spacing: float) -> float:
    """Length in px of a line whose letters are set one by one."""
    font = load(SMALL, size)
    return sum(map(font.getlength, text)) + spacing * size * max(len(text) - 1, 0)


def _is_tall(letter: str) -> bool:
    """Whether a letter is a capital with a mark above it, or has two marks."""
    marks = len(unicodedata.normalize("NFD", letter)) - 1
    return marks > 1 or (marks == 1 and letter.isupper())


@lru_cache(maxsize=4096)
def _length(line: str, file: str) -> float:
    """Length in px of a line at size 100."""
    return load(file, MEASURE).getlength(line)


def _balanced(words: tuple[str, ...], n_lines: int, file: str) -> tuple[str, ...]:
    """The words on at most n lines so that the longest is as short as can be: tries every length between two bounds."""
    low, high = max(_length(word, file) for word in words), _length(" ".join(words), file)
    for _ in range(9):
        width = (low + high) / 2
        if len(_filled(words, width, file)) <= n_lines:
            high = width
        else:
            low = width
    return _filled(words, high, file)


def _filled(words: tuple[str, ...], width: float, file: str) -> tuple[str, ...]:
    """The words on lines of at most the width, each as full as can be."""
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if _length(longer, file) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)
