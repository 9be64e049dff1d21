"""Writing a run while it trains: who works on it, its events, its weights, its checkpoint."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from filelock import FileLock

from reco_core.errors import RunError
from reco_core.events import Event, Progress, to_line
from reco_core.models.spec import Arrays
from reco_core.runs.arrays import write_arrays
from reco_core.runs.checkpoint_file import write_state
from reco_core.runs.files import locked, remove_unfinished
from reco_core.runs.run_spec import INFO
from reco_core.runs.snapshots import is_due, save
from reco_core.storage import kept_in

EVENTS, WEIGHTS, WORKING = "events.jsonl", "weights.npz", "working.lock"
PROGRESS_SHARE = 1e-4
WAIT_FOR_PROBES = 5.0


class Recording:
    """The one writer of a run, which holds the run's lock while it is open; raises RunError where there is another, and
    StorageError where its folder cannot be written.

    may_begin: asked when the lock is held, whether there is something to train. Events are appended as whole lines.
    Weights and checkpoint are kept after every epoch, so that a killed process loses the epoch it was in and no more.
    """

    def __init__(self, folder: Path, may_begin: Callable[[], bool] = lambda: True) -> None:
        self._folder, self._may_begin = folder, may_begin
        self._lock: FileLock | None = None
        self._file: IO[bytes] | None = None
        self._began = self._last_progress = time.monotonic()

    def __enter__(self) -> Recording:
        self._lock = locked(self._folder / WORKING, wait=WAIT_FOR_PROBES)
        if self._lock is None:
            raise RunError(f"A run is trained by one process at a time; another is training {self._folder.name}.")
        try:
            if not self._may_begin():
                raise RunError(f"A run is trained once, unless it is continued; {self._folder.name} already was.")
            remove_unfinished(self._folder, but=INFO)
            with kept_in(self._folder):
                self._file = (self._folder / EVENTS).open("a+b", buffering=0)
                _without_cut_off_line(self._file)
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._lock.release()

    def emit(self, event: Event) -> None:
        """Append one event, whole or not at all; in a run of hours, Progress is thinned out so the file stays small."""
        if isinstance(event, Progress):
            now = time.monotonic()
            if now - self._last_progress < PROGRESS_SHARE * (now - self._began):
                return
            self._last_progress = now
        with kept_in(self._folder):
            _append(self._file, to_line(event).encode())

    def save(self, arrays: Arrays, epoch: int) -> None:
        """Keep the weights of an epoch."""
        write_arrays(self._folder / WEIGHTS, arrays, epoch)

    def checkpoint(self, state: Arrays, epoch: int) -> None:
        """Keep what going on from the end of an epoch needs."""
        write_state(self._folder, state, epoch)

    def snapshot(self, arrays: Arrays, epoch: int, now: bool = False) -> None:
        """Keep the weights of an epoch for looking back, where it is one of those kept, or the last (`now`)."""
        if now or is_due(epoch):
            save(self._folder, arrays, epoch)


def _without_cut_off_line(file: IO[bytes]) -> None:
    """Cuts off a last line that a killed process did not finish; no reader has taken it in."""
    size = file.seek(0, os.SEEK_END)
    place = size
    while place > 0:
        low = max(0, place - 65_536)
        file.seek(low)
        end = file.read(place - low).rfind(b"\n")
        if end >= 0:
            place = low + end + 1
            break
        place = low
    if place < size:
        file.truncate(place)


def _append(file: IO[bytes], line: bytes) -> None:
    """Adds a line; where the disk has no room for all of it, none of it stays. Raises OSError."""
    before = file.seek(0, os.SEEK_END)
    try:
        written = file.write(line)
        if written != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError:
        with suppress(OSError):
            file.truncate(before)
        raise
