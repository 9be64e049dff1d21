"""Downloads that go on while pages come and go: one at a time, watched and cancelled from anywhere."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any

from reco_core.data import download
from reco_core.errors import DataError


@dataclass(frozen=True)
class Fetching:
    """A download as it stands: bytes so far and in all (0 where unknown); error is a sentence once it has failed."""

    name: str
    done: int = 0
    total: int = 0
    active: bool = True
    error: str = ""
    cancelled: bool = False

    @property
    def arrived(self) -> bool:
        """Whether the dataset is here."""
        return not (self.active or self.error or self.cancelled)


class _Cancelled(Exception):
    """The way out of a download that nobody wants any more."""


class Fetcher:
    """Fetches datasets of the catalogue in a thread of its own. Safe for threads; how the last one ended is kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now: Fetching | None = None
        self._cancel = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def now(self) -> Fetching | None:
        """The download under way, else the last one; None before the first and after `forget`."""
        with self._lock:
            return self._now

    def start(self, name: str) -> None:
        """Begin to fetch a dataset, where an earlier download of it broke off; raises DataError while one runs."""
        with self._lock:
            if self._now is not None and self._now.active:
                raise DataError(f"Only one download at a time: {self._now.name} is still being downloaded.")
            self._now = Fetching(name)
            self._cancel.clear()
            self._thread = threading.Thread(target=self._fetch, args=(name,), name="download", daemon=True)
            self._thread.start()

    def cancel(self) -> None:
        """End the download; what has arrived is kept for the next time."""
        self._cancel.set()

    def forget(self) -> None:
        """The last download needs no more words; one that runs goes on."""
        with self._lock:
            if self._now is not None and not self._now.active:
                self._now = None

    def wait(self, seconds: float) -> None:
        """Until the download is over, so many seconds at most."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _fetch(self, name: str) -> None:
        try:
            download.download(name, progress=self._progress)
            self._set(active=False)
        except DataError as error:
            self._set(active=False, error=str(error))
        except _Cancelled:
            self._set(active=False, cancelled=True)
        except Exception as error:  # whatever it is, the page must not wait for ever
            self._set(active=False, error=f"{name} could not be downloaded ({type(error).__name__}: {error}).")

    def _progress(self, done: int, total: int) -> None:
        if self._cancel.is_set():
            raise _Cancelled
        self._set(done=done, total=total)

    def _set(self, **changes: Any) -> None:
        with self._lock:
            if self._now is not None:
                self._now = replace(self._now, **changes)
