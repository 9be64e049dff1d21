"""Standard output and error of any terminal: of another encoding, closed, full, or with nobody left who reads."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any

from reco_core.storage import StorageError

NOBODY_READS = 1  # as of click


class _Closed(io.TextIOBase):
    """Standard output that was closed before the command began: printing raises StorageError."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        raise StorageError("A command needs standard output for what it prints; it is closed.", errno.EBADF)


def print_anything() -> None:
    """From now on a letter that the terminal's encoding lacks is printed as `?`, and a closed stderr takes anything."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if sys.stdout is None:
        sys.stdout = _Closed()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open to the end


def takes_every_letter(stream: Any) -> bool:
    """Whether a stream's encoding has all of Unicode."""
    return (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "").startswith("utf")


def flush() -> None:
    """Print what still waits, so that it fails here and not as Python ends; raises OSError."""
    sys.stdout.flush()


def leave_quietly() -> None:
    """What is left of the output goes nowhere: Python would report at its end that nobody takes it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
        except (OSError, ValueError):  # not of a file
            continue
