"""Text from outside as it is shown: one line, of characters that can be seen, and never longer than its place.

Titles, genres, ids, names and what an error echoes are made by strangers. They may carry terminal escapes, characters
that turn the direction of everything around them, or a hundred thousand letters. Whatever is drawn goes through here;
what is compared, stored or exported does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

TITLE, NAME, GENRE, IDENTIFIER = 160, 80, 40, 40
LINE = 1_000  # anything else, such as a citation
SENTENCE, ITS_END, WORD = 700, 200, 120  # of an error: all of it, what is kept of its end, and one word of it
MOST_MARKS = 6  # on one letter: Biblical Hebrew needs four
ELLIPSIS, LOST = "…", "\N{REPLACEMENT CHARACTER}"

_JOINERS = "\u200c\u200d"  # within Persian and Indic words, and within one emoji
_LONGEST_JOINED = 40  # characters of one emoji or syllable; what goes on for longer is cut anywhere
# CSI, then OSC, DCS and their like with their end, then the short ones: a colour goes, what it coloured stays.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-Z\\^-~]"
)
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
UNSEEN = re.compile(f"{_INVISIBLE.pattern}|[\x85\u2028\u2029\ud800-\udfff]")
_SPACES = re.compile("[\t\x0b-\x0d\x1c-\x1f\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def one_line(text: object) -> str:
    """The text on one line without what cannot be seen: control characters, escapes, turned direction, stacked marks.

    Doing it again changes nothing.
    """
    text = str(text)
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")
    text = visible(text)
    return " ".join((text if text.isascii() else _seen(text)).split())


def visible(text: str) -> str:
    """The text without control characters, escapes and turned direction, its spaces and ends of lines as they are."""
    text = _INVISIBLE.sub("", _SPACES.sub(" ", _ESCAPES.sub("", text)))
    return text if text.isascii() else _SURROGATE.sub(LOST, text)


def shortened(text: object, most: int = LINE) -> str:
    """The text as one_line gives it, with an ellipsis where it had more than `most` characters; a letter stays whole
    with its marks, as does an emoji with its parts."""
    raw = str(text)
    line = one_line(raw[: 20 * most])
    if len(line) <= most:
        return line if len(raw) <= 20 * most else _ended(line, most)
    return _ended(line, most)


def sentence(text: object) -> str:
    """A message as it is shown: a long word, such as an id that it echoes, is shortened, and in a long message the
    middle is left out, since its beginning has the rule and its end says what to do."""
    raw = str(text)
    if len(raw) > 4 * SENTENCE:
        raw = f"{raw[: 2 * SENTENCE]}{raw[-2 * SENTENCE :]}"
    words = [word if len(word) <= WORD else _middle(word, WORD, WORD // 4) for word in one_line(raw).split(" ")]
    line = " ".join(words)
    return line if len(line) <= SENTENCE else _middle(line, SENTENCE, ITS_END)


def unlike(texts: Iterable[object], most: int = NAME) -> list[str]:
    """Each text shortened, and numbered where an earlier one looks the same: a browser sends back what it shows."""
    labels: list[str] = []
    taken: set[str] = set()
    for text in texts:
        label = first = shortened(text, most)
        number = 1
        while label in taken:
            number += 1
            label = f"{first} ({number})"
        taken.add(label)
        labels.append(label)
    return labels


def file_name(text: object, most: int = NAME) -> str:
    """The text as part of a file's name: letters, digits, dots, hyphens and underscores, none of them at its head but
    a letter or digit; `file` where nothing is left."""
    plain = re.sub(r"[^\w.-]+", "-", one_line(str(text)[: 20 * most]))
    return plain[:most].strip(".-_") or "file"


def _seen(text: str) -> str:
    """The text with joiners only between two letters or signs beyond ASCII, and at most six marks on a letter."""
    kept: list[str] = []
    marks, joiner = 0, ""
    for letter in text:
        if letter in _JOINERS:
            joiner = letter
            continue
        marks = marks + 1 if unicodedata.category(letter)[0] == "M" else 0
        if marks > MOST_MARKS:
            continue
        if joiner and kept and _joins(kept[-1]) and _joins(letter):
            kept.append(joiner)
        kept.append(letter)
        joiner = ""
    return "".join(kept)


def _joins(letter: str) -> bool:
    return not letter.isascii() and not letter.isspace()


def _ended(line: str, most: int) -> str:
    return line[: _cut(line, most - 1)].rstrip(f" {_JOINERS}") + ELLIPSIS


def _middle(line: str, most: int, end: int) -> str:
    """The line with an ellipsis for its middle."""
    tail = len(line) - end
    while tail < len(line) and _is_within(line, tail):
        tail += 1
    return _ended(line[: most - end], most - end) + line[tail:]


def _cut(line: str, at: int) -> int:
    """The last place up to `at` that is not within a letter."""
    at = min(at, len(line))
    for place in range(at, max(at - _LONGEST_JOINED, 0), -1):
        if not _is_within(line, place):
            return place
    return at if at > _LONGEST_JOINED else 0


def _is_within(line: str, at: int) -> bool:
    """Whether a place is between a letter and its marks, or within one emoji, flag or Korean syllable."""
    if not 0 < at < len(line):
        return False
    before, after = line[at - 1], line[at]
    if before in _JOINERS or after in _JOINERS or unicodedata.category(after)[0] == "M":
        return True
    if "\u1160" <= after <= "\u11ff" or "\U0001f3fb" <= after <= "\U0001f3ff":
        return True
    if not _is_flag(after):
        return False
    start = at
    while start and _is_flag(line[start - 1]):
        start -= 1
    return (at - start) % 2 == 1


def _is_flag(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"
