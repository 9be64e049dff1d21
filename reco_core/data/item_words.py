"""What the items of a dataset are called: as somebody chose, as the catalogue says, or guessed from its files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from reco_core.data.files import Files
from reco_core.data.kind_guess import TITLES, guess_kind
from reco_core.data.labels import title_text
from reco_core.errors import DataError
from reco_core.kept_choices import keep_choice, read_choices
from reco_core.kinds import ItemKind, kind_in_words
from reco_core.paths import datasets_home
from reco_core.ratings import Ratings

HEAD = 16_384  # bytes that hold the header of any sane table
TABLES_READ = 20


def words_of(dataset: Ratings) -> ItemKind:
    """The words for the items of a dataset: `words_of(ratings).many` is "books"."""
    return dataset.item_kind


def kind_in_text(text: str) -> ItemKind | None:
    """The kind that a dataset's record names, `book` or `wine/wines`; None where it names none that can be used."""
    one, _, many = text.partition("/")
    with suppress(DataError):
        return kind_in_words(one, many)
    return None


def in_words(ratings: Ratings, kind: ItemKind) -> Ratings:
    """The same ratings with other words for their items; those without a title are called `Book 123` then."""
    if kind == ratings.item_kind:
        return ratings
    ids, titles = ratings.items.ids, ratings.item_table["title"].tolist()
    bare = [title == ratings.item_kind.untitled(one) for title, one in zip(titles, ids, strict=True)]
    if not any(bare):
        return replace(ratings, item_kind=kind)
    new = [kind.untitled(one) if is_bare else title for title, one, is_bare in zip(titles, ids, bare, strict=True)]
    return replace(ratings, item_kind=kind, item_table=ratings.item_table.assign(title=new))


def guessed(ratings: Ratings, files: Files) -> ItemKind:
    """The kind that the files' names and headers tell, and the titles."""
    return guess_kind(_column_names(files), " ".join((files.path.name, *files.names)), _titles(ratings))


def of_a_record(ratings: Ratings, kind: str, columns: Iterable[str], filename: str) -> Ratings:
    """Ratings in the words of a dataset's record, else in those that its columns, file name and titles tell."""
    return in_words(ratings, kind_in_text(kind) or guess_kind(columns, filename, _titles(ratings)))


def of_a_place(ratings: Ratings, address: str) -> Ratings:
    """Ratings that came from no file here, in the words that were chosen, else that their address and titles tell."""
    return in_words(ratings, chosen_kind(ratings.name) or guess_kind((), address, _titles(ratings)))


def chosen_kind(dataset: str) -> ItemKind | None:
    """The words that somebody chose for the dataset of this name; None where nobody did, or they cannot be read."""
    value = read_choices(_file()).get(dataset)
    return kind_in_text(value) if isinstance(value, str) else None


def choose_kind(dataset: str, kind: ItemKind | None) -> None:
    """Keep the words for the dataset of this name; None forgets them, so that they are guessed again.

    Raises StorageError. A dataset that was added has them in its record (`choosing_words.py`).
    """
    keep_choice(_file(), dataset, None if kind is None else kind.text)


def stamp() -> tuple[Any, ...]:
    """Where it differs, chosen words may differ."""
    with suppress(OSError):
        about = _file().stat()
        return str(_file()), about.st_mtime_ns, about.st_size, about.st_ino
    return ()


def _titles(ratings: Ratings) -> list[str]:
    table = ratings.item_table.head(TITLES)
    return [title_text(title, year) for title, year in zip(table["title"], table["year"], strict=True)]


def _file() -> Path:
    return datasets_home() / "words.json"


def _column_names(files: Files) -> list[str]:
    """The cells of the first line of each table that has no number in it."""
    found: list[str] = []
    for name in files.names[:TABLES_READ]:
        with suppress(DataError), files.open(name) as stream:
            lines = stream.read(HEAD).decode("utf-8-sig", errors="replace").strip().splitlines()
            cells = [cell.strip(" \"'") for cell in re.split(r"::|[,;|\t]", lines[0])] if lines else []
            if not any(re.fullmatch(r"[-+]?\d+(?:\.\d+)?", cell) for cell in cells):
                found += cells
    return found
