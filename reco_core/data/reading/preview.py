"""What a plan makes of a file, before anything is kept: the first rows and the counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reco_core.data.files import Files
from reco_core.data.reading import dialects, sources
from reco_core.data.reading.batch import Refused
from reco_core.data.reading.guessed import Guess
from reco_core.data.reading.refusals import with_texts
from reco_core.data.reading.rows import rows_of
from reco_core.data.reading.text_pieces import Tally
from reco_core.errors import DataError

MOST_BYTES = 12 * 1024**2  # of a file that is counted for a preview
ROWS = 20
LINES_SHOWN = 100


@dataclass(frozen=True)
class Preview:
    """rows: the first rows as cells, named by `names`. Counts are of the whole file, or (whole is False) of its
    beginning. reason: why nothing can be read so, else "".
    """

    names: list[str]
    rows: list[list[str]]
    whole: bool = True
    lines: int = 0
    ratings: int = 0
    users: int = 0
    items: int = 0
    refused: dict[str, int] | None = None
    first_refused: tuple[Refused, ...] = ()
    empty: int = 0
    duplicates: int = 0
    filtered: int = 0
    scale: tuple[float, float] = (0.0, 0.0)
    levels: int = 0
    times: tuple[int, int] | None = None
    reason: str = ""


def preview(files: Files, guess: Guess, most_bytes: int = MOST_BYTES) -> Preview:
    """What the guessed plan gives of so many bytes; a plan that gives nothing is said in `reason`."""
    rows = _first_rows(files, guess)
    try:
        plan = guess.require()
        tally = Tally()
        found = rows_of(sources.batches(files, plan, most_bytes, tally=tally), plan)
    except DataError as error:
        return Preview(guess.names, rows, reason=str(error))
    first = with_texts(files, plan, found.account.refused[:LINES_SHOWN])
    return Preview(
        names=guess.names,
        rows=rows,
        whole=tally.whole,
        lines=tally.lines,
        ratings=len(found.rating),
        users=len(found.users),
        items=len(found.items),
        refused=dict(found.account.why),
        first_refused=tuple(first),
        empty=found.account.empty,
        duplicates=found.account.duplicates,
        filtered=found.account.filtered,
        scale=(found.scale.min, found.scale.max),
        levels=len(np.unique(found.rating)),
        times=None if found.timestamp is None else (int(found.timestamp.min()), int(found.timestamp.max())),
    )


def _first_rows(files: Files, guess: Guess) -> list[list[str]]:
    """The first rows as cells, as wide as the names."""
    plan, width = guess.plan, len(guess.names)
    if plan.form in ("json", "parquet") or plan.form.startswith("ml-"):
        batch = next(iter(sources.batches(files, plan, 1024**2)), None)
        return [] if batch is None else [list(row.values()) for row in batch.table.slice(0, ROWS).to_pylist()]
    first = plan.skip + plan.header
    lines = sources.head_lines(files, plan, first + ROWS)[first:]
    rows = [dialects.cells(line, sources.dialect_of(plan)) for line in lines if line.strip()]
    return [(row + [""] * (width - len(row)))[:width] for row in rows]
