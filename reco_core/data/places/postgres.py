"""A table or view of a Postgres database, copied out of one transaction that can only read.

DuckDB could read Postgres by an extension, which it downloads; this way needs no download, and works offline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv as arrow_csv

from reco_core.data.places import duckdb_file
from reco_core.data.places.address import Address
from reco_core.data.places.snapshot import MOST_SECONDS, ROWS_AT_ONCE, chosen_table, no_longer_than, quoted
from reco_core.errors import DataError

CONNECT_SECONDS = 10
PIECE = 8 * 1024**2  # bytes of rows that are parsed at once
WHOLE = ("smallint", "integer", "bigint")
# In this transaction alone: also where a pool hands the connection on.
SETTINGS = (
    f"SET LOCAL statement_timeout = '{MOST_SECONDS}s'",
    "SET LOCAL lock_timeout = '10s'",
    "SET LOCAL idle_in_transaction_session_timeout = '60s'",
    "SET LOCAL synchronize_seqscans = off",
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL client_encoding = 'UTF8'",
)
TABLES = """
SELECT n.nspname, c.relname, has_any_column_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE')
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2 LIMIT 20000
"""
COLUMNS = """
SELECT a.attname, pg_catalog.format_type(a.atttypid, NULL) FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped
AND has_column_privilege(c.oid, a.attnum, 'SELECT') ORDER BY a.attnum
"""


@dataclass(frozen=True)
class _Table:
    connection: Any
    title: str
    columns: dict[str, str]  # name -> type
    relation: str  # as SQL
    spill: Path

    @property
    def names(self) -> Sequence[str]:
        return list(self.columns)

    @contextmanager
    def rows(self, names: Sequence[str]) -> Iterator[Iterable[pa.RecordBatch]]:
        schema = pa.schema([(name, pa.int64() if self.columns[name] in WHOLE else pa.large_string()) for name in names])
        cells = ", ".join(_cell(name, self.columns[name]) for name in names)
        failed: list[Exception] = []
        source = pa.RecordBatchReader.from_batches(schema, self._copied(cells, schema, failed))
        try:
            with duckdb_file.connected(self.spill) as sorter:
                sorter.register("taken", source)
                with no_longer_than(MOST_SECONDS, sorter.interrupt), duckdb_file.reading(self.title):
                    yield sorter.sql("SELECT * FROM taken ORDER BY ALL").to_arrow_reader(ROWS_AT_ONCE)
        except DataError as error:
            if failed:  # what the database said, rather than what became of it on the way
                raise _refusal(failed[0], self.title) from error
            raise

    def _copied(self, cells: str, schema: pa.Schema, failed: list[Exception]) -> Iterator[pa.RecordBatch]:
        """The rows as the database sends them; keeps what it fails with."""
        try:
            with self.connection.cursor() as cursor:
                query = f"COPY (SELECT {cells} FROM {self.relation}) TO STDOUT (FORMAT csv)"
                with cursor.copy(query) as copy:
                    for piece in _pieces(copy):
                        yield from _parsed(piece, schema)
        except Exception as error:
            failed.append(error)
            raise


@contextmanager
def opened(address: Address, spill: Path) -> Iterator[_Table]:
    """The table that an address names. Raises DataError in one sentence that shows no password."""
    psycopg = _psycopg()
    where = f"The database {address.database or address.user} at {address.host or 'this machine'}"
    try:
        connection = _connected(address)
    except psycopg.Error as error:
        raise _no_connection(error, where) from error
    try:
        for setting in SETTINGS:
            connection.execute(setting)
        tables = connection.execute(TABLES).fetchall()
        default = (connection.execute("SELECT current_schema()").fetchone() or ["public"])[0] or "public"
        schema, name = _chosen(tables, address.table, default, where)
        columns = dict(connection.execute(COLUMNS, (schema, name)).fetchall())
        yield _Table(connection, f"{name} of {address.database}", columns, f"{quoted(schema)}.{quoted(name)}", spill)
    except psycopg.Error as error:
        raise _refusal(error, where) from error
    finally:
        connection.close()


def _connected(address: Address) -> Any:
    """A connection whose every transaction only reads, and sees one state of the database. Raises psycopg.Error."""
    psycopg = _psycopg()
    given = {
        "host": address.host,
        "port": address.port,
        "user": address.user,
        "dbname": address.database,
        "password": address.password,
        "sslmode": address.sslmode,
    }
    known = {name: value for name, value in given.items() if value}
    connection = psycopg.connect("", connect_timeout=CONNECT_SECONDS, application_name="reco", **known)
    connection.read_only = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    return connection


def _chosen(tables: Sequence[tuple[str, str, bool]], table: str, default: str, where: str) -> tuple[str, str]:
    """(schema, name) of the table, if it may be read."""
    readable = [(schema, name) for schema, name, allowed in tables if allowed]
    hidden = [(schema, name) for schema, name, allowed in tables if not allowed]
    if table and any(table in (f"{schema}.{name}", name if schema == default else "") for schema, name in hidden):
        raise DataError(f"{where} does not let this user read {table[:60]}: its owner must GRANT SELECT on it.")
    return chosen_table(readable, table, default, where)


def _cell(name: str, kind: str) -> str:
    """A column as whole numbers or text."""
    column = quoted(name)
    if kind in WHOLE:
        return column
    if kind == "boolean":
        return f"{column}::int::text"
    return f"to_json({column})::text" if kind.endswith("[]") else f"{column}::text"


def _pieces(copy: Iterable[Any]) -> Iterator[bytes]:
    """The rows joined to some megabytes: the driver gives one after the other."""
    rows: list[bytes] = []
    size = 0
    for row in copy:
        rows.append(row)
        size += len(row)
        if size >= PIECE:
            yield b"".join(rows)
            rows, size = [], 0
    if rows:
        yield b"".join(rows)


def _parsed(piece: bytes, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Rows of text in the form that COPY writes: NULL is nothing, an empty text is two quotes."""
    read = arrow_csv.ReadOptions(use_threads=False, column_names=schema.names, block_size=max(len(piece) + 1, 1024))
    parse = arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=len(schema) > 1)
    convert = arrow_csv.ConvertOptions(
        column_types=schema, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
    )
    yield from arrow_csv.read_csv(pa.BufferReader(piece), read, parse, convert).to_batches()


def _no_connection(error: Exception, where: str) -> DataError:
    """Why there is no connection, and what to do."""
    reason = _reason(error)
    if "password" in reason or "no password" in str(error):
        return DataError(f"{where} asks for another password: set PGPASSWORD or write it into ~/.pgpass.")
    if "timeout" in str(error) or "timed out" in str(error):
        return DataError(f"{where} does not answer within {CONNECT_SECONDS} seconds.")
    return DataError(f"{where} cannot be reached: {reason}.")


def _refusal(error: Exception, title: str) -> DataError:
    """What the database did not do, in one sentence."""
    psycopg = _psycopg()
    if isinstance(error, psycopg.errors.QueryCanceled):
        return DataError(f"A database may take {MOST_SECONDS:,} seconds; {title} took more.")
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return DataError(f"{title} may not be read by this user: {_reason(error)}.")
    return DataError(f"{title} cannot be read: {_reason(error)}.")


def _psycopg() -> Any:
    try:
        import duckdb  # noqa: F401 - sorts what comes
        import psycopg
    except ImportError as error:
        raise DataError(duckdb_file.MISSING.replace("duckdb is", "duckdb and psycopg are").replace("it with", "them with").format("Postgres")) from error  # fmt: skip
    return psycopg


def _reason(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).rstrip(".")[:300]
