"""Addresses of places: `duckdb:FILE.db?table=T`, `postgresql://user@host/db?table=T`, `s3://bucket/key.parquet`."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode

from reco_core.errors import DataError

SSL = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_LOGIN = re.compile(r"^(postgres(?:ql)?://)([^/?#]*)@")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_NOT_IN_NAMES = re.compile(r"[/\\:~\0]")


@dataclass(frozen=True)
class Address:
    """Where ratings are. path: of a DuckDB file, or bucket/key; the rest is of Postgres, "" or 0 where left open."""

    kind: Literal["duckdb", "postgres", "s3"]
    path: str = ""
    table: str = ""
    host: str = ""
    port: int = 0
    user: str = ""
    database: str = ""
    sslmode: str = ""

    @property
    def text(self) -> str:
        """The address as a source, without a password."""
        if self.kind == "s3":
            return f"s3://{quote(self.path)}"
        query = {"table": self.table}
        if self.kind == "duckdb":
            return f"duckdb:{self.path}?{_query(query)}"
        query |= {"host": self.host} if "/" in self.host else {}
        query |= {"sslmode": self.sslmode} if self.sslmode else {}
        user = f"{quote(self.user, safe='')}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"postgresql://{user}{self.server}{port}/{quote(self.database, safe='')}?{_query(query)}"

    @property
    def server(self) -> str:
        """The host as an address has it; a socket's folder stands in the query."""
        return "" if "/" in self.host else f"[{self.host}]" if ":" in self.host else self.host

    @property
    def title(self) -> str:
        """What a person would call it."""
        if self.kind == "s3":
            return PurePosixPath(self.path).name
        return f"{self.table} in {Path(self.path).name if self.kind == 'duckdb' else self.database or 'Postgres'}"

    @property
    def name(self) -> str:
        """The dataset's name: file or database, then table. It is no path and hides nothing."""
        if self.kind == "s3":
            name = PurePosixPath(self.path).name
        else:
            name = f"{Path(self.path).stem if self.kind == 'duckdb' else self.database or 'postgres'}.{self.table}"
        return "".join(letter for letter in _NOT_IN_NAMES.sub("-", name).strip(". ") if letter.isprintable())[:120] or "table"  # fmt: skip

    @property
    def password(self) -> str | None:
        """The password that this process, or one that started it, was given in an address."""
        return os.environ.get(_secret(self.user, self.server, self.database))


def address_of(place: str) -> Address:
    """The address that a place writes, its choices of reading taken away. Raises DataError that says how to write it."""
    rest, _, query = place.partition("?")
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    table = pairs.get("table", "").strip()
    if rest.startswith("s3://"):
        return _object(rest, pairs)
    if rest.startswith("duckdb:"):
        path = rest.removeprefix("duckdb:")
        if not path or set(pairs) - {"table"}:
            raise DataError("A DuckDB file is written duckdb:FILE.db?table=NAME.")
        return Address("duckdb", os.path.abspath(os.path.expanduser(path)), table)
    return _postgres(rest, pairs, table)


def without_password(source: str) -> str:
    """The source without the password of an address, which is kept in this process's environment and nowhere else.

    So the processes that this one starts can read the source, whose text may be stored, shown and passed on.
    """
    match = _LOGIN.match(source)
    if not match or ":" not in match[2]:
        return source
    user, _, password = match[2].partition(":")
    clean = f"{match[1]}{user}@{source[match.end() :]}"
    address = address_of(clean.partition("?")[0])
    os.environ[_secret(address.user, address.server, address.database)] = unquote(password)
    return clean


def _object(rest: str, pairs: dict[str, str]) -> Address:
    bucket, _, key = unquote(rest.removeprefix("s3://")).partition("/")
    if not _BUCKET.fullmatch(bucket) or not key or key.endswith("/") or pairs:
        raise DataError(f"An object on S3 is written s3://BUCKET/KEY.parquet; got {rest[:200]}.")
    return Address("s3", f"{bucket}/{key}")


def _postgres(rest: str, pairs: dict[str, str], table: str) -> Address:
    how = "A Postgres table is written postgresql://USER@HOST:PORT/DATABASE?table=NAME"
    server, _, database = rest.partition("://")[2].partition("/")
    user, _, server = server.rpartition("@")
    host, port = _host_and_port(server)
    host, port = unquote(pairs.get("host") or host), pairs.get("port") or port
    if port and not (port.isdecimal() and 0 < int(port) < 65536):
        raise DataError(f"{how}, with a port from 1 to 65535 (in a password, write / as %2F, @ as %40 and : as %3A).")
    if pairs.get("sslmode", "prefer") not in SSL:
        raise DataError(f"sslmode must be one of {', '.join(SSL)}; got {pairs['sslmode'][:60]}.")
    if "/" in database or "\0" in host + database or "," in host:
        raise DataError(f"{how}; got another form.")
    place = {"host": host, "user": unquote(user), "database": unquote(database), "sslmode": pairs.get("sslmode", "")}
    return Address("postgres", table=table, port=int(port or 0), **place)


def _host_and_port(server: str) -> tuple[str, str]:
    if server.startswith("["):
        host, _, port = server[1:].partition("]")
        return host, port.removeprefix(":")
    host, _, port = server.partition(":")
    return host, port


def _query(pairs: dict[str, str]) -> str:
    return urlencode(pairs, safe="/", quote_via=quote)


def _secret(user: str, server: str, database: str) -> str:
    """The name in the environment of the password for this user there."""
    return "RECO_PASSWORD_" + hashlib.sha256(f"{user}@{server}/{database}".encode()).hexdigest()[:16].upper()
