"""Datasets that a user added: one uploaded file each, under a name that is safe as a file name."""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reco_core.data.cache import parsed_folder
from reco_core.data.catalogue import DEMO, MOVIELENS, DatasetEntry
from reco_core.data.files import open_files
from reco_core.errors import DataError
from reco_core.paths import datasets_home
from reco_core.ratings import Ratings

ENDINGS = (".csv.gz", ".tsv.gz", ".zip", ".csv", ".tsv", ".txt", ".dat")
LICENCE = "Your own data, on this computer only."
MAX_NAME = 60


def safe_name(name: str) -> str:
    """The name in lower case, with "-" for anything but letters, digits, "-" and "_"; raises DataError if empty."""
    plain = re.sub(r"[^a-z0-9_]+", "-", name.strip().lower()).strip("-")[:MAX_NAME].strip("-")
    if not plain:
        raise DataError(f"A dataset's name must contain a letter or a digit; got {name!r}.")
    return plain


def add(
    name: str,
    filename: str,
    content: bytes,
    choices: Mapping[str, Any],
    read: Callable[[Path, Mapping[str, Any]], Ratings],
) -> str:
    """Keep an uploaded zip or table that `read` can read, under the safe form of the name, which is returned."""
    name = safe_name(name)
    taken = {entry.name for entry in (DEMO, *MOVIELENS, *added())}
    if name in taken:
        raise DataError(f"A new dataset needs an unused name; {name} is taken.")
    ending = next((ending for ending in ENDINGS if filename.lower().endswith(ending)), None)
    if ending is None:
        raise DataError(f"A dataset must be a zip or a table ({', '.join(ENDINGS[2:])}); got {filename}.")
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{uuid.uuid4().hex}{ending}"
    try:
        temporary.write_bytes(content)
        ratings = read(temporary, choices)
        sizes = {"n_ratings": len(ratings), "n_users": ratings.n_users, "n_items": ratings.n_items, "choices": choices}
        (folder / f"{name}.json").write_text(json.dumps(sizes), encoding="utf-8")
        temporary.replace(folder / f"{name}{ending}")
    except DataError as error:
        raise DataError(str(error).replace(temporary.name, Path(filename).name)) from error
    finally:
        temporary.unlink(missing_ok=True)
    return name


def remove(name: str) -> None:
    """Delete an added dataset and its parsed copy. Raises DataError for any other name."""
    path = path_of(name)
    if path is None:
        names = ", ".join(entry.name for entry in added()) or "none yet"
        raise DataError(f"Only datasets that were added can be removed ({names}); got {name}.")
    shutil.rmtree(parsed_folder(open_files(path), plan_of(name)), ignore_errors=True)
    path.unlink()
    (_folder() / f"{name}.json").unlink(missing_ok=True)


def added() -> tuple[DatasetEntry, ...]:
    """Entries of the datasets that were added, by name."""
    return tuple(_entry(name, path) for name, path in sorted(_paths().items()))


def path_of(name: str) -> Path | None:
    """The file of an added dataset, or None."""
    return _paths().get(name)


def plan_of(name: str) -> dict[str, Any]:
    """How an added dataset is read."""
    try:
        return dict(json.loads((_folder() / f"{name}.json").read_text(encoding="utf-8"))["choices"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _entry(name: str, path: Path) -> DatasetEntry:
    try:
        sizes = json.loads((_folder() / f"{name}.json").read_text(encoding="utf-8"))
        counts: dict[str, Any] = {key: int(sizes[key]) for key in ("n_ratings", "n_users", "n_items")}
    except (OSError, ValueError, KeyError, TypeError):
        counts = {}
    size_mb = round(path.stat().st_size / 1e6, 1)
    return DatasetEntry(name=name, title=name, licence=LICENCE, size_mb=size_mb, available=True, **counts)


def _paths() -> dict[str, Path]:
    """Name -> file of each added dataset."""
    folder = _folder()
    found = {}
    for path in folder.iterdir() if folder.is_dir() else ():
        ending = next((ending for ending in ENDINGS if path.name.endswith(ending)), None)
        if ending and not path.name.startswith("."):
            found[path.name.removesuffix(ending)] = path
    return found


def _folder() -> Path:
    return datasets_home() / "own"
