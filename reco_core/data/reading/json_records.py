"""JSON -> batches: an object a line, or one array of objects."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from reco_core.data.files import Files
from reco_core.data.reading.batch import SHOWN, Batch, Refused
from reco_core.data.reading.lines import lines
from reco_core.data.reading.plan import Plan, Role
from reco_core.data.reading.text_pieces import Tally, pieces
from reco_core.errors import DataError

MOST_JSON = 512 * 1024**2  # bytes of a JSON array, which is read as a whole


def batches(files: Files, plan: Plan, roles: Sequence[Role], most_bytes: int | None, tally: Tally) -> Iterator[Batch]:
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


def first_objects(files: Files, plan: Plan) -> list[dict[str, Any]]:
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
