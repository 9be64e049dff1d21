"""The files of a run: written whole or not at all, and checked when read."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Generic, TypeVar
from uuid import uuid4

from filelock import FileLock, Timeout

from reco_core.errors import RunError
from reco_core.events import Event, finite, from_line
from reco_core.storage import kept_in

Entry = TypeVar("Entry")

# The name under which write_whole begins a file.
UNFINISHED = re.compile(r"\..+\.[0-9a-f]{8}")


def write_whole(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Write a file under another name, then rename: a reader sees the old file or the new one, never a part.

    Raises StorageError, and leaves nothing half-written.
    """
    temporary = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    with kept_in(path):
        try:
            with temporary.open("wb") as file:
                write(file)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise


def remove_unfinished(folder: Path, but: str) -> None:
    """Remove what killed processes left of files that they were writing; of `but`, which anybody may write, nothing."""
    for path in folder.rglob(".*"):
        if UNFINISHED.fullmatch(path.name) and not path.name.startswith(f".{but}."):
            path.unlink(missing_ok=True)


def write_json(path: Path, value: object) -> None:
    """Write JSON; numbers that are not finite become null."""
    text = json.dumps(finite(value), indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(path, lambda file: file.write(text.encode()))


def read_json(path: Path) -> Any:
    """The value of a JSON file, or None where there is no file; raises RunError."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(f"{path.name} of run {path.parent.name} must be readable JSON; got {error}.") from error


def locked(path: Path, wait: float = 0.0) -> FileLock | None:
    """The lock at path, taken for this process until it is released or the process ends; None while another has it.

    Raises StorageError.
    """
    lock = FileLock(path, thread_local=False)
    try:
        with kept_in(path):
            lock.acquire(timeout=wait)
    except Timeout:
        return None
    return lock


def is_locked(path: Path) -> bool:
    """True while a living process holds the lock at path; the system frees the locks of a killed one."""
    if not path.exists():
        return False
    try:
        lock = locked(path)
    except OSError:  # somebody else's folder: no right to write there, so no way to know
        return False
    if lock is None:
        return True
    lock.release()
    return False


class WholeFile(Generic[Entry]):
    """The value of one file that is written whole: read again only when another file stands there; safe for threads.

    What is read is shared: nobody may change it.
    """

    def __init__(self, path: Path, read: Callable[[], Entry]) -> None:
        self._path, self._read = path, read
        self._lock = threading.Lock()
        self._seen: tuple[tuple[int, int, int], Entry] | None = None

    def read(self) -> Entry:
        """The value as of now; raises what reading it raises."""
        with self._lock:
            stamp = self._stamp()
            if stamp is None:
                return self._read()
            if self._seen is None or self._seen[0] != stamp:
                self._seen = stamp, self._read()
            return self._seen[1]

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            state = self._path.stat()
        except OSError:
            return None
        return state.st_ino, state.st_size, state.st_mtime_ns


class LineLog(Generic[Entry]):
    """The parsed lines of one growing file, read from where the last reading ended; safe for threads."""

    def __init__(self, path: Path, parse: Callable[[str], Entry]) -> None:
        self._path, self._parse = path, parse
        self._lock = threading.Lock()
        self._clear()

    def _clear(self) -> None:
        self._entries: list[Entry] = []
        self._offset = self._inode = self._size = 0

    def __len__(self) -> int:
        """Number of whole lines so far; costs one stat where nothing was added."""
        with self._lock:
            self._read_new()
            return len(self._entries)

    def read(self) -> list[Entry]:
        """Every whole line so far; a last line that was cut off in writing is left out. Raises what parse raises."""
        with self._lock:
            self._read_new()
            return list(self._entries)

    def _read_new(self) -> None:
        try:
            state = self._path.stat()
            if (state.st_ino, state.st_size) != (self._inode, self._size):
                with self._path.open("rb") as file:
                    self._read_on(file)
        except FileNotFoundError:
            self._clear()

    def _read_on(self, file: IO[bytes]) -> None:
        state = os.fstat(file.fileno())
        if state.st_ino != self._inode or state.st_size < self._offset:
            self._clear()
            self._inode = state.st_ino
        file.seek(self._offset)
        for line in file:
            if not line.endswith(b"\n"):
                break
            self._entries.append(self._parse(line.decode(errors="replace")))
            self._offset += len(line)
        self._size = state.st_size


class EventLog(LineLog[Event]):
    """The events of one events.jsonl; reading raises RunError for a line that is none."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, from_line)
