"""A run as a zip or folder, out and in; what comes in is data, checked member by member."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, TypeAlias

from reco_core import strict_json
from reco_core.errors import RunError
from reco_core.events import from_line, to_line
from reco_core.models import get_model
from reco_core.runs.arrays import UNREADABLE, check_arrays, read_arrays, write_arrays
from reco_core.runs.files import MOST_LINES, write_json
from reco_core.runs.metrics import check_metrics
from reco_core.runs.plain_files import read_plain
from reco_core.runs.reading import RunReading
from reco_core.runs.recording import EVENTS, WEIGHTS
from reco_core.runs.run import METRICS
from reco_core.runs.run_spec import INFO, RunSpec, checked_info
from reco_core.runs.zip_directory import PACKINGS, check_directory
from reco_core.split import FOLD
from reco_core.storage import kept_in, new_folder, write_whole

Archive: TypeAlias = Path | str | bytes | IO[bytes]

MOST_BYTES = {INFO: 2**20, EVENTS: 2**26, METRICS: 2**20, WEIGHTS: 2**30}
MOST_RATIO, RATIO_FREE_BYTES = 100, 2**20
MOST_DIRECTORY_BYTES = 2**16
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def pack(run: RunReading, to: Path | IO[bytes]) -> None:
    """Write a run that is over as a zip (a path that ends in .zip, or an open file) or as a new folder.

    A dataset that was read from a file of this machine is named, and its path left out. Raises RunError.
    """
    if run.active:
        raise RunError(f"Only a run that has ended can be exported; {run.name} is {run.status}.")
    members = {INFO: json.dumps(_portable(run.info).model_dump(mode="json"), indent=1).encode()}
    found = {name: read_plain(run.folder / name, MOST_BYTES[name]) for name in MOST_BYTES if name != INFO}
    members |= {name: content for name, content in found.items() if content is not None}
    if not isinstance(to, Path):
        _write_zip(to, members)
    elif to.suffix.lower() == ".zip":
        with kept_in(to):
            to.parent.mkdir(parents=True, exist_ok=True)
        write_whole(to, lambda file: _write_zip(file, members))
    else:
        _write_folder(to, members)


def _portable(info: RunSpec) -> RunSpec:
    """The same without owner, pin and path: a dataset's name stands for its source, a fold's files keep names only."""
    changed: dict[str, object] = {"owner": "", "pinned": None}
    if not PLAIN_NAME.fullmatch(info.source):
        changed["source"] = info.dataset
    if info.split.kind.startswith(FOLD):
        names = (re.split(r"[/\\]", name.strip())[-1] for name in info.split.kind.removeprefix(FOLD).split(","))
        changed["split"] = info.split.model_copy(update={"kind": FOLD + ",".join(names)})
    return info.model_copy(update=changed)


def _write_zip(file: IO[bytes], members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            # Arrays of zeros would shrink so far that the import takes them for a zip bomb: numbers stay as they are.
            stored = zipfile.ZIP_STORED if name == WEIGHTS else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, compress_type=stored)


def _write_folder(to: Path, members: dict[str, bytes]) -> None:
    if to.exists():
        raise RunError(f"An export needs a .zip file or a new folder; got {to}.")
    with new_folder(to) as folder:
        for name, content in members.items():
            (folder / name).write_bytes(content)


def unpack(archive: Archive, folder: Path) -> RunSpec:
    """Check an exported run, zip or folder, and write its files anew into a folder, but for run.json.

    Gives run.json's content; the caller gives the run its id and place. Raises RunError or SettingsError.
    """
    members = _members(archive)
    if INFO not in members:
        raise RunError(f"An exported run holds {INFO}; this one does not.")
    info = _portable(checked_info(_json(members[INFO], INFO), "the import"))
    spec = get_model(info.model)
    settings = spec.parse(info.settings)
    if EVENTS in members:
        lines = "".join(_checked_lines(members[EVENTS]))
        write_whole(folder / EVENTS, lambda file: file.write(lines.encode()))
    if METRICS in members:
        write_json(folder / METRICS, check_metrics(_json(members[METRICS], METRICS), "the import"))
    if WEIGHTS in members:
        if info.sizes is None:
            raise RunError("An exported run with weights states its sizes; this one does not.")
        arrays, epoch = read_arrays(io.BytesIO(members[WEIGHTS]), "the import", MOST_BYTES[WEIGHTS])
        check_arrays(spec, settings, info.sizes.shape(), arrays, "the import")
        write_arrays(folder / WEIGHTS, arrays, epoch)
    return info


def _members(archive: Archive) -> dict[str, bytes]:
    """The content of each allowed file; raises RunError for any other, or one that is too large."""
    if isinstance(archive, (str, Path)) and Path(archive).is_dir():
        return _folder_members(Path(archive))
    try:
        with _opened(archive) as file:
            check_directory(file, MOST_DIRECTORY_BYTES)
            return _zip_members(file)
    except FileNotFoundError as error:
        raise RunError(
            f"An import must be a zip or folder written by `reco export`; {archive} does not exist."
        ) from error
    except UNREADABLE as error:
        raise RunError(f"An import must be a zip written by `reco export`; {str(error)[:200]}.") from error


def _opened(archive: Archive) -> AbstractContextManager[IO[bytes]]:
    if isinstance(archive, (str, Path)):
        return Path(archive).open("rb")
    return nullcontext(io.BytesIO(archive) if isinstance(archive, bytes) else archive)


def _zip_members(file: IO[bytes]) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as opened:
        infos = [info for info in opened.infolist() if not info.is_dir()]
        names = _plain_names([info.filename for info in infos])
        for name, info in zip(names, infos, strict=True):
            _check_size(name, info.file_size, info.compress_size)
            if info.compress_type not in PACKINGS:
                raise ValueError(f"{name} is packed in a way that no export uses")
        return {name: opened.read(info) for name, info in zip(names, infos, strict=True)}


def _folder_members(folder: Path) -> dict[str, bytes]:
    for name in MOST_BYTES:
        if (folder / name).is_file():
            _check_size(name, size := (folder / name).stat().st_size, size)
    found = {name: read_plain(folder / name, MOST_BYTES[name]) for name in MOST_BYTES}
    return {name: content for name, content in found.items() if content is not None}


def _plain_names(names: list[str]) -> list[str]:
    """Member names without the one folder that all may be in; raises RunError for a name that no export has."""
    prefix = names[0].rpartition("/")[0] + "/" if names and names[0].count("/") == 1 else ""
    plain = [name.removeprefix(prefix) for name in names]
    for name in plain:
        if name not in MOST_BYTES:
            raise RunError(f"An exported run holds only {', '.join(MOST_BYTES)}; this one holds {name[:60]!r}.")
    if len(set(plain)) < len(plain):
        raise RunError(f"An exported run holds each file once; this one holds {len(plain)} members.")
    return plain


def _check_size(name: str, size: int, packed: int) -> None:
    if size > MOST_BYTES[name]:
        raise RunError(f"{name} of an exported run has at most {MOST_BYTES[name]:,} bytes; this one has {size:,}.")
    if size > RATIO_FREE_BYTES and size > MOST_RATIO * max(packed, 1):
        raise RunError(
            f"{name} of an exported run is packed at most {MOST_RATIO}-fold; this one is {size // max(packed, 1)}."
        )


def _json(content: bytes, name: str) -> object:
    try:
        return strict_json.loads(content)
    except ValueError as error:
        raise RunError(f"{name} of an exported run must be JSON; {str(error)[:200]}.") from error


def _checked_lines(content: bytes) -> list[str]:
    """Event lines whose every field has its type, written anew; a last line without its end is left out."""
    lines = []
    for number, line in enumerate(io.BytesIO(content), start=1):
        if not line.endswith(b"\n"):
            break
        try:
            if number > MOST_LINES:
                raise RunError(f"A log has at most {MOST_LINES:,} lines.")
            lines.append(to_line(from_line(line.decode(errors="replace"))))
        except RunError as error:
            raise RunError(f"{EVENTS} of an exported run holds one event per line; line {number}: {error}") from error
    return lines


def move_in(folder: Path, to: Path) -> bool:
    """Give a checked folder its place; False where the place is taken."""
    try:
        folder.rename(to)
    except OSError:
        if not to.exists():
            raise
        return False
    return True


def discard(folder: Path) -> None:
    """Remove a folder and what is in it; a file that another process still has open is left behind."""
    shutil.rmtree(folder, ignore_errors=True)
