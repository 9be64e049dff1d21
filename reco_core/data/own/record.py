"""What is kept of a dataset that was added: dataset.json beside its file, checked strictly whenever it is read."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from reco_core.data.reading.plan import Plan
from reco_core.errors import DataError

RECORD = "dataset.json"
MARK = b'"reco_dataset"'  # what tells it from another program's dataset.json
MAX_RECORD = 8 * 1024**2  # bytes; the names of a wide matrix's columns take most of it
TITLE_LENGTH, DESCRIPTION_LENGTH, KIND_LENGTH = 80, 2000, 60
SLUG = r"[a-z0-9_][a-z0-9_-]{0,69}"
STORED = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,119}"


def _title(text: str) -> str:
    text = " ".join(text.split())
    if not any(mark.isalnum() for mark in text) or not text.isprintable():
        raise ValueError("must be one line with a letter or a digit")
    return text


def _prose(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text.replace("\n", "").replace("\t", "").isprintable():
        raise ValueError("must be printable text")
    return text


Title = Annotated[str, Field(max_length=TITLE_LENGTH), AfterValidator(_title)]
Description = Annotated[str, Field(max_length=DESCRIPTION_LENGTH), AfterValidator(_prose)]
Word = Annotated[str, Field(max_length=KIND_LENGTH), AfterValidator(_prose)]
Count = Annotated[int, Field(ge=0, le=10**12)]


class Counts(BaseModel):
    """What came in: the account of the file's lines, and the sizes that they give."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    lines: Count
    ratings: Count
    refused: Count
    duplicates: Count
    filtered: Count
    empty: Count
    users: Count
    items: Count
    scale: tuple[float, float]


class Dataset(BaseModel):
    """A dataset that was added: its name, content and plan together.

    slug: its name in addresses and on the command line, and that of its folder. title: its name for people. filename:
    the name that the file had; file: the one that it has beside this record. sha256, size: of the file. plan: how it
    is read, every choice of it. kind: what an item is called, `book` or `wine/wines`,
    "" to guess. owner: a visitor's id, "" for one that
    everybody on this machine may change. fingerprint: of the ratings that the file and the plan give.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reco_dataset: Literal[1] = 1
    slug: Annotated[str, Field(pattern=f"^{SLUG}$")]
    title: Title
    filename: Annotated[str, Field(max_length=255)]
    file: Annotated[str, Field(pattern=f"^{STORED}$")]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    size: Count
    plan: Plan
    notes: Annotated[tuple[Annotated[str, Field(max_length=1000)], ...], Field(max_length=50)] = ()
    description: Description = ""
    kind: Word = ""
    owner: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{0,64}$")] = ""
    added: AwareDatetime
    counts: Counts
    fingerprint: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]

    @field_validator("file")
    @classmethod
    def _not_the_record(cls, value: str) -> str:
        if value.lower() == RECORD:
            raise ValueError(f"must not be {RECORD}")
        return value

    def changed(self, **changes: object) -> Dataset:
        """The record with other values, checked; raises DataError in one sentence."""
        return checked(self.model_dump() | changes)


def checked(values: object) -> Dataset:
    """The record of these values; raises DataError in one sentence."""
    try:
        return Dataset.model_validate(values)
    except ValidationError as error:
        raise DataError(f"A dataset's {_first(error)}.") from error


def read_record(folder: Path) -> Dataset:
    """The record of a dataset's folder; raises DataError that says what is wrong with it."""
    path = folder / RECORD
    try:
        if path.stat().st_size > MAX_RECORD:
            raise DataError(f"{RECORD} of {folder.name} must have at most {MAX_RECORD >> 20} MB.")
        return parse_record(path.read_bytes(), folder.name)
    except OSError as error:
        raise DataError(f"{RECORD} of {folder.name} cannot be read: {error.strerror or error}.") from error


def parse_record(content: bytes, where: str) -> Dataset:
    """The record that these bytes hold; raises DataError."""
    try:
        return Dataset.model_validate_json(content, strict=True)
    except ValidationError as error:
        raise DataError(f"{RECORD} of {where[:100]} is damaged: {_first(error)}.") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{RECORD} of {where[:100]} is damaged: it is no JSON text.") from error


def write_record(folder: Path, record: Dataset) -> None:
    """Write the record under another name, then rename: a reader sees the old one or the new one, never a part."""
    temporary = folder / f".{RECORD}.{uuid4().hex[:8]}"
    try:
        temporary.write_text(record.model_dump_json(indent=1), encoding="utf-8")
        os.replace(temporary, folder / RECORD)
    finally:
        temporary.unlink(missing_ok=True)


def is_dataset(folder: Path) -> bool:
    """Whether a folder holds a dataset with its record, sound or not; another program's dataset.json is none."""
    try:
        with (folder / RECORD).open("rb") as stream:
            return MARK in stream.read(4096)
    except OSError:
        return False


def slug_of(title: str) -> str:
    """The title in lower case with "-" for anything but letters, digits, "-" and "_"; `dataset` where none is left."""
    plain = re.sub(r"[^a-z0-9_]+", "-", title.strip().lower()).strip("-")[:60].strip("-")
    return plain or "dataset"


def stored_name(filename: str) -> str:
    """A file name that is safe on every disk and tells as much as the one given; never that of the record."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip(".-")[-100:].lstrip(".-")
    return f"file-{plain}" if plain.lower() in ("", RECORD) else plain


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, as `title must be ...; got ...`."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"])) or "content"
    what = first["msg"].removeprefix("Value error, ")
    return f"{where}: {what[:1].lower() + what[1:]}; got {str(first.get('input'))[:60]!r}"
