"""Lines -> cells: records of as many cells as the table has columns, and every line that is none, with its number.

Arrow's reader does the work wherever each line is a record of its own; its count says so. Elsewhere the ends of records
are found first, by a pattern that is strict about quotes: runs of sound records go to Arrow, and a line that begins
none, as one whose quote does not close, is refused alone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from reco_core.data.reading.batch import SHOWN, Batch, Refused
from reco_core.data.reading.dialect import Dialect
from reco_core.data.reading.lines import TOO_LONG
from reco_core.data.reading.mending import Mending, is_blank_from

MOST_LINES, MOST_BYTES = 200, 64 * 1024  # of one record
PATIENCE = 256 * 1024**2  # bytes looked through in vain for the ends of quotes, before only single lines are looked at


class RecordReader:
    """Reads pieces of whole lines; remembers how long it has looked in vain."""

    def __init__(self, dialect: Dialect, least: int) -> None:
        self.dialect, self.least, self.patience = dialect, least, PATIENCE
        names = [str(at) for at in range(dialect.width)]
        self.names = names
        self.convert = arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False, check_utf8=False
        )

    def unfinished(self, text: bytes) -> bytes:
        """The lines at the end of a piece that may belong to a record which goes on in the next one."""
        tail = text[-MOST_BYTES:]
        start = tail.find(b"\n") + 1 if len(tail) < len(text) else 0
        if self.dialect.quote.encode() not in tail[start:]:
            return b""
        at, pattern = start, self.dialect.record
        while at < len(tail):
            match = pattern.match(tail, at)
            if match is None and tail.count(b"\n", at) <= MOST_LINES and b"\0" not in tail[at:]:
                end = tail.find(b"\n", at) + 1
                if tail[at:end].count(self.dialect.quote.encode()) % 2:
                    return tail[at:]
            at = match.end() if match else tail.find(b"\n", at) + 1
        return b""

    def read(self, text: bytes, number: int) -> Iterator[Batch]:
        """Batches of one piece, whose first line has this number."""
        if not text:
            return
        odd = b"\0" in text or self.dialect.is_odd(text)
        batch = None if odd else self._at_once(text, number, text.count(b"\n"))
        if batch is not None:
            yield batch
        else:
            yield from self._by_records(text, number)

    def _by_records(self, text: bytes, number: int) -> Iterator[Batch]:
        """Batches of runs of sound records, and of single lines that begin none."""
        at, starts = 0, [0]
        while at < len(text):
            end = text.find(b"\n", at) + 1
            match = None if text.find(b"\0", at, end) >= 0 else self._record(text, at, end)
            at = match.end() if match else at
            if match:
                starts.append(at)
            if match is None or at >= len(text):
                if at > starts[0]:
                    yield self._run(text, starts, number)
                    number += text.count(b"\n", starts[0], at)
                if match is None:
                    yield self._one_by_one(text[at:end], number)
                    number, at = number + 1, end
                starts = [at]

    def _run(self, text: bytes, starts: list[int], number: int) -> Batch:
        """The batch of records that begin at `starts`, the last of which is where they end."""
        run = text[starts[0] : starts[-1]]
        count = len(starts) - 1
        batch = self._at_once(run, number, count)
        if batch is not None and run.count(b"\n") == count:
            return batch
        if batch is None or batch.refused or len(batch.line) != count - batch.empty:
            return self._one_by_one(run, number)
        ends = np.flatnonzero(np.frombuffer(run, np.uint8) == 10)
        lines = number + np.searchsorted(ends, np.array(starts[:-1]) - starts[0])
        batch.line = lines[batch.line - number]  # as counted by records so far
        batch.further = len(ends) - count
        return batch

    def _at_once(self, text: bytes, number: int, count: int, mended: bool = False) -> Batch | None:
        """The records of a piece by Arrow, numbered one after another; None where they are not so many."""
        invalid: list[arrow_csv.InvalidRow] = []

        def note(row: arrow_csv.InvalidRow) -> str:
            invalid.append(row)
            return "skip"

        dialect = self.dialect
        parse = arrow_csv.ParseOptions(
            delimiter=dialect.mark,
            quote_char=dialect.quote or False,
            escape_char=dialect.escape or False,
            newlines_in_values=bool(dialect.quote),
            ignore_empty_lines=False,
            invalid_row_handler=note,
        )
        block = max(len(text) + 1, 1024)
        options = arrow_csv.ReadOptions(use_threads=False, column_names=self.names, block_size=block)
        try:
            table = arrow_csv.read_csv(pa.BufferReader(text), options, parse, self.convert)
        except pa.ArrowInvalid:
            return None
        if table.num_rows + len(invalid) != count:
            return None
        by_line = bool(dialect.quote) and count == text.count(b"\n") and table.num_rows > 0
        if by_line and any("\n" in str(column[-1]) for column in table.columns):
            return None  # the last quote does not close
        if any("\n" in row.text for row in invalid):
            return None
        mending = Mending(dialect, self.least, invalid)
        if mending.lines:
            return None if mended else self._again(text, number, mending)
        line = np.arange(number, number + count, dtype=np.int64)
        if invalid:
            line = np.delete(line, [row.number - 1 for row in invalid])
        blank = _blank_rows(table)
        if blank is not None:
            table, line = table.filter(pa.array(~blank)), line[~blank]
        batch = Batch(table, line, empty=0 if blank is None else int(blank.sum()))
        for row in invalid:
            self._refuse(batch, number + row.number - 1, row.text, row.actual_columns)
        return batch

    def _again(self, text: bytes, number: int, mending: Mending) -> Batch | None:
        """The piece with the lines mended that can be, read again."""
        whole = mending.mended(text)
        batch = self._at_once(whole, number, whole.count(b"\n"), mended=True)
        if batch is not None:
            batch.short, batch.surplus = batch.short + mending.short, batch.surplus + mending.surplus
        return batch

    def _one_by_one(self, text: bytes, number: int) -> Batch:
        """The records of a few lines, each looked at by itself."""
        rows: list[list[str]] = []
        line: list[int] = []
        batch = Batch(pa.table({name: pa.array([], pa.large_string()) for name in self.names}), np.empty(0, np.int64))
        at = 0
        while at < len(text):
            end = text.find(b"\n", at) + 1
            one = text[at:end]
            match = None if b"\0" in one else self._record(text, at, end)
            cells = self._cells(text[at : match.end()]) if match else None
            lasts = match.end() if match else end
            if cells is not None and lasts > end and len(cells) != self.dialect.width:
                cells, lasts = None, end  # not a record over several lines: a quote that does not close
            if cells is None:
                self._refuse(batch, number, one.decode("utf-8", "replace"), None)
            elif not any(cell.strip() for cell in cells):
                batch.empty += 1
            elif self._fits(cells, batch):
                rows.append(cells[: self.dialect.width] + [""] * (self.dialect.width - len(cells)))
                line.append(number)
            else:
                self._refuse(batch, number, one.decode("utf-8", "replace"), len(cells))
            further = text.count(b"\n", at, lasts) - 1
            batch.further += further
            number += 1 + further
            at = lasts
        if rows:
            columns = zip(*rows, strict=True)
            arrays = (pa.array(column, pa.large_string()) for column in columns)
            batch.table = pa.table(dict(zip(self.names, arrays, strict=True)))
            batch.line = np.array(line, dtype=np.int64)
        return batch

    def _fits(self, cells: list[str], batch: Batch) -> bool:
        missing = self.dialect.width - len(cells)
        if missing > 0 and len(cells) >= self.least:
            batch.short += 1
        elif missing < 0 and is_blank_from(cells, self.dialect.width):
            batch.surplus += 1
        else:
            return missing == 0
        return True

    def _record(self, text: bytes, at: int, end: int) -> re.Match[bytes] | None:
        """The record that begins here: of one line, else of the lines within the limits."""
        match = self.dialect.record.match(text, at, end)
        if match or self.patience <= 0:
            return match
        last = end
        for _ in range(MOST_LINES):
            last = text.find(b"\n", last, at + MOST_BYTES) + 1 or last
        match = self.dialect.record.match(text, at, last)
        if match is None:
            self.patience -= last - at
        return match

    def _cells(self, text: bytes) -> list[str] | None:
        try:
            return self.dialect.cells(text.decode("utf-8", "replace"))
        except csv.Error:
            return None

    def _refuse(self, batch: Batch, number: int, text: str, cells: int | None) -> None:
        """Count a line as empty or refused."""
        plain = text.rstrip("\n")
        if not plain.replace(self.dialect.mark, "").replace(self.dialect.quote or "\0", "").strip():
            batch.empty += 1
            return
        if cells is not None:
            reason = f"{cells} cells instead of {self.dialect.width}"
        elif plain.startswith(TOO_LONG.decode()):
            plain, reason = plain.removeprefix(TOO_LONG.decode()), "a line longer than 1 MB"
        elif "\0" in plain:
            reason = "a byte of value 0, which no text has"
        else:
            reason = "a quote that does not close, or text after its end"
        written = "::" if self.dialect.delimiter == "::" else " "
        shown = plain.replace("\0", "").replace("\x1f", written)
        batch.refused.append(Refused(number, reason, shown[:SHOWN]))


def _blank_rows(table: pa.Table) -> np.ndarray | None:
    """Which rows have nothing but blanks in any cell; None where there is none."""
    first = table.column(0)
    likely = np.flatnonzero(pc.or_(pc.equal(first, ""), pc.starts_with(first, " ")).to_numpy())
    if len(likely) == 0:
        return None
    some = table.take(pa.array(likely))
    blank = np.ones(len(likely), dtype=bool)
    for column in some.columns:
        blank &= pc.equal(pc.utf8_trim_whitespace(column), "").to_numpy()
    found = np.zeros(table.num_rows, dtype=bool)
    found[likely[blank]] = True
    return found if blank.any() else None
