"""Datasets: by name, from a folder, a zip, a table or a database; each becomes a `Ratings`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from reco_core.data import demo, demo_genres, demo_titles, demo_words, item_words, places, portable_random
from reco_core.data.cache import cached, folder_of, parsed_copy
from reco_core.data.catalogue import MOVIELENS, DatasetEntry, catalogue, zip_path
from reco_core.data.files import Files, open_files
from reco_core.data.item_words import chosen_kind, guessed, in_words, kind_in_text
from reco_core.data.own import Dataset, store
from reco_core.data.own.adding import add
from reco_core.data.own.old_layout import OldDataset, find_old
from reco_core.data.own.reading import LICENCE, ratings_of
from reco_core.data.own.record import RECORD, is_dataset, read_record
from reco_core.data.own.sharing import export, import_
from reco_core.data.own.store import change, remove, restore
from reco_core.data.reading.plan import split_source
from reco_core.errors import DataError
from reco_core.kinds import ITEM, MOVIE
from reco_core.ratings import Ratings

__all__ = [
    "Dataset",
    "DatasetEntry",
    "Stamp",
    "add",
    "change",
    "export",
    "import_",
    "known",
    "load",
    "remove",
    "restore",
    "stamp",
]

Stamp: TypeAlias = tuple[tuple[Any, ...], ...]


def load(source: str | Path, choices: Mapping[str, Any] | None = None) -> Ratings:
    """The ratings of a dataset's name, a folder, a zip, a table or a place. Raises DataError in one sentence.

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
    if record := store.find(name):
        return ratings_of(store.folder_of(record), record, chosen=chosen)
    if old := find_old(name):
        return _from_path(old.path, old.choices | chosen, name)
    if name in _catalogue_names() and zip_path(name).is_file():
        return _from_path(zip_path(name), chosen, name)
    path = Path(name).expanduser()
    if not _is_there(path):
        raise DataError(_not_found(name))
    if path.is_dir() and is_dataset(path):
        exported = ratings_of(path, read_record(path), chosen=chosen)
        return replace(exported, name=_name_of(path))
    return _from_path(path, chosen)


def stamp(source: str | Path) -> Stamp:
    """Where it differs, load(source) may give other data: path, time, size and inode of each file, choices and words.

    Empty for the demo, where there is nothing to read, and for what lies on a server.
    """
    name, given = split_source(str(source), [entry.name for entry in known()])
    if name == demo.NAME:
        return ()
    if places.is_place(name) and not (name := places.file_of(name)):
        return ()
    try:
        paths, chosen = _files_of(name)
        found = [(str(file), file.stat()) for file in paths]
    except (DataError, OSError):
        return ()
    files = tuple((file, about.st_mtime_ns, about.st_size, about.st_ino) for file, about in found)
    choices = ((name, repr(value)) for name, value in sorted((chosen | given).items()))
    return (*files, *choices, item_words.stamp())


def _files_of(name: str) -> tuple[list[Path], dict[str, Any]]:
    """(the files that a source without choices is read from, the choices that are kept beside it). Raises DataError."""
    if record := store.find(name):
        folder = store.folder_of(record)
        return [folder / RECORD, folder / record.file], {}
    if old := find_old(name):
        return [old.path], old.choices
    named = name in _catalogue_names() and zip_path(name).is_file()
    path = zip_path(name) if named else Path(name).expanduser()
    if not path.is_dir():
        return [path], {}
    record_here = [path / RECORD] if is_dataset(path) else []
    return [*(path / one for one in open_files(path).names), *record_here], {}


def known() -> tuple[DatasetEntry, ...]:
    """The catalogue, the embedded demo first, then the datasets that were added."""
    now = store.survey()
    added = (*map(_entry_of, now.datasets), *map(_entry_of_old, now.old))
    return (*catalogue(), *added)


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
    name = name or (entry.name if entry else _name_of(path))
    kind = chosen_kind(name) or (entry.item_kind if entry else guessed(ratings, files))
    return in_words(replace(ratings, name=name, source=replace(ratings.source, title=title or name)), kind)


def _name_of(path: Path) -> str:
    """What the ratings of a file or folder are called: its name without ending, unless a known dataset is called so.

    Then the whole name, `demo.csv`; and where that is taken too (a folder has no ending), the folder around it as well.
    """
    path = path.resolve()
    taken = {demo.NAME, *_catalogue_names()} | store.survey().slugs
    stem = path.name.split(".")[0]
    names = [stem, path.name, f"{path.name} ({path.parent.name})"]
    free = next((name for name in names if name and name.lower() not in taken), names[-1])
    return free.replace(":", " ").replace("\\", " ").lstrip("~. ")[:200] or "data"


def _entry_of(record: Dataset) -> DatasetEntry:
    counts = record.counts
    return DatasetEntry(
        name=record.slug,
        title=record.title,
        licence=LICENCE,
        size_mb=round(record.size / 1e6, 1),
        n_ratings=counts.ratings,
        n_users=counts.users,
        n_items=counts.items,
        available=True,
        item_kind=kind_in_text(record.kind) or ITEM,
        own=record,
    )


def _entry_of_old(old: OldDataset) -> DatasetEntry:
    size_mb = round(old.path.stat().st_size / 1e6, 1)
    n_ratings, n_users, n_items = (old.counts.get(name) for name in ("n_ratings", "n_users", "n_items"))
    return DatasetEntry(
        old.name, old.name, LICENCE, size_mb=size_mb, available=True,
        n_ratings=n_ratings, n_users=n_users, n_items=n_items,
    )  # fmt: skip


def _catalogue_names() -> list[str]:
    return [entry.name for entry in MOVIELENS]


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _not_found(name: str) -> str:
    if name in _catalogue_names():
        return (
            f"{name} is not on this computer yet: download it with `reco data download {name}` or on the Data page, or"
            f" put its zip at {zip_path(name)}."
        )
    names = ", ".join(entry.name for entry in known())
    return f"A source must be a dataset's name ({names}), or a folder, zip or table that exists; got {name[:200]}."
