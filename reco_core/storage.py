"""Folders of this machine that are full, read-only, closed to this user or no folders: one sentence for each."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reco_core.errors import RecoError
from reco_core.paths import HOME, RUNS, home, runs_home

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_RULES = {
    FULL: "{folder} needs room to write; its disk, or this user's share of it, is full. Free some space, or {else_}.",
    (errno.EROFS,): "{folder} must be writable; it is on a read-only disk. Make it writable, or {else_}.",
    (errno.EACCES, errno.EPERM): "{path} must be open to this user; it may not be read or written. "
    "Change its permissions, or {else_}.",
    (errno.ENOTDIR, errno.EEXIST): "{folder} must be a folder; it, or one above it, is a file. "
    "Move that file away, or {else_}.",
    (errno.EMFILE, errno.ENFILE): "A process may have only so many files open, and this one reached the limit. "
    "Close other programs, or raise the limit (ulimit -n).",
}


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


def words_of(error: OSError, place: Path | None = None) -> str:
    """One sentence for an OSError: the rule, the place, what to do. place: what was written, if the error lacks it."""
    if isinstance(error, StorageError):
        return str(error)
    path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, (str, bytes)) else place
    rule = next((rule for codes, rule in _RULES.items() if error.errno in codes), None)
    if rule is None or (path is None and "{" in rule and error.errno not in FULL):
        of = "" if path is None else f" {path}"
        return f"The file or folder{of} cannot be used: {error.strerror or error}."
    if path is None:
        return "What is written needs room; the disk it goes to is full. Free some space, or choose another place."
    folder = _folder_of(path if place is None else place)
    return rule.format(folder=folder, path=path, else_=_elsewhere(folder))


def is_full(error: BaseException) -> bool:
    """Whether a file could not be written for want of room: on the disk, in a quota, or below a limit."""
    return isinstance(error, OSError) and error.errno in FULL


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
