"""A file and its plan -> batches of text columns named user, item, rating, time: one function per form."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from reco_core.data.files import Files
from reco_core.data.reading import dialects
from reco_core.data.reading.lines import PIECE, lines, separated
from reco_core.data.reading.plan import NEEDED, ROW_NUMBER, Plan, Role
from reco_core.data.reading.dialect import Dialect
from reco_core.data.reading.records import Batch, Refused, records
from reco_core.errors import DataError

TYPED: tuple[Role, ...] = (*NEEDED, "time")
MOST_JSON = 512 * 1024**2  # bytes of a JSON array, which is read as a whole
BLOCK_HEAD = re.compile(r"\s*(-?\d{1,18})\s*:\s*")
SHOWN = 80


@dataclass
class Tally:
    """Counts what is handed out, independently of what becomes of it; whole: whether the end was reached."""

    lines: int = 0
    whole: bool = False


def dialect_of(plan: Plan, width: int = 0) -> Dialect:
    """How the plan tells cells apart."""
    return Dialect(plan.delimiter, plan.quote, plan.escape, plan.trim, width or plan.width or 1)


def column_names(files: Files, plan: Plan) -> list[str]:
    """The names of the columns of a table, "column 3" where it has none."""
    if plan.form == "parquet":
        return list(_parquet(files, plan).schema_arrow.names)
    if plan.form == "json":
        return list(dict.fromkeys(name for row in _first_objects(files, plan) for name in row))
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
        return _parquet_batches(files, plan, roles, tally)
    if plan.form == "json":
        return _json_batches(files, plan, roles, most_bytes, tally)
    if plan.form == "wide":
        return _wide_batches(files, plan, most_bytes, tally)
    if plan.form == "blocks":
        return _block_batches(files, plan, most_bytes, tally)
    return _table_batches(files, plan, roles, most_bytes, tally)


def pieces(files: Files, plan: Plan, most_bytes: int | None = None, tally: Tally | None = None) -> Iterator[bytes]:
    """The text of a plan's file in pieces of whole lines."""
    done = 0
    with files.open(plan.file) as stream:
        for text in lines(stream, plan.encoding, min(most_bytes or PIECE, PIECE)):
            if tally is not None:
                tally.lines += text.count(b"\n")
            yield text
            done += len(text)
            if most_bytes is not None and done >= most_bytes:
                return
    if tally is not None:
        tally.whole = True


def places(names: Sequence[str], plan: Plan, roles: Sequence[Role]) -> dict[Role, int]:
    """The position of each role's column. Raises DataError for a column that the table does not have."""
    found: dict[Role, int] = {}
    for role in roles:
        if role not in plan.columns:
            continue
        wanted = plan.columns[role]
        if wanted in names:
            found[role] = names.index(wanted)
        elif wanted.removeprefix("#").isdecimal() and 1 <= int(wanted.removeprefix("#")) <= len(names):
            found[role] = int(wanted.removeprefix("#")) - 1
        else:
            shown = ", ".join(names)[:300]
            raise DataError(f"The column of the {role} must be one of {shown}; got {wanted[:60]}.")
    return found


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
        cells = np.array([batch.table.column(str(at)).to_pylist() for at in item_at], dtype=object).T.reshape(rows, -1)
        if user_at is None:
            users = [str(number + 1 + at) for at in range(rows)]
        else:
            users = batch.table.column(str(user_at)).to_pylist()
        number += rows
        row, column = np.nonzero(np.char.strip(cells.astype(str)) != "") if rows else (np.empty(0, int),) * 2
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


def _block_batches(files: Files, plan: Plan, most_bytes: int | None, tally: Tally) -> Iterator[Batch]:
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
        batch.table = pa.table({name: pa.array(list(cells), pa.large_string()) for name, cells in zip(names, columns, strict=False)})  # fmt: skip
        batch.line = np.array(found, dtype=np.int64)
        yield batch


def _json_batches(
    files: Files, plan: Plan, roles: Sequence[Role], most_bytes: int | None, tally: Tally
) -> Iterator[Batch]:
    """An object a line, or one array of them."""
    wanted = {role: plan.columns[role] for role in roles if role in plan.columns}
    number = 0
    for rows in _objects(files, plan, most_bytes, tally):
        batch = Batch(pa.table({}), np.empty(0, np.int64))
        found: list[int] = []
        columns: dict[Role, list[str]] = {role: [] for role in wanted}
        for value, text in rows:
            number += 1
            if isinstance(value, dict):
                for role, name in wanted.items():
                    columns[role].append(as_text(value.get(name)))
                found.append(number)
            elif not text.strip():
                batch.empty += 1
            else:
                batch.refused.append(Refused(number, "no JSON object", text.strip()[:SHOWN]))
        batch.table = pa.table({role: pa.array(cells, pa.large_string()) for role, cells in columns.items()})
        batch.line = np.array(found, dtype=np.int64)
        yield batch


def _objects(files: Files, plan: Plan, most_bytes: int | None, tally: Tally) -> Iterator[Iterable[tuple[Any, str]]]:
    """(value, text) of each line, or of each element of an array; the value is None where it is no JSON."""
    first = True
    for piece in pieces(files, plan, most_bytes, tally):
        if first and piece.lstrip().startswith(b"["):
            elements = _elements(files, plan)
            tally.lines, tally.whole = len(elements), True
            yield elements
            return
        first = False
        yield ((as_json(line), line) for line in piece.decode("utf-8", "replace").splitlines())


def _elements(files: Files, plan: Plan) -> list[tuple[Any, str]]:
    with files.open(plan.file) as stream:
        content = b"".join(lines(io.BytesIO(stream.read(MOST_JSON + 1)), plan.encoding))
    if len(content) > MOST_JSON:
        raise DataError(f"A JSON array may have {MOST_JSON >> 20} MB; {plan.file} has more: write an object per line.")
    values = as_json(content.decode("utf-8", "replace"))
    if not isinstance(values, list):
        raise DataError(f"A JSON file must be an array of objects or an object per line; {plan.file} is neither.")
    return [(value, json.dumps(value)[:SHOWN] if not isinstance(value, dict) else "") for value in values]


def as_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _first_objects(files: Files, plan: Plan) -> list[dict[str, Any]]:
    """Some objects of the beginning."""
    found: list[dict[str, Any]] = []
    for rows in _objects(files, plan, 256 * 1024, Tally()):
        for value, _ in rows:
            if isinstance(value, dict):
                found.append(value)
            if len(found) >= 200:
                return found
    return found


def as_text(value: Any) -> str:
    """A value of JSON or parquet as a cell would hold it: "" for null."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def _parquet(files: Files, plan: Plan) -> Any:
    """The open parquet file. Raises DataError."""
    from pyarrow import parquet

    with files.open(plan.file) as stream:
        content = pa.BufferReader(stream.read())
    try:
        return parquet.ParquetFile(content)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{plan.file} is not a complete parquet file: {str(error).splitlines()[0][:200]}.") from error


def _parquet_batches(files: Files, plan: Plan, roles: Sequence[Role], tally: Tally) -> Iterator[Batch]:
    file = _parquet(files, plan)
    names = list(file.schema_arrow.names)
    at = places(names, plan, roles)
    number = 0
    try:
        for part in file.iter_batches(batch_size=1_000_000, columns=[names[place] for place in at.values()]):
            columns = {role: _text_column(part.column(names[place])) for role, place in at.items()}
            line = np.arange(number + 1, number + 1 + part.num_rows, dtype=np.int64)
            number += part.num_rows
            tally.lines = number
            yield Batch(pa.table(columns), line)
        tally.whole = True
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{plan.file} is a damaged parquet file: {str(error).splitlines()[0][:200]}.") from error


def _text_column(column: pa.Array) -> pa.Array:
    """A column of any type as text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column.cast(pa.large_string()).fill_null("")
    if pa.types.is_timestamp(kind):
        texts = ["" if value is None else str(value.as_py()) if value.is_valid else "" for value in column.cast(pa.timestamp("us", kind.tz), safe=False)]  # fmt: skip
        return pa.array(texts, pa.large_string())
    return pa.array([as_text(value) for value in column.to_pylist()], pa.large_string())
