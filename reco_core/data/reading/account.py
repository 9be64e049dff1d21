"""What became of every line of a file: the counts, and the lines that were refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from reco_core.data.reading.batch import Batch, Refused

MOST_KEPT = 100_000  # refused lines that are kept with their number and reason; all are counted


@dataclass
class Account:
    """Counts of lines that are no rating in the end, by what became of them; filled in while reading.

    refused: the first of them in the order of the file; why: all of them by reason. with_time, without_time: ratings
    whose time is known, or is missing or not understood. The rest is named as in Quality.
    """

    refused: list[Refused] = field(default_factory=list)
    why: Counter[str] = field(default_factory=Counter)
    empty: int = 0
    further: int = 0
    short: int = 0
    surplus: int = 0
    duplicates: int = 0
    filtered: int = 0
    with_time: int = 0
    without_time: int = 0

    def add(self, batch: Batch) -> None:
        """Count the lines of a batch that are no rows."""
        self.refuse(batch.refused)
        self.why.update(refused.reason for refused in batch.refused)
        self.empty += batch.empty
        self.further += batch.further
        self.short += batch.short
        self.surplus += batch.surplus

    def refuse(self, lines: list[Refused]) -> None:
        """Keep the first of these lines, which `why` counts, in the order of the file."""
        self.refused = sorted([*self.refused, *lines[:MOST_KEPT]], key=lambda one: one.line)[:MOST_KEPT]
