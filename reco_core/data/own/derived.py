"""A new dataset from the file of another one, read with some choices changed: both stay."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reco_core.data.files import open_files
from reco_core.data.own import store
from reco_core.data.own.adding import keep
from reco_core.data.own.incoming import Incoming, take_in
from reco_core.data.own.progress import Watch
from reco_core.data.own.record import Dataset
from reco_core.data.reading.guess import guess
from reco_core.errors import DataError


def derived(
    record: Dataset, changes: Mapping[str, Any], title: str, owner: str = "", watch: Watch | None = None
) -> Dataset:
    """The dataset that the file of another one gives with these values of its plan changed. Raises DataError."""
    plan = record.plan.changed(**changes)
    incoming = _copy(store.folder_of(record) / record.file, record.filename)
    try:
        return keep(incoming, plan, title, record.notes, record.description, record.kind, owner, watch)
    finally:
        incoming.discard()


def derived_from_zip(
    path: Path, changes: Mapping[str, Any], title: str, owner: str = "", watch: Watch | None = None
) -> Dataset:
    """The same of a named dataset's zip. Raises DataError."""
    incoming = _copy(path, path.name)
    try:
        found = guess(open_files(incoming.path), changes)
        return keep(incoming, found.require(), title, found.notes, owner=owner, watch=watch)
    finally:
        incoming.discard()


def _copy(path: Path, filename: str) -> Incoming:
    try:
        with path.open("rb") as stream:
            return take_in(filename, stream)
    except OSError as error:
        raise DataError(f"{filename} cannot be read: {error.strerror or error}.") from error
