"""How the cells of a line are told apart, as patterns and by Python's csv."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reco_core.data.reading.lines import separated


@dataclass(frozen=True)
class Dialect:
    """How cells are told apart: delimiter (also "::" and "spaces"), quote and escape ("" for none), columns."""

    delimiter: str
    quote: str
    escape: str
    trim: bool
    width: int

    @cached_property
    def mark(self) -> str:
        """The delimiter as one character, as it stands in the text that `separated` gives."""
        return separated(b"", self.delimiter, self.trim)[1]

    @cached_property
    def record(self) -> re.Pattern[bytes]:
        """One record with its line feed: cells that are quoted as a whole or do not begin with a quote."""
        mark, quote, escape = (re.escape(text.encode()) for text in (self.mark, self.quote, self.escape))
        escaped = rb"|" + escape + rb"[\s\S]" if escape else b""
        if not quote:
            return re.compile(rb"[^\n]*\n")
        inside = rb"(?:[^" + quote + escape + rb"]" + escaped + rb"|" + quote + quote + rb")*+"
        plain = rb"(?:(?!" + quote + rb")(?:[^\n" + mark + escape + rb"]" + escaped + rb")(?:[^\n" + mark + escape
        plain += rb"]" + escaped + rb")*+)?"
        cell = rb"(?:" + quote + inside + quote + rb"(?=[" + mark + rb"\n])|" + plain + rb")"
        return re.compile(cell + rb"(?:" + mark + cell + rb")*+\n")

    def is_odd(self, text: bytes) -> bool:
        """Whether a quote that is not doubled stands within a cell: the cell may be more than its quoted part."""
        quote = self.quote.encode()
        if not quote or quote not in text:
            return False
        marks = np.frombuffer(text, np.uint8)
        at = np.flatnonzero(marks == quote[0])
        begins = np.concatenate([[True], np.diff(at) != 1])  # of runs of quotes
        ends = np.concatenate([begins[1:], [True]])
        before, after = at[begins] - 1, at[ends] + 1
        odd = (after - before) % 2 == 0
        before, after = before[odd], after[odd]
        edges = [*self.mark.encode(), 10, *self.escape.encode()]
        inner = (
            (before >= 0) & ~np.isin(marks[before], edges) & ~np.isin(marks[np.minimum(after, len(marks) - 1)], edges)
        )
        return bool(inner.any())

    def cells(self, line: str) -> list[str]:
        """The cells of one record, as Python's csv has them. Raises csv.Error for a cell that is too long."""
        if not self.quote:
            return line.removesuffix("\n").split(self.mark)
        text = io.StringIO(line, newline="")
        rows = csv.reader(text, delimiter=self.mark, quotechar=self.quote, escapechar=self.escape or None)
        return next(rows, [])
