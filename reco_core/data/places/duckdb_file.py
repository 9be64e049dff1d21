"""A table or view of a DuckDB file, opened so that nothing is written, and nothing read but this file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from reco_core.data.places.address import Address
from reco_core.data.places.snapshot import (
    MEMORY,
    MOST_SECONDS,
    ROWS_AT_ONCE,
    SPILLED,
    chosen_table,
    no_longer_than,
    quoted,
)
from reco_core.errors import DataError

MISSING = "duckdb is needed to read {}: install it with `pip install 'reco-core[duckdb]'`."
MAGIC = b"DUCK"  # at byte 8
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "BOOLEAN")
EXACT = 2**53  # up to here, a floating-point number holds every whole one


@dataclass(frozen=True)
class _Table:
    connection: Any
    title: str
    columns: dict[str, str]  # name -> type
    relation: str  # as SQL

    @property
    def names(self) -> Sequence[str]:
        return list(self.columns)

    @contextmanager
    def rows(self, names: Sequence[str]) -> Iterator[Iterable[pa.RecordBatch]]:
        cells = ", ".join(f"{_cell(name, self.columns[name])} AS {quoted(name)}" for name in names)
        with reading(self.title), no_longer_than(MOST_SECONDS, self.connection.interrupt):
            query = f"SELECT {cells} FROM {self.relation} ORDER BY ALL"
            yield self.connection.sql(query).to_arrow_reader(ROWS_AT_ONCE)


@contextmanager
def opened(address: Address, spill: Path) -> Iterator[_Table]:
    """The table that an address names. Raises DataError in one sentence."""
    path = Path(address.path)
    _check(path)
    with reading(path.name), connected(spill, str(path)) as connection:
        found = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal AND database_name = current_database()"
            " UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal AND database_name ="
            " current_database()"
        ).fetchall()
        schema, name = chosen_table(found, address.table, "main", path.name)
        relation = f"{quoted(schema)}.{quoted(name)}"
        columns = {row[0]: row[1] for row in connection.execute(f"DESCRIBE {relation}").fetchall()}
        yield _Table(connection, f"{name} of {path.name}", columns, relation)


@contextmanager
def connected(spill: Path, path: str = ":memory:") -> Iterator[Any]:
    """A connection that reads this file, or memory, and can reach no other file and no network. Raises duckdb.Error.

    spill: where it may write what sorting has no memory for.
    """
    duckdb = _duckdb(path)
    off = ("enable_external_access", "autoload_known_extensions", "autoinstall_known_extensions")
    config = dict.fromkeys((*off, "allow_community_extensions", "allow_unsigned_extensions"), "false")
    config |= {"memory_limit": MEMORY, "temp_directory": str(spill), "max_temp_directory_size": SPILLED}
    config |= {"lock_configuration": "true"}
    connection = duckdb.connect(path, read_only=path != ":memory:", config=config)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def reading(title: str) -> Iterator[None]:
    """What DuckDB cannot do becomes one sentence."""
    duckdb = _duckdb(title)
    try:
        yield
    except duckdb.InterruptException as error:
        raise DataError(f"A database may take {MOST_SECONDS:,} seconds; {title} took more.") from error
    except duckdb.PermissionException as error:
        raise DataError(f"{title} uses other files or the network, which is not allowed: {_reason(error)}.") from error
    except duckdb.OutOfMemoryException as error:
        raise DataError(f"Sorting {title} needs more memory or disk than allowed: {_reason(error)}.") from error
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise DataError(f"{title} is being written by another program: close it there, then read it.") from error
        raise DataError(f"{title} cannot be read: {_reason(error)}.") from error
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise DataError(f"{title} cannot be read: {_reason(error)}.") from error


def _cell(name: str, kind: str) -> str:
    """A column as whole numbers or as text that other programs read alike; times with a zone in UTC."""
    column = quoted(name)
    if kind in WHOLE:
        return f"CAST({column} AS BIGINT)"
    if kind in ("FLOAT", "DOUBLE"):
        whole = f"isfinite({column}) AND {column} = trunc({column}) AND abs({column}) < {EXACT}"
        return (
            f"CASE WHEN isnan({column}) THEN NULL WHEN {whole} THEN CAST(CAST({column} AS BIGINT) AS VARCHAR)"
            f" ELSE CAST({column} AS VARCHAR) END"
        )
    if kind == "TIMESTAMP WITH TIME ZONE":
        utc = f"CAST(make_timestamp(epoch_us({column})) AS VARCHAR) || '+00'"
        return f"CASE WHEN isfinite({column}) THEN {utc} END"
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return f"CAST(to_json({column}) AS VARCHAR)"
    return f"CAST({column} AS VARCHAR)"


def _check(path: Path) -> None:
    """Refuse what is no DuckDB file before a database opens it."""
    try:
        with path.open("rb") as stream:
            head = stream.read(12)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise DataError(f"The DuckDB file {str(path)[:200]} cannot be read: {reason}.") from error
    if head[8:12] != MAGIC:
        raise DataError(f"{path.name} is no DuckDB file; for any other file, leave out `duckdb:`.")


def _duckdb(title: str) -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise DataError(MISSING.format(Path(title).name)) from error
    return duckdb


def _reason(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".!")[:300]
