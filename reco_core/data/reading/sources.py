"""A file and its plan -> batches of text columns named user, item, rating, time: one function per form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from reco_core.data.files import Files
from reco_core.data.reading import blocks, dialects, json_records, parquet_records
from reco_core.data.reading.batch import Batch
from reco_core.data.reading.dialect import Dialect
from reco_core.data.reading.lines import lines
from reco_core.data.reading.plan import NEEDED, ROW_NUMBER, Plan, Role
from reco_core.data.reading.records import records
from reco_core.data.reading.text_pieces import Tally, pieces, places

TYPED: tuple[Role, ...] = (*NEEDED, "time")


def dialect_of(plan: Plan, width: int = 0) -> Dialect:
    """How the plan tells cells apart."""
    return Dialect(plan.delimiter, plan.quote, plan.escape, plan.trim, width or plan.width or 1)


def column_names(files: Files, plan: Plan) -> list[str]:
    """The names of the columns of a table, "column 3" where it has none."""
    if plan.form == "parquet":
        return list(parquet_records.opened(files, plan).schema_arrow.names)
    if plan.form == "json":
        return list(dict.fromkeys(name for row in json_records.first_objects(files, plan) for name in row))
    head = head_lines(files, plan, plan.skip + 1)
    cells: list[str] = []
    if plan.header and len(head) > plan.skip:
        cells = dialects.cells(head[plan.skip], dialect_of(plan))
        if len(cells) == plan.width - 1 and _row_names(files, plan):
            cells = ["", *cells]  # R writes row names without a name for their column
    return dialects.unique_names(cells, plan.width)


def head_lines(files: Files, plan: Plan, count: int) -> list[str]:
    """The first lines of the table's file."""
    found: list[str] = []
    with files.open(plan.file) as stream:
        for piece in lines(stream, plan.encoding, 64 * 1024):
            found += piece.decode("utf-8", "replace").splitlines(keepends=True)[: count - len(found)]
            if len(found) >= count:
                break
    return found


def _row_names(files: Files, plan: Plan) -> bool:
    """Whether the last cell of the first rows holds something, so that it is the first one that has no name."""
    rows = [dialects.cells(line, dialect_of(plan)) for line in head_lines(files, plan, plan.skip + 20)[plan.skip + 1 :]]
    last = [row[-1] for row in rows if len(row) == plan.width]
    return any(cell.strip() for cell in last)


def batches(
    files: Files, plan: Plan, most_bytes: int | None = None, roles: Sequence[Role] = TYPED, tally: Tally | None = None
) -> Iterator[Batch]:
    """The records of a plan's file, their columns named by role; of its first bytes only where that is asked.

    tally: counts the lines as they come. Raises DataError for a column that is not there.
    """
    tally = tally or Tally()
    if plan.form == "parquet":
        return parquet_records.batches(files, plan, roles, tally)
    if plan.form == "json":
        return json_records.batches(files, plan, roles, most_bytes, tally)
    if plan.form == "wide":
        return _wide_batches(files, plan, most_bytes, tally)
    if plan.form == "blocks":
        return blocks.batches(files, plan, most_bytes, tally)
    return _table_batches(files, plan, roles, most_bytes, tally)


def _table_batches(
    files: Files, plan: Plan, roles: Sequence[Role], most_bytes: int | None, tally: Tally
) -> Iterator[Batch]:
    names = column_names(files, plan)
    at = places(names, plan, roles)
    dialect = dialect_of(plan, len(names))
    # Cells may be missing at the end of a line, behind those that a rating needs.
    least = max((place for role, place in at.items() if role in NEEDED), default=0) + 1
    skip = plan.skip + plan.header
    for batch in records(pieces(files, plan, most_bytes, tally), dialect, skip, least):
        batch.table = batch.table.select([str(place) for place in at.values()]).rename_columns(list(at))
        yield batch


def _wide_batches(files: Files, plan: Plan, most_bytes: int | None, tally: Tally) -> Iterator[Batch]:
    """Each cell of a matrix that holds something as a record; its line is that of its row, counted once."""
    names = column_names(files, plan)
    owner = plan.columns.get("user", ROW_NUMBER)
    user_at = None if owner == ROW_NUMBER else places(names, plan, ["user"])["user"]
    left = set(plan.leave)
    item_at = [at for at, name in enumerate(names) if at != user_at and name not in left]
    items = pa.array([names[at] for at in item_at], pa.large_string())
    number = 0
    for batch in records(pieces(files, plan, most_bytes, tally), dialect_of(plan, len(names)), plan.skip + plan.header):
        rows = batch.table.num_rows
        cells = np.empty((rows, len(item_at)), dtype=object)
        for place, at in enumerate(item_at):
            cells[:, place] = batch.table.column(str(at)).to_pylist()
        if user_at is None:
            users = [str(number + 1 + at) for at in range(rows)]
        else:
            users = batch.table.column(str(user_at)).to_pylist()
        number += rows
        row, column = np.nonzero(np.char.strip(cells.astype(str)) != "") if cells.size else (np.empty(0, int),) * 2
        batch.table = pa.table(
            {
                "user": pa.array([users[at] for at in row.tolist()], pa.large_string()),
                "item": items.take(pa.array(column)),
                "rating": pa.array(cells[row, column].tolist(), pa.large_string()),
            }
        )
        batch.line = batch.line[row]
        tally.lines += len(row) - rows  # each cell is accounted for, instead of its line
        yield batch
