"""Folders of this machine that are full, read-only, closed to this user or no folders: one sentence for each."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from reco_core.errors import RecoError
from reco_core.paths import HOME, RUNS, home, runs_home
from reco_core.shown_text import shortened

LONGEST_NOTED = 120  # letters of a folder: the note of how a run ended has a fixed size
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_MANY = (errno.EMFILE, errno.ENFILE)
_RULES = {
    FULL: "{folder} needs room to write; its disk, or this user's share of it, is full. Free some space, or {else_}.",
    (errno.EROFS,): "{folder} must be writable; it is on a read-only disk. Make it writable, or {else_}.",
    (errno.EACCES, errno.EPERM): "{path} must be open to this user, who may not read or write there. "
    "Change its permissions, or {else_}.",
    (errno.ENOTDIR, errno.EEXIST): "{folder} must be a folder; it, or one above it, is a file. "
    "Move that file away, or {else_}.",
    _MANY: "A process may have only so many files open, and this one reached the limit. "
    "Close other programs, or raise the limit (ulimit -n).",
}

# The name under which write_whole begins a file.
UNFINISHED = re.compile(r"\..+\.[0-9a-f]{8}")


class StorageError(RecoError, OSError):
    """A folder or file of this machine cannot be used: the message says why and what to do, errno what the system said.

    As an OSError it is passed over where something is kept only to be quicker the next time.
    """

    def __init__(self, message: str, code: int | None) -> None:
        super().__init__(message)
        self.errno = code


@contextmanager
def kept_in(place: Path) -> Iterator[None]:
    """What is written inside goes to this file or folder: an OSError becomes a StorageError that names it."""
    try:
        yield
    except (StorageError, TimeoutError):  # of a lock that another has
        raise
    except OSError as error:
        raise StorageError(words_of(error, place), error.errno) from error


@contextmanager
def new_folder(place: Path) -> Iterator[Path]:
    """The folder, made with those above it, for what is written inside; gone again where that fails.

    Raises StorageError, also where something has its place.
    """
    with kept_in(place):
        place.mkdir(parents=True)
        try:
            yield place
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise


def write_whole(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Write a file under another name, then rename: a reader sees the old file or the new one, never a part.

    Raises StorageError, and leaves nothing half-written.
    """
    temporary = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    with kept_in(path):
        try:
            with temporary.open("wb") as file:
                write(file)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise


def words_of(error: OSError, place: Path | None = None) -> str:
    """One sentence for an OSError: the rule, the place, what to do. place: what was written, if the error lacks it."""
    if isinstance(error, StorageError):
        return str(error)
    path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, (str, bytes)) else place
    rule = next((rule for codes, rule in _RULES.items() if error.errno in codes), None)
    if rule is None or (path is None and error.errno not in (*FULL, *_MANY)):
        of = "" if path is None else f" {path}"
        return f"The file or folder{of} cannot be used: {error.strerror or error}."
    if path is None:
        return rule.format(folder="What is written", else_="choose another place")
    folder = _folder_of(path if place is None else place)
    return rule.format(folder=folder, path=path if place is None else folder, else_=_elsewhere(folder))


def is_full(error: BaseException) -> bool:
    """Whether a file could not be written for want of room: on the disk, in a quota, or below a limit."""
    return isinstance(error, OSError) and error.errno in FULL


def note_of_full_disk(place: Path) -> str:
    """Why a run ended that had no room, as the beginning of a sentence that says where it ended."""
    return f"The disk of {shortened(_folder_of(place), LONGEST_NOTED)} is full (free some space, then continue)"


def _folder_of(path: Path) -> Path:
    """The folder to name: the product's or that of the runs where the path is inside it, else the one that holds it."""
    inside = (root for root in _roots() if path.absolute().is_relative_to(root.absolute()))
    return next(inside, path if os.path.isdir(path) else path.parent)


def _elsewhere(folder: Path | None) -> str:
    """What to do where the folder cannot be helped."""
    variable = _roots().get(folder) if folder is not None else None
    return f"set {variable} to another folder" if variable else "choose another place"


def _roots() -> dict[Path, str]:
    """The product's own folders, and the variable that sets each; none where they have no place."""
    with suppress(RecoError):
        return {home(): HOME} | ({runs_home(): RUNS} if os.environ.get(RUNS) else {})
    return {}
