"""One worker process, seen from the server: start it, send it lines, hear what it says and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

from reco_core.jobs.server.protocol import Order, Report, from_line, to_line
from reco_core.paths import home
from reco_core.processes import environment

MOST_LOG_BYTES = 2**20
END_SECONDS = 3.0


class WorkerProcess:
    """A running worker. `heard(message)` and, once, `gone(exit code)` are called by a thread of its own."""

    def __init__(self, heard: Callable[[Report], None], gone: Callable[[int], None]) -> None:
        self._heard, self._gone = heard, gone
        with _log_file() as log:
            self._process = subprocess.Popen(
                command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                env=environment(),
                **_apart(),
            )
        assert self._process.stdin is not None and self._process.stdout is not None  # as asked for above
        self._orders, self._reports = self._process.stdin, self._process.stdout
        threading.Thread(target=self._listen, name="worker-listener", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: Order) -> None:
        """Send one message; a worker that is gone is reported by `gone`, not here."""
        with suppress(OSError, ValueError):
            self._orders.write(to_line(message))
            self._orders.flush()

    def leave(self) -> None:
        """End its input: it leaves when its run is over."""
        with suppress(OSError):
            self._orders.close()

    def end(self, patience: float) -> None:
        """Wait so many seconds for it to leave, then end it."""
        for act, seconds in ((None, patience), (self._process.terminate, END_SECONDS), (self._process.kill, None)):
            if act is not None:
                act()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
                return

    def kill(self) -> None:
        """End it at once, whatever it does; `gone` will say so."""
        self._process.kill()

    def _listen(self) -> None:
        for line in self._reports:
            message = from_line(line)
            if isinstance(message, Report):
                self._heard(message)
        self._gone(self._process.wait())


def command() -> list[str]:
    """What starts a worker."""
    return [sys.executable, "-m", "reco_core.jobs.server.worker"]


def _apart() -> dict[str, Any]:
    """Ctrl-C in the server's terminal is for the server, which ends its worker in order."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _log_file() -> IO[bytes]:
    """Where a worker's stderr goes: worker.log of the product's folder, begun anew when it has grown.

    Nowhere, where that folder cannot be written: runs that are there can be looked at all the same.
    """
    path = home() / "worker.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        grown = path.exists() and path.stat().st_size > MOST_LOG_BYTES
        return path.open("wb" if grown else "ab")
    except OSError:
        return open(os.devnull, "wb")
