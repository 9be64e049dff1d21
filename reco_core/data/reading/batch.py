"""What reading gives piece by piece: rows of text, and the lines that are none."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

SHOWN = 80  # characters of a refused line that are kept


@dataclass(frozen=True)
class Refused:
    """A line that is no rating: its number from 1, why, and its text, cut."""

    line: int
    reason: str
    text: str


@dataclass
class Batch:
    """Some records: `table` of text columns "0", "1", ...; `line` of each row int64; and the lines that are none.

    short, surplus: rows with fewer cells, or with blank ones too many. further: lines that go on a record. empty: blank
    lines.
    """

    table: pa.Table
    line: np.ndarray
    refused: list[Refused] = field(default_factory=list)
    empty: int = 0
    further: int = 0
    short: int = 0
    surplus: int = 0
