"""Ratings that are no file here: a table of a DuckDB file or of Postgres, or an object on S3; only ever read.

Each is read anew whenever it is asked for, into a snapshot that then goes the way of any file. So what is shown is
never older than the question, and an unchanged table costs no second parsing. A run finds the very ratings it was
trained on by their fingerprint, also after the table has changed (`copies`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from reco_core.data import subprocess_reader
from reco_core.data.cache import parsed_copy, parsed_folder
from reco_core.data.files import Files, open_files
from reco_core.data.item_words import of_a_place
from reco_core.data.places import copies
from reco_core.data.places.address import Address, address_of, without_password
from reco_core.data.reading.plan import PLACES, split_source, with_choices
from reco_core.errors import DataError
from reco_core.paths import datasets_home
from reco_core.ratings import Ratings

__all__ = ["file_of", "files_of", "is_place", "kept", "lasting", "load"]


def is_place(source: str) -> bool:
    """Whether a source is one of these rather than a dataset's name or a file."""
    return source.startswith(PLACES)


def lasting(source: str) -> str:
    """The source so that it means the same in any folder, and without its password."""
    place, choices = split_source(without_password(source))
    return with_choices(address_of(place).text, choices)


def file_of(place: str) -> str:
    """The DuckDB file that a place lies in; "" for what lies on a server."""
    address = address_of(without_password(place))
    return address.path if address.kind == "duckdb" else ""


def load(place: str, choices: Mapping[str, Any], parse: Callable[[Files, Mapping[str, Any]], Ratings]) -> Ratings:
    """The ratings of a place as they are now. Raises DataError in one sentence, which shows no password."""
    address = address_of(without_password(place))
    source = with_choices(address.text, choices)
    if subprocess_reader.parse(source) and (ratings := copies.latest(source)):
        return _named(ratings, address)
    with _files_at(address, choices) as (files, chosen):
        parsed = parsed_folder(files, chosen)
        ratings = parsed_copy(parsed, lambda: parse(files, chosen))
    copies.note(source, ratings, parsed)
    return _named(ratings, address)


def files_of(place: str, choices: Mapping[str, Any]) -> AbstractContextManager[tuple[Files, Mapping[str, Any]]]:
    """(what the place holds now as a file, the choices for reading it), until the block ends. Raises DataError."""
    return _files_at(address_of(without_password(place)), choices)


def kept(source: str, fingerprint: str | None) -> Ratings | None:
    """The ratings with this fingerprint that once came from the source, where their parsed copy is still here."""
    if not fingerprint or not is_place(source):
        return None
    ratings = copies.of(fingerprint)
    return ratings and _named(ratings, address_of(split_source(source)[0]))


def _named(ratings: Ratings, address: Address) -> Ratings:
    source = ratings.source
    named = replace(ratings, name=address.name, source=replace(source, title=source.title or address.title))
    return of_a_place(named, address.title)


@contextmanager
def _files_at(address: Address, choices: Mapping[str, Any]) -> Iterator[tuple[Files, Mapping[str, Any]]]:
    with _folder() as folder:
        path, chosen = _taken(address, choices, folder)
        yield open_files(path), chosen


def _taken(address: Address, choices: Mapping[str, Any], folder: Path) -> tuple[Path, Mapping[str, Any]]:
    """(a file with what the place holds now, the choices for reading it)."""
    from reco_core.data.places import duckdb_file, postgres, s3, snapshot

    path = folder / address.file
    if address.kind == "s3":
        return s3.fetched(address, path), choices
    opened = duckdb_file.opened if address.kind == "duckdb" else postgres.opened
    with opened(address, folder / "spill") as table:
        return path, snapshot.written(table, path, choices)


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for a snapshot, gone afterwards: beside the datasets, as the system's own may lie in memory."""
    home: Path | None = datasets_home()
    try:
        datasets_home().mkdir(parents=True, exist_ok=True)
        made = tempfile.TemporaryDirectory(prefix=".taken-", dir=home, ignore_cleanup_errors=True)
    except OSError:
        made = tempfile.TemporaryDirectory(prefix="reco-", ignore_cleanup_errors=True)
    try:
        with made as folder:
            yield Path(folder)
    except OSError as error:
        raise DataError(f"What was read could not be kept for a moment: {error.strerror or error}.") from error
