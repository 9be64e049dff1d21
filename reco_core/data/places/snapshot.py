"""A table of a database -> a parquet file with the columns that are needed, from where it is read like any other.

A table has no order of its own: its rows are written in the order of their cells, so that the same rows are the same
dataset, whatever the database did with them in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from reco_core.data.files import MAX_BYTES, open_files
from reco_core.data.reading import sources
from reco_core.data.reading.guess import guess
from reco_core.data.reading.plan import ROLES
from reco_core.errors import DataError

MOST_ROWS, MOST_COLUMNS = 100_000_000, 2_000
MOST_SECONDS = 1_800  # that a database may take
ROWS_AT_ONCE = 250_000
MEMORY = "1GB"  # for sorting; the rest goes to disk, at most as much as SPILLED
SPILLED = "40GB"
FITTING = ("columns", "missing", "values", "time_form", "duplicates", "core", "decimal")


class Table(Protocol):
    """A table or view that is open for reading."""

    @property
    def title(self) -> str:
        """What it is called in a sentence."""

    @property
    def names(self) -> Sequence[str]:
        """The names of its columns."""

    def rows(self, names: Sequence[str]) -> AbstractContextManager[Iterable[pa.RecordBatch]]:
        """These columns as whole numbers or text, their rows in the order of their cells. Raises DataError."""


def written(table: Table, path: Path, choices: Mapping[str, Any]) -> dict[str, Any]:
    """Write the columns that have a role to a parquet file; the choices by which it is to be read. Raises DataError."""
    if other := next((name for name in choices if name not in FITTING), None):
        raise DataError(f"For a table of a database, one may choose {', '.join(FITTING)}; got {other}.")
    if len(table.names) > MOST_COLUMNS:
        raise DataError(f"A table may have {MOST_COLUMNS:,} columns; {table.title} has {len(table.names):,}.")
    _write([], pa.schema([(name, pa.string()) for name in table.names]), path, table.title)
    plan = guess(open_files(path), choices).require()
    at = sources.places(table.names, plan, [role for role in ROLES if role in plan.columns])
    columns = {role: table.names[place] for role, place in at.items()}
    with table.rows(list(dict.fromkeys(columns.values()))) as batches:
        reader = iter(batches)
        first = next(reader, None)
        if first is None or first.num_rows == 0:
            raise DataError(f"A dataset needs at least one rating; {table.title} has none.")
        _write(_chained(first, reader), first.schema, path, table.title)
    return {**choices, "columns": columns}


def _chained(first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    yield from rest


def _write(batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path, title: str) -> None:
    """A parquet file of the batches, within the limits."""
    from pyarrow import parquet

    rows = 0
    with parquet.ParquetWriter(path, schema) as writer:
        for batch in batches:
            rows += batch.num_rows
            if rows > MOST_ROWS or path.stat().st_size > MAX_BYTES:
                raise DataError(
                    f"A table may have {MOST_ROWS:,} rows and {MAX_BYTES >> 30} GB; {title} has more: make a view with"
                    " less of it."
                )
            writer.write_batch(batch)


@contextmanager
def no_longer_than(seconds: float, stop: Any) -> Iterator[None]:
    """Call `stop` if what is inside takes longer."""
    import threading

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def chosen_table(tables: Sequence[tuple[str, str]], table: str, default: str, where: str) -> tuple[str, str]:
    """(schema, name) of the table that is meant: `name` in the default schema, or `schema.name`. Raises DataError."""
    by_text = {f"{schema}.{name}": (schema, name) for schema, name in tables}
    by_text |= {name: (schema, name) for schema, name in tables if schema == default}
    if table in by_text:
        return by_text[table]
    shown = ", ".join(sorted(name if schema == default else f"{schema}.{name}" for schema, name in tables))
    have = f"has {shown[:300]}{' ...' if len(shown) > 300 else ''}" if tables else "has no table that may be read"
    rule = f"has no table {table[:60]}" if table else "needs the name of a table: ?table=NAME"
    raise DataError(f"{where} {rule}; it {have}." if table else f"{where} {rule}. It {have}.")


def quoted(name: str) -> str:
    """A name as SQL takes it for nothing but a name."""
    return '"' + name.replace('"', '""') + '"'
