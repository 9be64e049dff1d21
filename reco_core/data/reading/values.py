"""Text of cells -> ids and ratings: decided once for a column, by all of its values and by nothing else."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from reco_core.encode import IdEncoder

NULLS = frozenset(("", "na", "nan", "null", "none", "n/a", "\\n", "#n/a", "<na>"))  # words for "no value"
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,18})(?:\.0+)?")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_INFINITE = re.compile(r"[+-]?inf(?:inity)?", re.IGNORECASE)
_DIGITS = re.compile(r"([0-9]+)")
LARGEST = float(np.finfo(np.float32).max)

# Why a rating cannot be used; 0: it can.
FINE, ABSENT, NO_NUMBER, INFINITE, SENTINEL = range(5)


def is_null(text: str) -> bool:
    """Whether a cell is blank or holds a word for "no value"."""
    return text.strip().lower() in NULLS


def number(text: str, decimal: str = ".") -> float | None:
    """The number that a text is, with this decimal sign; None where it is none. 1e999 is infinite."""
    text = text.strip()
    if decimal == ",":
        text = text.replace(",", ".") if "." not in text else ""
    return float(text) if _NUMBER.fullmatch(text) else None


def ratings(texts: Sequence[str], decimal: str, missing: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """(ratings float32 [n], why each cannot be used uint8 [n]) of distinct texts; `missing` as in Plan."""
    absent = {number(text, decimal) for text in missing} - {None}
    words = {text.strip().lower() for text in missing}
    values, why = np.zeros(len(texts), np.float32), np.zeros(len(texts), np.uint8)
    for at, text in enumerate(texts):
        value = number(text, decimal)
        if text.strip().lower() in words or (value is not None and value in absent):
            why[at] = SENTINEL
        elif value is not None:
            if math.isfinite(value) and abs(value) <= LARGEST:
                values[at] = value
            else:
                why[at] = INFINITE
        elif _INFINITE.fullmatch(text.strip()):
            why[at] = INFINITE
        else:
            why[at] = ABSENT if is_null(text) else NO_NUMBER
    return values, why


def absent_ids(texts: Sequence[str]) -> np.ndarray:
    """Which of the distinct ids of a column mean none, bool [n]: blank ones; words for it too, among numbers."""
    blank = np.array([not text.strip() for text in texts], dtype=bool)
    words = np.array([is_null(text) for text in texts], dtype=bool)
    named = [text for text, word in zip(texts, words, strict=True) if not word]
    return words if named and all(number(text) is not None for text in named) else blank


def encoder(texts: Sequence[str]) -> tuple[IdEncoder, np.ndarray]:
    """(encoder, index of each text int32 [n]) of distinct ids: whole numbers where all of them are, else text as it is.

    Whole numbers may be written 7.0, also among other numbers; leading zeros make text. Text is sorted naturally: a2
    before a10.
    """
    if all(_WHOLE.fullmatch(text.strip()) for text in texts):
        whole = [int(text.strip().partition(".")[0]) for text in texts]
        if all(abs(one) < 2**63 for one in whole):
            ids, index = np.unique(np.array(whole, dtype=np.int64), return_inverse=True)
            return IdEncoder(ids), index.astype(np.int32)
    numbers = all(number(text) is not None for text in texts)
    names = [id_text(text) for text in texts] if numbers else texts
    distinct = sorted(set(names), key=lambda name: (number(name), name)) if numbers else sorted(set(names), key=natural)
    place = {name: at for at, name in enumerate(distinct)}
    ids = np.empty(len(distinct), dtype=object)
    ids[:] = distinct
    return IdEncoder(ids), np.array([place[name] for name in names], dtype=np.int32)


def id_text(text: str) -> str:
    """A number as an id: 7.0 is 7, as programs write whole numbers in a column with gaps; 007 stays."""
    text = text.strip()
    return text.partition(".")[0] if _WHOLE.fullmatch(text) else text


def natural(text: str) -> tuple:
    """A key that sorts numbers within text by size: a2 before a10."""
    parts = _DIGITS.split(text)
    numbers = [(len(digits.lstrip("0")), digits.lstrip("0")) for digits in parts[1::2]]
    return (parts[0], *(part for pair in zip(numbers, parts[2::2], strict=True) for part in pair)), text
