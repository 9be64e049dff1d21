"""Lines -> cells: the records of a whole text, in batches, each line in exactly one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reco_core.data.reading.batch import Batch
from reco_core.data.reading.dialect import Dialect
from reco_core.data.reading.lines import separated
from reco_core.data.reading.record_reader import RecordReader
from reco_core.errors import DataError

MOST_COLUMNS = 20_000
HOPELESS = 1_000_000  # refused lines after which a file with hardly any rating is given up


def records(
    pieces: Iterable[bytes], dialect: Dialect, skip: int = 0, least: int = 1, first: int = 1
) -> Iterator[Batch]:
    """The records of a text after `skip` lines, some megabytes at a time; their lines count from `first`.

    A record of at least `least` cells is filled up with empty ones; one with more than the dialect's is refused,
    unless they are blank. Each line is in exactly one row, refused, empty, or a further line of a record.
    """
    if dialect.width > MOST_COLUMNS:
        raise DataError(f"A table may have at most {MOST_COLUMNS:,} columns; this one has {dialect.width:,}.")
    reader, left, number = RecordReader(dialect, least), b"", first
    rows = refused = 0
    for piece in pieces:
        while skip and piece:
            end = piece.find(b"\n") + 1
            piece, skip, number = piece[end:], skip - 1, number + 1
        text, _ = separated(piece, dialect.delimiter, dialect.trim)
        text = left + text
        left = b""
        if dialect.quote:
            left = reader.unfinished(text)
            text = text[: len(text) - len(left)]
        for batch in reader.read(text, number):
            yield batch
            rows, refused = rows + batch.table.num_rows, refused + len(batch.refused)
        if refused > HOPELESS and rows < refused / 100:
            seen = f"{refused:,} of the first {rows + refused:,} lines are not"
            raise DataError(f"A table must have lines of {dialect.width} cells; {seen}.")
        number += text.count(b"\n")
    yield from reader.read(left, number)
