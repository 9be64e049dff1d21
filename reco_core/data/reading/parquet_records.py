"""Parquet -> batches of text columns, each row a record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from reco_core.data.files import Files
from reco_core.data.reading.batch import Batch
from reco_core.data.reading.json_records import as_text
from reco_core.data.reading.plan import Plan, Role
from reco_core.data.reading.text_pieces import Tally, places
from reco_core.errors import DataError


def opened(files: Files, plan: Plan) -> Any:
    """The open parquet file. Raises DataError."""
    from pyarrow import parquet

    with files.open(plan.file) as stream:
        content = pa.BufferReader(stream.read())
    try:
        return parquet.ParquetFile(content)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{plan.file} is not a complete parquet file: {str(error).splitlines()[0][:200]}.") from error


def batches(files: Files, plan: Plan, roles: Sequence[Role], tally: Tally) -> Iterator[Batch]:
    file = opened(files, plan)
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
        times = column.cast(pa.timestamp("us", kind.tz), safe=False).to_pylist()
        return pa.array(["" if time is None else str(time) for time in times], pa.large_string())
    return pa.array([as_text(value) for value in column.to_pylist()], pa.large_string())
