"""Bytes in any encoding -> pieces of whole lines in UTF-8, in bounded memory, whatever the file holds."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import IO

import numpy as np

PIECE = 4 * 1024**2  # bytes read at a time
LONGEST = 1024**2  # bytes of one line; a longer one is refused
KEPT = 200  # bytes of a line that is too long
TOO_LONG = b"\0too long\0"  # what stands before them


def lines(stream: IO[bytes], encoding: str = "utf-8", piece: int = PIECE) -> Iterator[bytes]:
    """Whole lines in UTF-8 that end with a line feed, some megabytes at a time; all of them together are the text.

    Line ends of every kind become line feeds, a byte order mark is dropped. A line longer than LONGEST is cut, and
    begins with TOO_LONG. Bytes that the encoding does not have become the replacement character.
    """
    rest, first = b"", True
    for text in _decoded(stream, encoding, piece):
        text = text.removeprefix(codecs.BOM_UTF8) if first else text
        first = first and not text
        text = rest + text
        end = text.rfind(b"\n") + 1
        rest = text[end:]
        if end:
            yield _cut(text[:end])
        if len(rest) > 2 * LONGEST:  # keep its beginning, pass over the rest as it comes
            rest = rest[: LONGEST + 1]
    if rest:
        yield _cut(rest + b"\n")


def _decoded(stream: IO[bytes], encoding: str, piece: int) -> Iterator[bytes]:
    """UTF-8 with line feeds alone."""
    decoder = codecs.getincrementaldecoder(encoding)("replace" if encoding != "cp1252" else "latin")
    held = b""  # a carriage return at the end, whose line feed may come next
    while raw := stream.read(piece):
        if encoding == "utf-8" and raw.isascii() and not decoder.getstate()[0]:
            text = raw
        else:
            text = decoder.decode(raw).encode("utf-8", "replace")
        text, held = held + text, b""
        if text.endswith(b"\r"):
            text, held = text[:-1], b"\r"
        yield _line_feeds(text)
    text = held + decoder.decode(b"", True).encode("utf-8", "replace")
    if text:
        yield _line_feeds(text)


def _line_feeds(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _latin(error: UnicodeError) -> tuple[str, int]:
    """A byte that Windows-1252 leaves open, as Latin-1 has it."""
    assert isinstance(error, UnicodeDecodeError)
    return "".join(chr(byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("latin", _latin)


def _cut(text: bytes) -> bytes:
    """The text with lines that are too long cut and marked."""
    if len(text) <= LONGEST:
        return text
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == 10)
    starts = np.concatenate([[0], ends[:-1] + 1])
    long = np.flatnonzero(ends - starts > LONGEST)
    if len(long) == 0:
        return text
    parts, done = [], 0
    for start, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
        parts += [text[done:start], TOO_LONG, text[start : start + KEPT]]
        done = end
    return b"".join([*parts, text[done:]])


def separated(text: bytes, delimiter: str, trim: bool) -> tuple[bytes, str]:
    """(text, its delimiter as one character) of text whose delimiter may be longer: "::", or runs of blanks."""
    if delimiter == "::":
        return text.replace(b"::", b"\x1f"), "\x1f"
    if delimiter == "spaces":
        text = re.sub(rb"[ \t]*\n[ \t]*", b"\n", text.lstrip(b" \t"))
        return re.sub(rb"[ \t]+", b"\x1f", text), "\x1f"
    if trim:  # blanks around a delimiter, so that a quote after them begins a cell
        mark = re.escape(delimiter.encode())
        blanks = rb"[ \t]" if delimiter != "\t" else b" "
        text = re.sub(blanks + rb"*(" + mark + rb"|\n)" + blanks + rb"*", rb"\1", text.lstrip(b" "))
    return text, delimiter
