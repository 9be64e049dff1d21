"""How far the reading of a file has come, and the way to break it off."""

from __future__ import annotations

import io
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import IO, TYPE_CHECKING

from reco_core.data.files import GZIP, Files
from reco_core.errors import DataError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Report = Callable[[float], None]


class Cancelled(DataError):
    """Whoever asked for it does not want it any more."""


class Watch:
    """The reading of one file, watched from another thread: `share` from 0 to 1, and `cancel`."""

    def __init__(self) -> None:
        self.share = 0.0
        self._cancelled = threading.Event()
        self._stop: Callable[[], None] | None = None

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Break the reading off, also where another process does it."""
        self._cancelled.set()
        if self._stop is not None:
            self._stop()

    def stop_with(self, stop: Callable[[], None]) -> None:
        """What `cancel` calls besides."""
        self._stop = stop
        if self.cancelled:
            stop()

    def report(self, share: float) -> None:
        """So much of the file has been read; raises Cancelled where nobody waits for it any more."""
        if self.cancelled:
            raise Cancelled("Reading was cancelled; nothing was added.")
        self.share = max(self.share, min(share, 1.0))


@dataclass(frozen=True)
class Watched(Files):
    """Files that report how much of one of them has been read."""

    report: Report = field(default=lambda share: None, repr=False)
    main: str = ""

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        with super().open(name) as stream:
            if name != self.main:
                yield stream
                return
            yield io.BufferedReader(_Counted(stream, self._whole_size(), self.report), 1024**2)

    def _whole_size(self) -> int:
        """Bytes of the main file, unpacked; of gzip what its end says, modulo 4 GB."""
        size = self.size(self.main)
        if self._members:
            return size
        with self._place(self.main).open("rb") as stream:
            if stream.read(2) != GZIP or size < 18:
                return size
            stream.seek(-4, io.SEEK_END)
            return int(struct.unpack("<I", stream.read(4))[0])


def watched(files: Files, main: str, report: Report) -> Watched:
    """The same files; reading `main` is reported as shares from 0 to 1."""
    return Watched(**{one.name: getattr(files, one.name) for one in fields(Files)}, report=report, main=main)


class _Counted(io.RawIOBase):
    """A stream that reports how much of it has been read."""

    def __init__(self, stream: IO[bytes], size: int, report: Report) -> None:
        self._stream, self._size, self._report, self._done = stream, max(size, 1), report, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        data = self._stream.read(len(view))
        self._done += len(data)
        self._report(self._done / self._size)
        view[: len(data)] = data
        return len(data)
