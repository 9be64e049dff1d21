"""Bytes of a fuzzer as choices: the same bytes give the same input, and any bytes give one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

Choice = TypeVar("Choice")

NASTY: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 2**31, 2**53 + 1, 2**63, 2**64, 10**400, -(10**30), 0.5, -0.0, 1e-320, 1e39, 1e101,
    1e308, -1e308, float("nan"), float("inf"), "", "3", "1e5", "none", "x" * 10_000, "\0", "\ud800", "\u202e", "a\nb",
    "<b>x</b>", "../../x", "C:\\x", "\x1b[31m", "2025-01-01T00:00:00", "0001-01-01T00:00:00+00:00",
    "9999-12-31T23:59:59-12:00", "2025-01-01T00:00:00+00:00", [], {}, [1], [[[[[[1]]]]]], {"a": {"b": {}}}, [None] * 50,
    "mf", "popularity", "user_mean", "svdpp", "ease", "fold:", "fold:/", "time", "far-x", "*",
)  # fmt: skip


class Draws:
    """Choices drawn one after the other from bytes; when these are used up, always the first choice."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def over(self) -> bool:
        return self._at >= len(self._data)

    def upto(self, most: int) -> int:
        """A number from 0 to most."""
        size = max(1, (most.bit_length() + 7) // 8)
        piece = self._data[self._at : self._at + size]
        self._at += size
        return int.from_bytes(piece, "little") % (most + 1)

    def pick(self, choices: Sequence[Choice]) -> Choice:
        return choices[self.upto(len(choices) - 1)]

    def some(self, most: int) -> bytes:
        """Up to so many of the bytes that are left."""
        size = self.upto(most)
        piece = self._data[self._at : self._at + size]
        self._at += size
        return piece

    def rest(self) -> bytes:
        piece, self._at = self._data[self._at :], len(self._data)
        return piece


def bent(draws: Draws, content: bytes) -> bytes:
    """The content with a piece cut out, put in, doubled or changed."""
    at = draws.upto(max(len(content) - 1, 0))
    size = draws.upto(16)
    kind = draws.upto(4)
    if kind == 0:
        return content[:at]
    if kind == 1:
        return content[:at] + content[at + size :]
    if kind == 2:
        return content[: at + size] + content[at:]
    piece = draws.some(16)
    return content[:at] + piece + content[at + (len(piece) if kind == 3 else 0) :]


def bent_json(draws: Draws, content: bytes) -> bytes:
    """JSON with one value, anywhere in it, that is another, left out, added, or given twice."""
    try:
        value = json.loads(content)
    except ValueError:  # it was changed before
        return bent(draws, content)
    holder, key = _place(draws, value)
    kind = draws.upto(4)
    if holder is None:
        return _text(draws.pick(NASTY))
    if kind == 0:
        del holder[key]
    elif kind == 1 and isinstance(holder, dict):
        holder[draws.pick(("x", "", "owner", "pinned", "sizes", "x" * 9000))] = draws.pick(NASTY)
    elif kind == 2 and isinstance(holder, dict):
        return _text(value).replace(b"{", b'{"' + str(key).encode() + b'": 1, ', 1)
    else:
        holder[key] = draws.pick(NASTY)
    return _text(value)


def _place(draws: Draws, value: Any) -> tuple[Any, Any]:
    """(the object or list, the key in it) of some value inside; (None, None) where there is none."""
    found = None, None
    while isinstance(value, (dict, list)) and value:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        found = value, draws.pick(keys)
        value = value[found[1]]
        if draws.upto(3) == 0:
            break
    return found


def _text(value: Any) -> bytes:
    try:
        return json.dumps(value).encode()
    except ValueError:  # a number of more digits than Python writes
        return b"1" * 5000
