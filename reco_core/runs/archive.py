"""A run as a zip or folder, out and in; what comes in is data, checked member by member."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import IO, TypeAlias

from pydantic import TypeAdapter, ValidationError

from reco_core.errors import RunError
from reco_core.events import KINDS, as_written_now, to_line
from reco_core.models import get_model
from reco_core.runs.arrays import check_arrays, read_arrays, write_arrays
from reco_core.runs.files import write_json, write_whole
from reco_core.runs.metrics import check_metrics
from reco_core.runs.reading import RunReading
from reco_core.runs.recording import EVENTS, WEIGHTS
from reco_core.runs.run import METRICS
from reco_core.runs.run_spec import INFO, RunSpec, checked_info
from reco_core.split import FOLD
from reco_core.storage import kept_in, new_folder

Archive: TypeAlias = Path | str | bytes | IO[bytes]

MOST_BYTES = {INFO: 2**20, EVENTS: 2**26, METRICS: 2**20, WEIGHTS: 2**30}
MOST_RATIO, RATIO_FREE_BYTES = 100, 2**20
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def pack(run: RunReading, to: Path | IO[bytes]) -> None:
    """Write a run that is over as a zip (a path that ends in .zip, or an open file) or as a new folder.

    A dataset that was read from a file of this machine is named, and its path left out. Raises RunError.
    """
    if run.active:
        raise RunError(f"Only a run that has ended can be exported; {run.name} is {run.status}.")
    members = {INFO: json.dumps(_portable(run.info).model_dump(mode="json"), indent=1).encode()}
    members |= {name: path.read_bytes() for name in MOST_BYTES if name != INFO and (path := run.folder / name).exists()}
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
        with zipfile.ZipFile(io.BytesIO(archive) if isinstance(archive, bytes) else archive) as opened:
            infos = [info for info in opened.infolist() if not info.is_dir()]
            names = _plain_names([info.filename for info in infos])
            for name, info in zip(names, infos, strict=True):
                _check_size(name, info.file_size, info.compress_size)
            return {name: opened.read(info) for name, info in zip(names, infos, strict=True)}
    except FileNotFoundError as error:
        raise RunError(
            f"An import must be a zip or folder written by `reco export`; {archive} does not exist."
        ) from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise RunError(f"An import must be a zip written by `reco export`; {str(error)[:200]}.") from error


def _folder_members(folder: Path) -> dict[str, bytes]:
    found = {name: folder / name for name in MOST_BYTES if (folder / name).is_file()}
    for name, path in found.items():
        _check_size(name, path.stat().st_size, path.stat().st_size)
    return {name: path.read_bytes() for name, path in found.items()}


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
        raise RunError(f"{name} of an exported run is packed at most {MOST_RATIO}-fold; this one is {size // packed}.")


def _json(content: bytes, name: str) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RunError(f"{name} of an exported run must be JSON; {error}.") from error


def _checked_lines(content: bytes) -> list[str]:
    """Event lines whose every field has its type, written anew; a last line without its end is left out."""
    lines = []
    for number, line in enumerate(content.split(b"\n")[:-1], start=1):
        try:
            values = as_written_now(json.loads(line))
            lines.append(to_line(_ADAPTERS[values.pop("event")].validate_python(values)))
        except (ValidationError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise RunError(
                f"{EVENTS} of an exported run holds one event per line; line {number} is not one."
            ) from error
    return lines


_ADAPTERS = {name: TypeAdapter(kind) for name, kind in KINDS.items()}


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
