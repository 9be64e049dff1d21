"""The datasets that were added, a folder each: listed, found, changed, deleted, restored; one damaged harms no other.

`own/<slug>/` holds dataset.json and the file; `own/.trash/` what was deleted within a week.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from reco_core.data import demo
from reco_core.data.catalogue import MOVIELENS
from reco_core.data.own.old_layout import OldDataset, find_old, home, old_datasets
from reco_core.data.own.reading import parsed_folder
from reco_core.data.own.record import (
    RECORD,
    SLUG,
    TITLE_LENGTH,
    Dataset,
    is_dataset,
    read_record,
    slug_of,
    write_record,
)
from reco_core.errors import DataError
from reco_core.owners import OPERATOR, check_may_change

TRASH, RUNS = ".trash", "runs.json"
TRASH_DAYS = 7
_REMOVED = re.compile(rf"([0-9]{{1,12}})-({SLUG})")


@dataclass(frozen=True)
class Survey:
    """One look at all of them: sound ones by title, those of the old layout, and why each other one is damaged."""

    datasets: tuple[Dataset, ...] = ()
    old: tuple[OldDataset, ...] = ()
    damaged: dict[str, str] = field(default_factory=dict)

    @property
    def slugs(self) -> set[str]:
        """Every name that is taken here."""
        return {one.slug for one in self.datasets} | {one.name for one in self.old} | set(self.damaged)


def survey() -> Survey:
    """One look at every dataset that was added; none of them stops the others."""
    found: list[Dataset] = []
    damaged: dict[str, str] = {}
    try:
        folders = sorted(path for path in home().iterdir() if path.is_dir() and re.fullmatch(SLUG, path.name))
    except OSError:
        return Survey()
    for folder in folders:
        try:
            found.append(_sound(folder))
        except DataError as error:
            damaged[folder.name] = str(error)
    taken = {folder.name for folder in folders}
    old = tuple(one for one in old_datasets() if one.name not in taken)
    return Survey(tuple(sorted(found, key=lambda one: (one.title.lower(), one.slug))), old, damaged)


def find(slug: str) -> Dataset | None:
    """The dataset of this name, None where there is none; raises DataError where it is damaged."""
    folder = home() / slug
    if not re.fullmatch(SLUG, slug) or not folder.is_dir():
        return None
    return _sound(folder)


def require(slug: str) -> Dataset:
    """The dataset of this name; raises DataError that lists them."""
    found = find(slug)
    if found is None:
        names = ", ".join(sorted(survey().slugs)) or "none yet"
        raise DataError(f"A dataset that was added must be one of: {names[:300]}; got {slug[:60]}.")
    return found


def folder_of(record: Dataset) -> Path:
    """Where a dataset of the store is."""
    return home() / record.slug


def free_title(title: str) -> str:
    """The title, with a number where another dataset has it."""
    now = survey()
    taken = {one.title.lower() for one in now.datasets} | {one.name for one in now.old}
    number, free = 1, title[:TITLE_LENGTH]
    while free.lower() in taken:
        number += 1
        free = f"{title[: TITLE_LENGTH - 6]} ({number})"
    return free


def settle(staging: Path, record: Dataset) -> Dataset:
    """Give a folder whose file is there and read its place, under a slug that nobody has; returns its record."""
    base, number = slug_of(re.sub(r" \(\d+\)$", "", record.title)), 1
    reserved = {demo.NAME, *(entry.name for entry in MOVIELENS)} | survey().slugs
    while True:
        slug = base if number == 1 else f"{base}-{number}"
        number += 1
        if slug in reserved:
            continue
        settled = record.changed(slug=slug)
        write_record(staging, settled)
        try:
            os.rename(staging, home() / slug)
            return settled
        except OSError as error:
            if not (home() / slug).exists():  # taken by somebody else a moment ago, or the disk says no
                raise DataError(f"The dataset cannot be kept on this disk: {error.strerror or error}.") from error


def change(slug: str, visitor: str = OPERATOR, **values: str) -> Dataset:
    """The dataset with another title, description or kind; its slug stays. Raises DataError or OwnerError."""
    record = require(slug)
    check_may_change(record.owner, visitor, "This dataset", "changed")
    changed = record.changed(**values)
    others = {one.title.lower() for one in survey().datasets if one.slug != slug}
    if changed.title != record.title and changed.title.lower() in others:
        raise DataError(f"A dataset's title must be unlike the others; {changed.title} is taken.")
    write_record(folder_of(record), changed)
    return changed


def remove(slug: str, visitor: str = OPERATOR, runs: Sequence[str] = ()) -> None:
    """Take a dataset out of the list, damaged ones too; `restore` undoes it for a week.

    runs: ids of what is deleted with it, which `restore` gives back. Raises DataError, or OwnerError for another's.
    """
    _tidy()
    record = check_may_remove(slug, visitor)
    trash = home() / TRASH
    trash.mkdir(exist_ok=True)
    now = int(time.time())
    while (place := trash / f"{now}-{slug}").exists():
        now += 1
    old = find_old(slug)
    if record is not None:
        shutil.rmtree(parsed_folder(record), ignore_errors=True)
    try:
        if old is None:
            os.rename(home() / slug, place)
        else:
            place.mkdir()
            for path in (old.path, home() / f"{slug}.json"):
                if path.exists():
                    os.rename(path, place / path.name)
        (place / RUNS).write_text(json.dumps(list(runs)), encoding="utf-8")
    except OSError as error:
        raise DataError(f"{slug} cannot be deleted: {error.strerror or error}.") from error


def check_may_remove(slug: str, visitor: str) -> Dataset | None:
    """The record, None where it is damaged; raises OwnerError unless the visitor may delete it, DataError for none."""
    try:
        record = find(slug)
    except DataError:
        record = None
    if record is None and slug not in survey().slugs:
        require(slug)
    check_may_change(record.owner if record else "", visitor, "This dataset", "deleted")
    return record


def removed() -> list[str]:
    """The slugs of datasets that can be restored, the one deleted last first."""
    return [slug for _, slug, _ in _trashed()]


def restore(slug: str, visitor: str = OPERATOR) -> tuple[str, ...]:
    """Put the dataset that was deleted last under this name back; returns the ids of the runs that went with it.

    Raises DataError or OwnerError.
    """
    found = next((path for _, name, path in _trashed() if name == slug), None)
    if found is None:
        raise DataError(f"There is no deleted dataset {slug[:60]}; there are: {', '.join(removed()) or 'none'}.")
    if is_dataset(found):
        check_may_change(read_record(found).owner, visitor, "This dataset", "restored")
    if slug in survey().slugs:
        raise DataError(f"{slug} cannot be restored: another dataset has its name now.")
    runs = _noted_runs(found)
    try:
        (found / RUNS).unlink(missing_ok=True)
        if (found / RECORD).exists():
            os.rename(found, home() / slug)
        else:
            for path in list(found.iterdir()):
                os.rename(path, home() / path.name)
            found.rmdir()
    except OSError as error:
        raise DataError(f"{slug} cannot be restored: {error.strerror or error}.") from error
    return runs


def _noted_runs(folder: Path) -> tuple[str, ...]:
    try:
        return tuple(map(str, json.loads((folder / RUNS).read_text(encoding="utf-8"))))
    except (OSError, ValueError, TypeError, RecursionError):
        return ()


def _sound(folder: Path) -> Dataset:
    """The record of a folder of the store. Raises DataError."""
    try:
        about = (folder / RECORD).stat()
    except OSError as error:
        raise DataError(f"{RECORD} of {folder.name} is missing.") from error
    record = _read(str(folder), about.st_mtime_ns, about.st_size, about.st_ino)
    if not (folder / record.file).is_file():
        raise DataError(f"The file of {folder.name}, {record.file}, is missing.")
    return record


@lru_cache(maxsize=512)
def _read(folder: str, changed: int, size: int, inode: int) -> Dataset:
    record = read_record(Path(folder))
    if record.slug != Path(folder).name:
        raise DataError(f"A dataset's folder is named as its slug; {Path(folder).name} holds {record.slug}.")
    return record


def _trashed() -> list[tuple[int, str, Path]]:
    """(when, slug, folder) of each deleted dataset, the newest first."""
    try:
        names = [(_REMOVED.fullmatch(path.name), path) for path in (home() / TRASH).iterdir()]
    except OSError:
        return []
    return sorted(((int(name[1]), name[2], path) for name, path in names if name), reverse=True)


def _tidy() -> None:
    """Delete for good what was deleted more than a week ago."""
    for when, _, path in _trashed():
        if when < time.time() - TRASH_DAYS * 86_400:
            shutil.rmtree(path, ignore_errors=True)
