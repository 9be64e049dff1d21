"""A dataset that was added -> its ratings, by the plan it was added with, so that reading again gives the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reco_core.data import subprocess_reader
from reco_core.data.cache import folder_of as parsed_folder_of
from reco_core.data.cache import parsed_copy
from reco_core.data.files import open_files
from reco_core.data.item_words import of_a_record
from reco_core.data.own.progress import Watch, watched
from reco_core.data.own.record import Dataset
from reco_core.data.reading.plan import Plan, with_choices
from reco_core.errors import DataError
from reco_core.ratings import Ratings

LICENCE = "Your own data, on this computer only."


def ratings_of(
    folder: Path, record: Dataset, watch: Watch | None = None, chosen: Mapping[str, Any] | None = None
) -> Ratings:
    """The ratings of the dataset in a folder: its parsed copy where there is a sound one, else read now.

    chosen: values of the plan that are others for this once. Raises DataError, also where the file is not the one that
    was added.
    """
    files = open_files(folder / record.file)
    if files.digest() != record.sha256:
        raise DataError(f"The file of {record.title} is not the one that was added: its checksum differs.")
    plan = _plan(record, chosen or {})

    def read_here() -> Ratings:
        from reco_core.data.read import read

        seen = files if watch is None else watched(files, plan.file, watch.report)
        return read(seen, plan, record.notes)

    def elsewhere() -> bool:
        return subprocess_reader.parse(with_choices(str(folder), chosen or {}), watch)

    ratings = parsed_copy(parsed_folder(record, plan), read_here, elsewhere)
    source = replace(ratings.source, title=record.title, licence=ratings.source.licence or LICENCE)
    named = replace(ratings, name=record.slug, source=source)
    return of_a_record(named, record.kind, plan.columns.values(), record.filename)


def _plan(record: Dataset, chosen: Mapping[str, Any]) -> Plan:
    columns = record.plan.columns | chosen.get("columns", {})
    return record.plan.changed(**{**chosen, "columns": columns}) if chosen else record.plan


def parsed_folder(record: Dataset, plan: Plan | None = None) -> Path:
    """Where the parsed copy is: named by content, plan and notes, never by the dataset's name."""
    return parsed_folder_of(f"own {record.sha256} {(plan or record.plan).model_dump_json()} {record.notes}")
