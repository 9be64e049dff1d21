"""Files of a dataset in a folder, a zip or alone: tables only, unpacked as they are read, within limits."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from reco_core.errors import DataError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

FOLDS = tuple(f"{fold}.{part}" for fold in ("u1", "u2", "u3", "u4", "u5", "ua", "ub") for part in ("base", "test"))
KNOWN = {
    *("u.data", "u.item", "u.user", "u.genre", *FOLDS),
    *("ratings.dat", "movies.dat", "users.dat", "tags.dat"),
    *("ratings.csv", "movies.csv", "links.csv", "tags.csv"),
}
TABLES = (
    ".csv", ".tsv", ".txt", ".dat", ".data", ".tab", ".psv", ".json", ".jsonl", ".ndjson", ".parquet", ".pq",
    ".inter", ".item", ".user", ".base", ".test",
)  # fmt: skip
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
MAX_MEMBERS = 2_000
MAX_BYTES = 4 * 1024**3  # of one file, unpacked
MAX_RATIO = 100  # unpacked to packed; ratings pack to about a fifth
FREE_BYTES = 16 * 1024**2  # below this size the ratio is of no concern
# What reading a damaged or unreadable archive can raise.
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError)


@dataclass(frozen=True)
class Files:
    """The files of a dataset by name; `open` gives each as a stream of its unpacked bytes.

    elsewhere: tables in other folders of a zip, by their whole name.
    """

    path: Path
    names: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    _members: dict[str, str] = field(repr=False, default_factory=dict)  # name -> member of the zip
    _folder: Path | None = None

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """The unpacked bytes of one file, as a stream that stops at the limits. Raises DataError."""
        try:
            with self._raw(name) as stream:
                yield stream
        except BROKEN as error:
            raise DataError(f"{name} of {self.path.name} cannot be read: {_reason(error)}.") from error

    def read(self, name: str) -> bytes:
        """All bytes of one file."""
        with self.open(name) as stream:
            return stream.read()

    def size(self, name: str) -> int:
        """Bytes of one file as it lies there, unpacked where a zip says so."""
        if self._members:
            with zipfile.ZipFile(self.path) as archive:
                return archive.getinfo(self._members[name]).file_size
        return self._place(name).stat().st_size

    @contextmanager
    def _raw(self, name: str) -> Iterator[IO[bytes]]:
        if self._members:
            with zipfile.ZipFile(self.path) as archive:
                packed = archive.getinfo(self._members[name]).compress_size
                with archive.open(self._members[name]) as member, _unpacked(member, name, packed) as stream:
                    yield stream
            return
        path = self._place(name)
        with path.open("rb") as file, _unpacked(file, path.name, path.stat().st_size) as stream:
            yield stream

    def _place(self, name: str) -> Path:
        folder = self._folder or self.path
        return folder / name if folder.is_dir() else self.path

    def digest(self) -> str:
        """SHA-256 of the content: of the zip or file itself, of the known files of a folder. Raises DataError."""
        try:
            if not self.path.is_dir():
                return _digest_of(self.path)
            parts = (f"{name} {_digest_of(self._place(name))}" for name in self.names)
            return hashlib.sha256("\n".join(parts).encode()).hexdigest()
        except OSError as error:
            raise DataError(f"{self.path.name} cannot be read: {_reason(error)}.") from error


def open_files(path: Path) -> Files:
    """The tables of a folder or zip, or the one file. Raises DataError in one sentence.

    What a file is shows in its first bytes, whatever it is called.
    """
    try:
        if path.is_dir():
            return _folder(path)
        if path.is_file():
            with path.open("rb") as stream:
                first = stream.read(4)
            is_zip = path.suffix.lower() == ".zip" or first == ZIP or zipfile.is_zipfile(path)
            return _zip(path) if is_zip else Files(path, (path.name,))
    except (OSError, ValueError) as error:
        raise DataError(f"{path.name[:200]} cannot be read: {_reason(error)}.") from error
    raise DataError(f"A source must be a dataset name, a folder, a zip or a table that exists; got {str(path)[:200]}.")


@contextmanager
def _unpacked(stream: IO[bytes], name: str, size: int) -> Iterator[IO[bytes]]:
    """The stream, or what is packed in it where it is gzip, within the limits."""
    first = stream.read(2)
    stream.seek(0)
    if first != GZIP:
        yield stream
        return
    with gzip.open(stream) as unpacked:
        yield io.BufferedReader(_Limited(unpacked, name, size))


def _is_table(name: str) -> bool:
    plain = name.lower().removesuffix(".gz")
    return PurePosixPath(plain).name in KNOWN or plain.endswith(TABLES)


def _folder(path: Path) -> Files:
    names = sorted(entry.name for entry in path.iterdir() if entry.is_file() and not entry.name.startswith("."))
    tables = [name for name in names if _is_table(name)]
    inside = [entry for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith(".")]
    if not tables and len(inside) == 1:
        return replace(_folder(inside[0]), path=path)
    return Files(path, tuple(tables), _folder=path)


def _zip(path: Path) -> Files:
    """The tables in the folder that holds most of them, those of other folders beside them."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except BROKEN as error:
        raise DataError(f"{path.name} is not a complete zip file: {_reason(error)}.") from error
    if len(members) > MAX_MEMBERS:
        raise DataError(f"A zip may hold at most {MAX_MEMBERS:,} files; {path.name} holds {len(members):,}.")
    if any(member.filename == "[Content_Types].xml" for member in members):
        raise DataError(f"A table must be text or parquet; {path.name} is an Office document: save its sheet as CSV.")
    chosen = [member for member in members if _is_plain(member) and _is_table(member.filename)]
    known = [member for member in chosen if PurePosixPath(member.filename).name.lower() in KNOWN]
    folders = [str(PurePosixPath(member.filename).parent) for member in known or chosen]
    best = max(folders, key=lambda folder: (folders.count(folder), -len(folder)), default="")
    for member in chosen:
        _check_size(path, member)
    names: dict[str, str] = {}
    elsewhere: dict[str, str] = {}
    for member in chosen:
        place = PurePosixPath(member.filename)
        here = str(place.parent) == best
        (names if here else elsewhere).setdefault(place.name if here else member.filename, member.filename)
    return Files(path, tuple(sorted(names)), tuple(sorted(elsewhere)), names | elsewhere or {"": ""})


def _is_plain(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a file whose name stays inside the zip."""
    parts = PurePosixPath(member.filename).parts
    name = member.filename
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return not (member.is_dir() or hidden or name.startswith("/") or "\\" in name or ":" in name or ".." in parts)


def _check_size(path: Path, member: zipfile.ZipInfo) -> None:
    """Refuse a member that would unpack to more than the limits."""
    name = PurePosixPath(member.filename).name
    if member.file_size > MAX_BYTES:
        raise DataError(
            f"A file in a zip may unpack to {MAX_BYTES:,} bytes; {name} of {path.name} has {member.file_size:,}."
        )
    ratio = member.file_size / max(member.compress_size, 1)
    if member.file_size > FREE_BYTES and ratio > MAX_RATIO:
        raise DataError(
            f"A file in a zip may unpack to {MAX_RATIO} times its size; {name} of {path.name} has {ratio:,.0f} times."
        )
    if member.flag_bits & 0x1:
        raise DataError(f"A zip must not be encrypted; {path.name} is.")


class _Limited(io.RawIOBase):
    """An unpacking stream that stops at the limits."""

    def __init__(self, stream: gzip.GzipFile, name: str, packed: int) -> None:
        self._stream, self._name, self._packed, self._given = stream, name, packed, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        data = self._stream.read(len(view))
        self._given += len(data)
        if self._given > min(MAX_BYTES, max(FREE_BYTES, MAX_RATIO * self._packed)):
            raise DataError(f"{self._name} unpacks to more than {MAX_RATIO} times its size.")
        view[: len(data)] = data
        return len(data)


def _digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _reason(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")[:300]
