"""Netflix's form -> batches: a line with an item's id and a colon, then a line `user,rating,date` for each rating."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from reco_core.data.files import Files
from reco_core.data.reading.batch import SHOWN, Batch, Refused
from reco_core.data.reading.lines import separated
from reco_core.data.reading.plan import Plan
from reco_core.data.reading.text_pieces import Tally, pieces

BLOCK_HEAD = re.compile(r"\s*(-?\d{1,18})\s*:\s*")


def batches(files: Files, plan: Plan, most_bytes: int | None, tally: Tally) -> Iterator[Batch]:
    """Netflix's form: a line `item:`, then a line `user,rating,date` for each of its ratings."""
    width = plan.width or 3
    number, item = 0, ""
    for piece in pieces(files, plan, most_bytes, tally):
        rows: list[list[str]] = []
        found: list[int] = []
        batch = Batch(pa.table({}), np.empty(0, np.int64))
        text, mark = separated(piece, plan.delimiter, plan.trim)
        for line in text.decode("utf-8", "replace").splitlines():
            number += 1
            if number <= plan.skip:
                continue
            head = BLOCK_HEAD.fullmatch(line)
            cells = line.split(mark)
            if head:
                item = head[1]
                batch.further += 1
            elif not line.strip():
                batch.empty += 1
            elif not item or len(cells) > width or len(cells) < 2:
                why = "no item's line before it" if not item else f"{len(cells)} cells instead of {width}"
                batch.refused.append(Refused(number, why, line[:SHOWN]))
            else:
                rows.append([cells[0], item, *cells[1:], *[""] * (width - len(cells))])
                found.append(number)
        names = ["user", "item", "rating", "time"][: width + 1]
        columns = zip(*rows, strict=True) if rows else [[] for _ in names]
        arrays = (pa.array(list(cells), pa.large_string()) for cells in columns)
        batch.table = pa.table(dict(zip(names, arrays, strict=False)))
        batch.line = np.array(found, dtype=np.int64)
        yield batch
