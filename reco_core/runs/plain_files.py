"""Files of a run folder, opened only where they are plain: no folder, link, pipe or device, and not too large."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import IO

from reco_core.errors import RunError

# A link is not followed, and a pipe that nobody writes to keeps nobody waiting; Windows has neither flag.
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_plain(path: Path, most_bytes: int) -> IO[bytes]:
    """The file, open for reading. Raises FileNotFoundError where there is none, RunError where it is not plain."""
    try:
        descriptor = os.open(path, _FLAGS | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise RunError(_unusable(path, f"it is {_kind(path)}" if not _is_plain(path) else str(error))) from error
    state = os.fstat(descriptor)
    if stat.S_ISREG(state.st_mode) and state.st_size <= most_bytes:
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if not stat.S_ISREG(state.st_mode):
        raise RunError(_unusable(path, f"it is {_kind(path)}"))
    raise RunError(_unusable(path, f"it has {state.st_size:,} bytes, and {most_bytes:,} are allowed"))


def read_plain(path: Path, most_bytes: int) -> bytes | None:
    """The content of a plain file, None where there is no file; raises RunError."""
    try:
        with open_plain(path, most_bytes) as file:
            return file.read(most_bytes)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunError(_unusable(path, str(error))) from error


def _unusable(path: Path, reason: str) -> str:
    return f"{path.name[:80]} of run {path.parent.name[:80]} must be a plain file; {reason}."


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return True  # what it is cannot be told, so the error is


def _kind(path: Path) -> str:
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return "no file"
    kinds = ((stat.S_ISLNK, "a link"), (stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"))
    return next((word for check, word in kinds if check(mode)), "something else")
