"""Writing a run while it trains: who works on it, its events, its weights."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from filelock import FileLock

from reco_core.errors import RunError
from reco_core.events import Event, Progress, to_line
from reco_core.models.spec import Arrays
from reco_core.runs.arrays import write_arrays
from reco_core.runs.files import locked

EVENTS, WEIGHTS, WORKING = "events.jsonl", "weights.npz", "working.lock"
SAVING_SHARE = 0.1
PROGRESS_SHARE = 1e-4
WAIT_FOR_PROBES = 5.0


class Recording:
    """The one writer of a run, which holds the run's lock while it is open; raises RunError where there is another.

    Events are appended as whole lines. Weights are saved after each epoch, as long as saving has taken less than a
    tenth of the time since the recording began; `save(..., now=True)` always saves.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: FileLock | None = None
        self._file: IO[bytes] | None = None
        self._began = self._last_progress = time.monotonic()
        self._saving = 0.0

    def __enter__(self) -> Recording:
        self._lock = locked(self._folder / WORKING, wait=WAIT_FOR_PROBES)
        if self._lock is None:
            raise RunError(f"A run is trained by one process at a time; another one has {self._folder.name}.")
        if (self._folder / EVENTS).exists():
            self._lock.release()
            raise RunError(f"A run is trained once; {self._folder.name} already was.")
        self._file = (self._folder / EVENTS).open("ab", buffering=0)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._lock.release()

    def emit(self, event: Event) -> None:
        """Append one event; in a run of hours, Progress is thinned out so that the file stays small."""
        if isinstance(event, Progress):
            now = time.monotonic()
            if now - self._last_progress < PROGRESS_SHARE * (now - self._began):
                return
            self._last_progress = now
        self._file.write(to_line(event).encode())

    def save(self, arrays: Callable[[], Arrays], epoch: int, now: bool = False) -> None:
        """Keep the weights of an epoch, unless saving has been costly so far."""
        start = time.monotonic()
        if not now and self._saving > SAVING_SHARE * (start - self._began):
            return
        write_arrays(self._folder / WEIGHTS, arrays(), epoch)
        self._saving += time.monotonic() - start
