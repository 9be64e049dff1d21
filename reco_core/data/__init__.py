"""Datasets: by name, from a folder, a zip, a table or a database; each becomes a `Ratings`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from reco_core.data import demo, demo_genres, demo_titles, demo_words, item_words, places, portable_random, uploads
from reco_core.data.cache import cached, folder_of, parsed_copy
from reco_core.data.catalogue import MOVIELENS, DatasetEntry, catalogue, zip_path
from reco_core.data.files import Files, open_files
from reco_core.data.item_words import chosen_kind, guessed, in_words
from reco_core.data.reading.plan import split_source
from reco_core.errors import DataError
from reco_core.kinds import MOVIE
from reco_core.ratings import Ratings

__all__ = ["DatasetEntry", "Stamp", "add", "known", "load", "remove", "stamp"]

Stamp: TypeAlias = tuple[tuple[Any, ...], ...]


def load(source: str | Path, choices: Mapping[str, Any] | None = None) -> Ratings:
    """The ratings of a dataset's name, a folder, a zip, a table, or a place. Raises DataError in one sentence.

    choices: values of a `reading.Plan` that are fixed, the rest being guessed from the file; a source may also carry
    them, as in `ratings.csv?user=User-ID`. Parsed data is kept by the content of the source and the choices, so that
    the next time is quick. A MovieLens dataset is recognised, and bears its name, wherever it lies.
    """
    name, given = split_source(str(source), [entry.name for entry in known()])
    chosen = given | dict(choices or {})
    if name == demo.NAME:
        return _demo()
    if places.is_place(name):
        return places.load(name, chosen, parse)
    if path := uploads.path_of(name):
        return _from_path(path, uploads.plan_of(name) | chosen, name)
    if name in _catalogue_names() and zip_path(name).is_file():
        return _from_path(zip_path(name), chosen, name)
    path = Path(name).expanduser()
    if not _is_there(path):
        raise DataError(_not_found(name))
    return _from_path(path, chosen)


def stamp(source: str | Path) -> Stamp:
    """Where it differs, load(source) may give other data: path, time, size and inode of each file, its choices and words.

    Empty for the demo and where there is nothing to read.
    """
    name, given = split_source(str(source), [entry.name for entry in known()])
    if name == demo.NAME:
        return ()
    own = uploads.path_of(name)
    chosen = given if own is None else uploads.plan_of(name) | given
    path = own or (
        zip_path(name) if name in _catalogue_names() and zip_path(name).is_file() else Path(name).expanduser()
    )
    if not _is_there(path):
        return ()
    try:
        folder = open_files(path) if path.is_dir() else None
        paths = [path] if folder is None else [folder.path / one for one in folder.names]
        found = [(str(file), file.stat()) for file in paths]
    except (DataError, OSError):
        return ()
    files = tuple((file, about.st_mtime_ns, about.st_size, about.st_ino) for file, about in found)
    return (*files, *((name, repr(value)) for name, value in sorted(chosen.items())), item_words.stamp())


def known() -> tuple[DatasetEntry, ...]:
    """The catalogue, the embedded demo first, then the datasets that were added."""
    return (*catalogue(), *uploads.added())


def add(name: str, filename: str, content: bytes, choices: Mapping[str, Any] | None = None) -> str:
    """Keep an uploaded zip or table as a dataset; returns its name, which may differ. Raises DataError."""
    return uploads.add(name, filename, content, choices or {}, _from_path)


def remove(name: str) -> None:
    """Delete a dataset that was added. Raises DataError for any other."""
    uploads.remove(name)


def parse(files: Files, choices: Mapping[str, Any]) -> Ratings:
    """The ratings of files, parsed now; what parses them is loaded only where there is something to parse."""
    from reco_core.data.read import read
    from reco_core.data.reading.guess import guess

    found = guess(files, choices)
    return read(files, found.require(), found.notes)


def _demo() -> Ratings:
    """The demo, which takes most of a second to make: from a copy that the same text of its modules has made."""
    makers = (demo, demo_genres, demo_titles, demo_words, portable_random)
    digest = hashlib.sha256(b"".join(Path(str(maker.__file__)).read_bytes() for maker in makers)).hexdigest()
    return replace(parsed_copy(folder_of(digest), demo.demo), name=demo.NAME, item_kind=MOVIE)


def _from_path(path: Path, choices: Mapping[str, Any], name: str | None = None) -> Ratings:
    """The ratings of a folder or file, under the given name, else the one they are known by, else the file's."""
    files = open_files(path)
    ratings = cached(files, choices, parse)
    title = ratings.source.title
    entry = next((entry for entry in MOVIELENS if entry.title == title), None)
    name = name or (entry.name if entry else path.resolve().name.split(".")[0] or "data")
    kind = chosen_kind(name) or (entry.item_kind if entry else guessed(ratings, files))
    return in_words(replace(ratings, name=name, source=replace(ratings.source, title=title or name)), kind)


def _catalogue_names() -> list[str]:
    return [entry.name for entry in MOVIELENS]


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _not_found(name: str) -> str:
    if name in _catalogue_names():
        return f"{name} is not on this computer yet: download it with `reco data download {name}` or on the Data page."
    names = ", ".join(entry.name for entry in known())
    return f"A source must be a dataset's name ({names}), or a folder, zip or table that exists; got {name[:200]}."
