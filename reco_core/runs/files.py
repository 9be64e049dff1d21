"""The files of a run: written whole or not at all, and checked when read."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from filelock import FileLock, Timeout

from reco_core.errors import RunError
from reco_core.events import Event, finite, from_line


def write_whole(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Write a file under another name, then rename: a reader sees the old file or the new one, never a part."""
    temporary = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    try:
        with temporary.open("wb") as file:
            write(file)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


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
    """The lock at path, taken for this process until it is released or the process ends; None while another has it."""
    lock = FileLock(path, thread_local=False)
    try:
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


class EventLog:
    """The events of one events.jsonl, read from where the last reading ended; safe for threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._clear()

    def _clear(self) -> None:
        self._events: list[Event] = []
        self._offset = 0
        self._inode = 0

    def read(self) -> list[Event]:
        """Every whole event so far; a last line that was cut off in writing is left out. Raises RunError."""
        with self._lock:
            try:
                with self._path.open("rb") as file:
                    self._read_on(file)
            except FileNotFoundError:
                self._clear()
            return list(self._events)

    def _read_on(self, file: IO[bytes]) -> None:
        state = os.fstat(file.fileno())
        if state.st_ino != self._inode or state.st_size < self._offset:
            self._clear()
            self._inode = state.st_ino
        file.seek(self._offset)
        for line in file:
            if not line.endswith(b"\n"):
                break
            self._events.append(from_line(line.decode(errors="replace")))
            self._offset += len(line)
