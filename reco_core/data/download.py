"""Fetching a named dataset from its home: with progress, resumed where it broke off, checked before it counts."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from reco_core.data.catalogue import BASE_URL, DatasetEntry, entry_of, zip_path
from reco_core.data.files import open_files
from reco_core.errors import DataError
from reco_core.storage import kept_in, words_of

if TYPE_CHECKING:
    import requests

Progress = Callable[[int, int], None]
BASE_VARIABLE = "RECO_DOWNLOAD_BASE"
BLOCK = 16 * 1024  # what a break can lose
TIMEOUT = (10, 30)  # seconds to connect, and between two pieces
ATTEMPTS = 4  # of one call, as long as each brings something
EVERY = 0.1  # seconds between two reports of progress
ROOM = 1.5  # a download may be this much larger than the catalogue says, and 10 MB


def download(name: str, progress: Progress | None = None, base_url: str | None = None) -> Path:
    """The zip of a named dataset, fetched if it is not here already.

    progress(done, total) is called with bytes, total 0 where unknown. base_url (else RECO_DOWNLOAD_BASE, else
    GroupLens) is the folder that holds the zips. What arrived before a break is kept and continued next time. The zip
    counts only when its MD5 is the published one, or, where none is published, when it is whole. Raises DataError.
    """
    entry, path = entry_of(name), zip_path(name)
    base = (base_url or os.environ.get(BASE_VARIABLE) or BASE_URL).rstrip("/") + "/"
    with kept_in(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path), _clear_messages(name, base):
        if path.is_file() and _is_good(path, entry.checksum if base == BASE_URL else ""):
            return path
        return _fetch(entry, base, path, _checksum(entry, base), progress or (lambda done, total: None))


def _fetch(entry: DatasetEntry, base: str, path: Path, checksum: str, progress: Progress) -> Path:
    """Fetch with pooch, which names and checks the file; the transfer itself is ours, so that it can resume."""
    import pooch

    pooch.get_logger().setLevel("WARNING")  # it reports to stderr; progress is what this module reports
    path.unlink(missing_ok=True)
    transfer = _Transfer(path, entry, progress)
    url = f"{base}{entry.name}.zip"
    try:
        pooch.retrieve(url, checksum or None, fname=path.name, path=path.parent, downloader=transfer)
    except ValueError as error:  # pooch's word for another checksum
        raise DataError(
            f"{entry.name} was damaged in transit (its checksum differs) and removed; please try again."
        ) from error
    if not _is_good(path, checksum):
        path.unlink(missing_ok=True)
        raise DataError(f"What {urlsplit(url).netloc} sent is not a complete zip and was removed; please try again.")
    return path


@dataclass(frozen=True)
class _Transfer:
    """A downloader for pooch: (url, output, pooch) -> the file, by way of a partial file that outlives a break."""

    path: Path
    entry: DatasetEntry
    progress: Progress

    def __call__(self, url: str, output_file: str | os.PathLike[str], pooch: Any) -> None:
        part, note = _part(self.path), _note(self.path)
        before = -1
        for _ in range(ATTEMPTS):
            have = part.stat().st_size if part.is_file() else 0
            if have <= before:
                break
            before = have
            if self._attempt(url, part, note):
                shutil.move(part, output_file)
                note.unlink(missing_ok=True)
                return
        raise DataError(
            f"The connection broke while {self.entry.name} was being downloaded; the part that arrived is kept: try "
            "again to resume."
        )

    def _attempt(self, url: str, part: Path, note: Path) -> bool:
        """One request, for what is missing where the server still has the same file; whether the file is whole."""
        import requests
        from urllib3.exceptions import HTTPError

        have = part.stat().st_size if part.is_file() else 0
        mark = _read_note(note) if have else ""
        headers = {"Accept-Encoding": "identity"}
        if have and mark:
            headers |= {"Range": f"bytes={have}-", "If-Range": mark}
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as answer:
            if answer.status_code == requests.codes.requested_range_not_satisfiable:
                part.unlink(missing_ok=True)
                return False
            answer.raise_for_status()
            start = have if answer.status_code == requests.codes.partial_content else 0
            total = start + int(answer.headers.get("Content-Length") or 0)
            self._check_room(total)
            _write_note(note, answer)
            try:
                return self._receive(answer, part, start, total)
            except (requests.exceptions.ChunkedEncodingError, requests.ConnectionError, HTTPError):
                return False

    def _receive(self, answer: requests.Response, part: Path, start: int, total: int) -> bool:
        """Append what comes to the partial file; whether all of it came."""
        done, said = start, 0.0
        with part.open("ab" if start else "wb") as file:
            for block in answer.iter_content(BLOCK):
                file.write(block)
                done += len(block)
                self._check_size(done)
                if time.monotonic() - said > EVERY:
                    self.progress(done, total)
                    said = time.monotonic()
        self.progress(done, total)
        return done == total or not answer.headers.get("Content-Length")

    def _check_room(self, total: int) -> None:
        self._check_size(total)
        free = shutil.disk_usage(self.path.parent).free
        if total > free:
            raise DataError(f"{self.entry.name} needs {total / 1e6:,.0f} MB on disk; {free / 1e6:,.0f} MB are free.")

    def _check_size(self, size: int) -> None:
        most = self.entry.size_mb * 1e6 * ROOM + 10e6
        if size > most:
            raise DataError(
                f"{self.entry.name} has {self.entry.size_mb:g} MB; the server sends {size / 1e6:,.0f} or more."
            )


def _checksum(entry: DatasetEntry, base: str) -> str:
    """The published checksum: GroupLens's own as the catalogue knows it, else that of the .md5 file beside the zip."""
    if base == BASE_URL and entry.checksum:
        return entry.checksum
    import requests

    answer = requests.get(f"{base}{entry.name}.zip.md5", timeout=TIMEOUT)
    found = re.search(r"\b[0-9a-fA-F]{32}\b", answer.text[:1000]) if answer.ok else None
    return f"md5:{found[0].lower()}" if found else entry.checksum


def _is_good(path: Path, checksum: str) -> bool:
    """Whether a zip has the checksum, or, without one, whether its known files are whole."""
    if checksum:
        import pooch

        return pooch.file_hash(str(path), alg="md5") == checksum.removeprefix("md5:")
    try:
        files = open_files(path)
        for name in files.names:
            with files.open(name) as stream:
                while stream.read(BLOCK):
                    pass
    except DataError:
        return False
    return bool(files.names) and zipfile.is_zipfile(path)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Refuse a second download of the same dataset at the same time."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(path.with_suffix(".zip.lock"), timeout=0):
            yield
    except Timeout as error:
        raise DataError(f"{path.stem} is already being downloaded; please wait.") from error


@contextmanager
def _clear_messages(name: str, base: str) -> Iterator[None]:
    """Turn what a network can do into one sentence."""
    import requests

    host = urlsplit(base).netloc or base
    try:
        yield
    except requests.HTTPError as error:
        answer = error.response
        status = "an error" if answer is None else f"{answer.status_code} {answer.reason}"
        raise DataError(f"{host} does not have {name}: it answered {status}.") from error
    except (requests.ConnectionError, requests.Timeout) as error:
        raise DataError(
            f"{name} cannot be downloaded because {host} cannot be reached: is this computer online?"
        ) from error
    except requests.RequestException as error:
        raise DataError(f"{name} cannot be downloaded from {base}: {error}.") from error
    except OSError as error:
        raise DataError(f"{name} cannot be stored: {words_of(error, zip_path(name))}") from error


def _part(path: Path) -> Path:
    return path.with_suffix(".zip.part")


def _note(path: Path) -> Path:
    return path.with_suffix(".zip.part.json")


def _read_note(note: Path) -> str:
    """The server's mark of the file that the partial one is a part of, or ""."""
    try:
        return str(json.loads(note.read_text(encoding="utf-8"))["mark"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _write_note(note: Path, answer: requests.Response) -> None:
    etag = answer.headers.get("ETag", "")
    mark = answer.headers.get("Last-Modified", "") if etag.startswith("W/") else etag
    note.write_text(json.dumps({"mark": mark or answer.headers.get("Last-Modified", "")}), encoding="utf-8")
