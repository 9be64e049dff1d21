"""Images from the links of a dataset: fetched by a few threads, made small, and kept on disk within a bound.

Nobody waits: what is not here yet is wanted from now on, and something else is shown meanwhile.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from reco_core.paths import posters_home
from reco_core.posters.image import made_small
from reco_core.posters.public_web import Failed, Refused, Web, checked, fetch
from reco_core.storage import write_whole

LIMIT, LIMIT_MB = "RECO_POSTER_MB", 500.0
THREADS = 4
MOST_WAITING = 200  # what was wanted longest ago goes first
DAY = 86_400.0
REFUSED_SECONDS, FAILED_SECONDS = 7 * DAY, 600.0  # before it is tried again
JPEG = "image/jpeg"


def usable(link: str) -> str:
    """The link as it is fetched: over https, also where it says http; "" for one that is never fetched."""
    link = str(link or "").strip()
    if link[:7].lower() == "http://":
        link = f"https://{link[7:]}"
    try:
        checked(link)
    except Refused:
        return ""
    return link


def host_of(link: str) -> str:
    """The host of a usable link."""
    return (urlsplit(link).hostname or "").lower()


class Links:
    """Images by link. `cached` answers at once; `want` has them fetched soon, the newest wish first."""

    def __init__(self, folder: Path | None = None, web: Web | None = None, most_mb: float | None = None) -> None:
        self._folder = folder or posters_home() / "links"
        self._web = web or Web()
        self._most = 1e6 * (limit_mb() if most_mb is None else most_mb)
        self._size: float | None = None
        self._lock = threading.Condition()
        self._waiting: dict[str, None] = {}
        self._busy: set[str] = set()
        self._not_before: dict[str, float] = {}
        self._threads = 0

    def cached(self, link: str) -> tuple[bytes, str] | None:
        """(bytes, mime type) of a link's image that is here; None for any other."""
        path = self._path(link)
        with suppress(OSError):
            content = path.read_bytes()
            os.utime(path)
            return content, JPEG
        return None

    def want(self, links: Iterable[str]) -> None:
        """Fetch these soon, but those that are here, under way, or failed a short while ago."""
        now = time.time()
        wanted = [link for link in links if self._may_ask(link, now)]
        with self._lock:
            for link in reversed(wanted):
                if link not in self._busy:
                    self._waiting.pop(link, None)
                    self._waiting[link] = None
            while len(self._waiting) > MOST_WAITING:
                self._waiting.pop(next(iter(self._waiting)))
            for _ in range(min(THREADS - self._threads, len(self._waiting))):
                self._threads += 1
                threading.Thread(target=self._work, name="image-links", daemon=True).start()

    def pending(self, links: Iterable[str]) -> int:
        """How many of these are waited for or under way."""
        with self._lock:
            return sum(link in self._waiting or link in self._busy for link in links)

    def settle(self, seconds: float) -> bool:
        """Wait until nothing is waited for or under way; whether that came about in time."""
        with self._lock:
            return self._lock.wait_for(lambda: not self._waiting and not self._busy, seconds)

    def _work(self) -> None:
        """Fetch what is waiting, the newest first; ends where nothing is."""
        while True:
            with self._lock:
                if not self._waiting:
                    self._threads -= 1
                    return
                link, _ = self._waiting.popitem()
                self._busy.add(link)
            try:
                self._bring(link)
            finally:
                with self._lock:
                    self._busy.discard(link)
                    self._lock.notify_all()

    def _bring(self, link: str) -> None:
        """The image of a link into the folder; how it failed, else, and for how long that is remembered."""
        try:
            image = made_small(fetch(link, self._web))
            if image is None:
                raise Refused("no image")
            if self._keep(self._path(link), image):
                return
            seconds = FAILED_SECONDS
        except Refused:
            seconds = REFUSED_SECONDS
        except Failed:
            seconds = FAILED_SECONDS
        self._not_before[link] = time.time() + seconds  # also where nothing can be written
        self._keep(self._path(link).with_suffix(".none"), str(int(seconds)).encode())

    def _may_ask(self, link: str, now: float) -> bool:
        path = self._path(link)
        if self._not_before.get(link, 0.0) > now or path.is_file():
            return False
        none = path.with_suffix(".none")
        try:
            return none.stat().st_mtime + float(none.read_text("ascii")) < now
        except (OSError, ValueError):
            return True

    def _path(self, link: str) -> Path:
        return self._folder / f"{hashlib.sha256(link.encode()).hexdigest()[:32]}.jpg"

    def _keep(self, path: Path, content: bytes) -> bool:
        """Write a file whole or not at all, and let go of what was looked at longest ago; whether it was written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, lambda file: file.write(content))
        except OSError:
            return False
        with self._lock:
            self._size = None if self._size is None else self._size + len(content)
            if self._size is None or self._size > self._most:
                self._size = _within(self._folder, self._most)
        return True


def limit_mb() -> float:
    """What images from links may take on disk: RECO_POSTER_MB, where that is a number from 1 on."""
    with suppress(ValueError):
        chosen = float(os.environ.get(LIMIT, LIMIT_MB))
        if 1 <= chosen < float("inf"):
            return chosen
    return LIMIT_MB


def _within(folder: Path, most: float) -> float:
    """Remove the files looked at longest ago where all are more than `most`, to nine tenths of it; what is left."""
    files = []
    for entry in os.scandir(folder):
        with suppress(OSError):
            found = entry.stat()
            files.append((found.st_mtime, found.st_size, entry.path))
    size = float(sum(one for _, one, _ in files))
    if size > most:
        for _, one, path in sorted(files):
            if size <= 0.9 * most:
                break
            with suppress(OSError):
                os.unlink(path)
                size -= one
    return size
