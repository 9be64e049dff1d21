"""A Postgres server of a test's own, on a socket and a free port of this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

OWNER, OWNERS_PASSWORD = "owner", "let me / in: @once"
PROGRAMS = ("initdb", "postgres", "pg_ctl")


@dataclass(frozen=True)
class Server:
    """Where it listens."""

    folder: Path
    port: int

    def address(self, table: str = "", user: str = OWNER, password: str | None = OWNERS_PASSWORD) -> str:
        """The source of a table by the network; None for no password."""
        secret = "" if password is None else f":{quote(password, safe='')}"
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/postgres" + (f"?table={table}" if table else "")

    def run(self, *statements: str) -> None:
        """Run SQL as the owner."""
        import psycopg

        place = {"host": str(self.folder), "port": self.port, "user": OWNER, "password": OWNERS_PASSWORD}
        with psycopg.connect("", dbname="postgres", autocommit=True, **place) as connection:
            for statement in statements:
                connection.execute(statement)


def programs() -> Path | None:
    """The folder of Postgres' programs; None where they are not installed, or nobody here may run them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if path := shutil.which("initdb"):
        found.append(Path(path).resolve().parent)
    whole = [folder for folder in found if all((folder / name).is_file() for name in PROGRAMS)]
    return whole[0] if whole and (os.geteuid() or (shutil.which("runuser") and _has_user())) else None


@contextmanager
def server(bin_folder: Path) -> Iterator[Server]:
    """A new, empty server that asks everybody for a password; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="reco-pg-", dir="/tmp"))  # a socket's path may have 107 letters
    data, secret = folder / "data", folder / "secret"
    secret.write_text(OWNERS_PASSWORD)
    if not os.geteuid():
        for path in (folder, secret):
            shutil.chown(path, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cheap = "-c fsync=off -c full_page_writes=off -c shared_buffers=16MB -c max_connections=10 -c autovacuum=off"
    options = f"-k {folder} -h 127.0.0.1 -p {port} {cheap}"
    try:
        _run(bin_folder / "initdb", "-D", data, "-A", "scram-sha-256", "-U", OWNER, f"--pwfile={secret}", "--no-sync", "--no-locale", "-E", "UTF8")  # fmt: skip
        _run(bin_folder / "pg_ctl", "start", "-D", data, "-w", "-t", "120", "-o", options, "-l", folder / "log")
        yield Server(folder, port)
    finally:
        if (data / "postmaster.pid").exists():
            _run(bin_folder / "pg_ctl", "stop", "-D", data, "-m", "immediate", "-w")
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: object) -> None:
    """Run a program of Postgres, which refuses to be run by root."""
    before = [] if os.geteuid() else ["runuser", "-u", "postgres", "--"]
    subprocess.run([*before, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd="/tmp", timeout=200)


def _has_user() -> bool:
    import pwd

    return any(entry.pw_name == "postgres" for entry in pwd.getpwall())
