"""A dataset as a folder or zip that goes elsewhere and comes back the same: dataset.json, its file, and a README."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO

from reco_core.data.own import store
from reco_core.data.own.adding import keep
from reco_core.data.own.incoming import Incoming, take_in
from reco_core.data.own.progress import Watch
from reco_core.data.own.record import MAX_RECORD, RECORD, Dataset, is_dataset, parse_record, read_record
from reco_core.errors import DataError

README = "README.md"


def export(record: Dataset, to: Path | IO[bytes]) -> None:
    """Write a dataset as a new folder, or as a zip where `to` ends so or is an open file. Raises DataError."""
    source = store.folder_of(record)
    texts = {RECORD: _public(record).model_dump_json(indent=1), README: _readme(record)}
    try:
        if isinstance(to, Path) and to.suffix.lower() != ".zip":
            to.mkdir(parents=True)
            for name, text in texts.items():
                (to / name).write_text(text, encoding="utf-8")
            shutil.copyfile(source / record.file, to / record.file)
            return
        if isinstance(to, Path) and to.exists():
            raise FileExistsError(17, "it exists")
        with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            for name, text in texts.items():
                archive.writestr(f"{record.slug}/{name}", text)
            archive.write(source / record.file, f"{record.slug}/{record.file}")
    except OSError as error:
        raise DataError(f"{record.title} cannot be exported to {to}: {error.strerror or error}.") from error


def import_(path: Path, owner: str = "") -> Dataset:
    """The dataset of an exported folder or zip, read anew; raises DataError where it does not give the same ratings."""
    incoming, record = _unpacked(path.expanduser())
    try:
        return keep_exported(incoming, record, owner)
    finally:
        incoming.discard()


def keep_exported(
    incoming: Incoming, record: Dataset, owner: str = "", title: str = "", watch: Watch | None = None
) -> Dataset:
    """The dataset that an unpacked export becomes."""
    title = title or record.title
    found = keep(incoming, record.plan, title, record.notes, record.description, record.kind, owner, watch)
    if (found.sha256, found.fingerprint) != (record.sha256, record.fingerprint):
        shutil.rmtree(store.folder_of(found), ignore_errors=True)
        raise DataError(f"{record.title} gives other ratings than its {RECORD} says: its file or its plan was changed.")
    return found


def exported_in(path: Path) -> Dataset | None:
    """The record in an exported folder or zip; None for anything else. Raises DataError where it is damaged."""
    if path.is_dir():
        return read_record(path) if is_dataset(path) else None
    if not zipfile.is_zipfile(path):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            member = _record_member(archive)
            return None if member is None else parse_record(archive.read(member), path.name)
    except (OSError, zipfile.BadZipFile, RuntimeError, ValueError, NotImplementedError) as error:
        raise DataError(f"{path.name} is not a complete zip file: {str(error)[:100]}.") from error


def unpacked(incoming: Incoming, record: Dataset) -> Incoming:
    """The dataset's file out of a zip that came in. Raises DataError."""
    return _unpacked(incoming.path, record)[0]


def _unpacked(path: Path, record: Dataset | None = None) -> tuple[Incoming, Dataset]:
    record = record or exported_in(path)
    if record is None:
        raise DataError(f"An exported dataset is a folder or zip with {RECORD}; {path.name} has none.")
    if path.is_dir():
        try:
            with (path / record.file).open("rb") as stream:
                incoming = take_in(record.file, stream)
        except OSError as error:
            raise DataError(f"{record.file} of {path.name} cannot be read: {error.strerror or error}.") from error
    else:
        with zipfile.ZipFile(path) as archive:
            member = _record_member(archive)
            assert member is not None
            place = str(PurePosixPath(member.filename).parent / record.file)
            try:
                about = archive.getinfo(place)
                if about.file_size != record.size:
                    raise KeyError(place)
                with archive.open(about) as stream:
                    incoming = take_in(record.file, stream)
            except (KeyError, RuntimeError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
                raise DataError(f"{path.name} does not hold {record.file} as its {RECORD} says.") from error
    return Incoming(incoming.path, record.filename), record


def _record_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo | None:
    """dataset.json at the top of a zip or in its one folder, where it is small and not encrypted."""
    for member in archive.infolist()[:100]:
        parts = PurePosixPath(member.filename).parts
        if parts and parts[-1] == RECORD and len(parts) <= 2 and member.file_size <= MAX_RECORD:
            return None if member.flag_bits & 0x1 else member
    return None


def _public(record: Dataset) -> Dataset:
    """The record without who it belongs to here."""
    return record.changed(owner="")


def _readme(record: Dataset) -> str:
    counts = record.counts
    return "\n".join(
        (
            f"# {record.title}",
            "",
            record.description or "No description was given.",
            "",
            f"- `{record.file}`: the file as it was added ({record.size:,} bytes, SHA-256 {record.sha256})",
            f"- `{RECORD}`: how it is read (`plan`), its name and what came in: {counts.ratings:,} ratings of"
            f" {counts.items:,} items by {counts.users:,} users; of {counts.lines:,} lines {counts.refused:,} were"
            f" refused, {counts.duplicates:,} merged, {counts.empty:,} blank",
            "",
            f"`reco data add FOLDER` adds it again, with the same ratings (fingerprint {record.fingerprint});"
            " `reco train FOLDER` reads it where it is.",
            "",
        )
    )
