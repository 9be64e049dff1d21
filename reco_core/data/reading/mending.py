"""Lines whose cells lack at their end, or that have blank ones too many: made as wide as the table, and counted."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from pyarrow import csv as arrow_csv

from reco_core.data.reading.dialect import Dialect


class Mending:
    """What can be mended of the lines that have other cells than the table; short, surplus: how many of each kind.

    A short one must have `least` cells, those that a rating needs.
    """

    def __init__(self, dialect: Dialect, least: int, invalid: Sequence[arrow_csv.InvalidRow]) -> None:
        self.dialect, self.short, self.surplus = dialect, 0, 0
        self.lines: dict[int, int] = {}  # number of a line in the piece, from 0 -> cells to add, or to drop below 0
        for row in invalid:
            missing = dialect.width - row.actual_columns
            if missing > 0 and row.actual_columns >= least:
                self.short += bool(row.text.strip())
                self.lines[row.number - 1] = missing
            elif missing < 0 and self._ends_blank(row.text):
                self.surplus += 1
                self.lines[row.number - 1] = missing

    def mended(self, text: bytes) -> bytes:
        """The piece, each of these lines as wide as the table."""
        rows, mark = text.split(b"\n"), self.dialect.mark.encode()
        for at, missing in self.lines.items():
            rows[at] += mark * missing
            for _ in range(-missing):
                rows[at] = rows[at][: rows[at].rfind(mark)]
        return b"\n".join(rows)

    def _ends_blank(self, text: str) -> bool:
        try:
            cells = self.dialect.cells(text)
        except csv.Error:
            return False
        return any(cell.strip() for cell in cells) and is_blank_from(cells, self.dialect.width)


def is_blank_from(cells: Sequence[str], width: int) -> bool:
    """Whether all cells beyond the width of the table are blank."""
    return not any(cell.strip() for cell in cells[width:])
