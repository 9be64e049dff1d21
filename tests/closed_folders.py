"""Folders that cannot be written and disks without room: also for root, and for a user who may mount nothing."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "os.utime", "os.chmod")
_closed: list[tuple[str, int]] = []
_hooked: list[bool] = []


@contextmanager
def closed(folder: Path, code: int = errno.EROFS) -> Iterator[None]:
    """Whatever this process would change in a folder fails as on a read-only disk, or with another number."""
    if not _hooked:
        sys.addaudithook(_refuse)  # stays to the end of the process
        _hooked.append(True)
    _closed.append((str(folder), code))
    try:
        yield
    finally:
        _closed.pop()


def _refuse(event: str, args: tuple) -> None:
    if not _closed or not (event in CHANGES or (event == "open" and isinstance(args[2], int) and args[2] & WRITES)):
        return
    folder, code = _closed[-1]
    if isinstance(args[0], (str, os.PathLike)) and os.fspath(args[0]).startswith(folder):
        raise OSError(code, os.strerror(code), os.fspath(args[0]))


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes, as with a quota."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
