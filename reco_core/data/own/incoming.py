"""A file on its way in: kept beside the datasets in a folder of its own until it is one, or is not wanted."""

from __future__ import annotations

import shutil
import time
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from reco_core.data.files import open_files
from reco_core.data.own.old_layout import home
from reco_core.data.own.record import stored_name
from reco_core.errors import DataError

INCOMING = ".incoming-"
ABANDONED = 86_400  # seconds after which a file that came in and was never added is deleted
BLOCK = 4 * 1024**2


@dataclass(frozen=True)
class Incoming:
    """A file that has come in and is no dataset yet, in a folder of its own, beside the datasets."""

    path: Path
    filename: str

    def discard(self) -> None:
        """Delete it, where it was not added."""
        shutil.rmtree(self.path.parent, ignore_errors=True)


def take_in(filename: str, content: IO[bytes]) -> Incoming:
    """The content kept as a file under a safe form of its name; raises DataError where the disk says no."""
    filename = filename.replace("\\", "/").rpartition("/")[2][-255:] or "file"
    with _room() as folder:
        path = folder / stored_name(filename)
        with path.open("wb") as file:
            shutil.copyfileobj(content, file, BLOCK)
        return Incoming(path, filename)


def take_path(path: Path) -> Incoming:
    """A copy of a file, or of the tables of a folder as a zip. Raises DataError."""
    path = path.expanduser()
    files = open_files(path)
    if not path.is_dir():
        try:
            with path.open("rb") as stream:
                return take_in(path.name, stream)
        except OSError as error:
            raise DataError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    if not files.names:
        raise DataError(f"A folder of ratings must hold at least one table; {path.name} holds none.")
    with _room() as folder:
        name = f"{path.resolve().name}.zip"
        target = folder / stored_name(name)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for one in files.names:
                archive.write(files._place(one), one)
        return Incoming(target, name)


class _room:
    """A new folder for what comes in; it is deleted again where it cannot be filled."""

    def __enter__(self) -> Path:
        self._folder = home() / f"{INCOMING}{uuid.uuid4().hex}"
        try:
            self._folder.mkdir(parents=True)
            _forget_abandoned()
        except OSError as error:
            raise DataError(f"Datasets cannot be kept in {home()}: {error.strerror or error}.") from error
        return self._folder

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            return
        shutil.rmtree(self._folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise DataError(f"The file cannot be kept on this disk: {error.strerror or error}.") from error


def _forget_abandoned() -> None:
    """Delete what came in long ago and was never added."""
    for folder in home().glob(f"{INCOMING}*"):
        if folder.stat().st_mtime < time.time() - ABANDONED:
            shutil.rmtree(folder, ignore_errors=True)
