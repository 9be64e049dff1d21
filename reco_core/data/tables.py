"""Tables of text -> polars frames: any of the usual encodings, line ends and separators, in bounded memory."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, TypeAlias

import polars as pl

from reco_core.errors import DataError

CHUNK = 32 * 1024**2
DOUBLE_COLON = "::"
UNIT = "\x1f"  # stands for "::", which polars refuses as a separator
Kind: TypeAlias = pl.DataType | type[pl.DataType]
SEPARATORS = (DOUBLE_COLON, "\t", ";", "|", ",")


@dataclass(frozen=True)
class Layout:
    """How a table is written: separator, header (None without one), number of columns."""

    separator: str
    header: tuple[str, ...] | None
    width: int


def chunks(stream: IO[bytes], size: int = CHUNK) -> Iterator[bytes]:
    """The text in UTF-8 without a byte order mark, in pieces of whole lines that end with a line feed.

    Text that is neither UTF-8 nor UTF-16 is taken as Latin-1, which is what MovieLens 100K and 1M use.
    """
    first = stream.read(size)
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = (first + stream.read()).decode("utf-16", errors="replace")
        yield _tidy(text.encode())
        return
    rest = first.removeprefix(codecs.BOM_UTF8)
    while rest:
        more = stream.read(size)
        end = _end_of_lines(rest) if more else len(rest)
        if end:
            yield _tidy(rest[:end])
        rest = rest[end:] + more


def sniff(head: bytes) -> Layout:
    """The layout that the first lines show; a first line without any number is a header."""
    lines = [line for line in head.decode(errors="replace").splitlines() if line.strip()]
    if not lines:
        raise DataError("A table needs at least one line; the file is empty.")
    separator = max(SEPARATORS, key=lambda mark: (lines[0].count(mark) > 0, lines[0].count(mark) * len(mark)))
    cells = _cells(lines[0], separator)
    named = not any(_is_number(cell) for cell in cells)
    return Layout(separator, tuple(cells) if named else None, max(len(_cells(line, separator)) for line in lines[:50]))


class Unreadable(DataError):
    """Text does not have the columns, or a value not the kind, that were asked for."""


def parse(chunk: bytes, layout: Layout, columns: Sequence[int], kinds: Sequence[Kind]) -> pl.DataFrame:
    """The given columns of one piece of text (no header line in it), named "0", "1", ...; raises Unreadable."""
    separator = layout.separator
    quote: str | None = '"'
    if separator == DOUBLE_COLON:
        chunk, separator, quote = chunk.replace(b"::", UNIT.encode()), UNIT, None
    elif separator in "\t|":
        quote = None
    # Polars takes the number of columns from the first line, which may be short or blank: give it a full one.
    full = separator * (layout.width - 1) or "-"
    schema: dict[str, Kind] = {str(at): pl.String for at in range(layout.width)}
    schema |= {str(at): kind for at, kind in zip(columns, kinds, strict=True)}
    try:
        frame = pl.read_csv(
            full.encode() + b"\n" + chunk,
            has_header=False,
            separator=separator,
            quote_char=quote,
            schema=schema,
            columns=list(columns),
            truncate_ragged_lines=True,
        )
    except pl.exceptions.PolarsError as error:
        raise Unreadable(
            "A table must have the same columns in each line, and numbers where numbers are expected."
        ) from error
    return frame.slice(1).select([str(at) for at in columns])


def without_header(chunk: bytes) -> bytes:
    """The text after its first line that is not blank."""
    start = len(chunk) - len(chunk.lstrip())
    end = chunk.find(b"\n", start)
    return b"" if end < 0 else chunk[end + 1 :]


def read_text(stream: IO[bytes], layout: Layout | None = None) -> pl.DataFrame:
    """A whole small table as text; columns named by its header, else "0", "1", ..."""
    text = b"".join(chunks(stream))
    layout = layout or sniff(text[:65536])
    text = without_header(text) if layout.header else text
    names = _column_names(layout)
    if not text.strip():
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    frame = parse(text, layout, range(layout.width), [pl.String] * layout.width)
    frame.columns = names
    return frame.filter(~pl.all_horizontal(pl.all().is_null()))


def _column_names(layout: Layout) -> list[str]:
    """The header's names, made different from each other; the position where there is none."""
    header = layout.header or ()
    names = [*header, *map(str, range(len(header), layout.width))]
    return [name if name not in names[:at] else f"{name} #{at}" for at, name in enumerate(names)]


def _end_of_lines(text: bytes) -> int:
    """Where the last whole line ends, outside quotes."""
    end = text.rfind(b"\n") + 1
    quotes = text.count(b'"', 0, end)
    while end and quotes % 2:
        shorter = text.rfind(b"\n", 0, end - 1) + 1
        quotes -= text.count(b'"', shorter, end)
        end = shorter
    return end


def _tidy(text: bytes) -> bytes:
    """Valid UTF-8 with line feeds, and without bytes of value 0."""
    if not text.isascii():
        try:
            text.decode()
        except UnicodeDecodeError:
            text = text.decode("latin-1").encode()
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text.replace(b"\0", b"")


def _cells(line: str, separator: str) -> list[str]:
    if len(separator) > 1:
        return [cell.strip() for cell in line.split(separator)]
    try:
        row = next(csv.reader(io.StringIO(line), delimiter=separator), [])
    except csv.Error:  # a cell beyond the reader's limit
        row = line.split(separator)
    return [cell.strip() for cell in row]


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
