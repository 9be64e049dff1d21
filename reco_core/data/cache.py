"""Parsed datasets kept as Arrow files, named by the content of their source; a damaged copy is built again.

Parquet would be as quick and as small, but what reads it takes 25 MB that every page would carry.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from reco_core.data import subprocess_reader
from reco_core.data.files import Files
from reco_core.data.reading.plan import with_choices
from reco_core.encode import IdEncoder, RatingScale
from reco_core.errors import DataError
from reco_core.paths import datasets_home
from reco_core.ratings import Quality, Ratings, Source

VERSION = 4  # raise it when readers give other results for the same source
KEPT = 16  # parsed datasets; those used longest ago go first
ABOUT = "about.json"
ENDING = ".arrow"
ALONE = ("u.data", "ratings.dat")  # names that tell the format of a file that is read alone
REFUSED = ("line", "reason", "text")
ID = "#id"  # no source names a column so
DAMAGE = (OSError, ValueError, KeyError, TypeError, DataError, pa.ArrowException)


def cached(files: Files, choices: Mapping[str, Any], read: Callable[[Files, Mapping[str, Any]], Ratings]) -> Ratings:
    """The ratings that `read` gives for these files and choices: from the parsed copy where there is a sound one."""
    source = with_choices(os.path.abspath(files.path), choices)
    return parsed_copy(
        parsed_folder(files, choices), lambda: read(files, choices), lambda: subprocess_reader.parse(source)
    )


def parsed_copy(folder: Path, make: Callable[[], Ratings], elsewhere: Callable[[], bool] = lambda: False) -> Ratings:
    """The ratings of a parsed copy, without a name; where there is no sound one, another process or `make` makes it.

    elsewhere: whether another process has made the copy.
    """
    with suppress(*DAMAGE):
        ratings = _open(folder)
        os.utime(folder / ABOUT)
        return ratings
    if elsewhere():
        with suppress(*DAMAGE):  # a full disk keeps no copy
            return _open(folder)
    ratings = make()
    try:
        _save(ratings, folder)
        _forget_oldest(folder.parent)
    except OSError:
        return ratings  # a full or read-only disk costs speed, not the dataset
    return ratings


def parsed_folder(files: Files, choices: Mapping[str, Any]) -> Path:
    """Where the parsed copy is of this content, read with these choices: nothing else decides what is read.

    The names of the files are part of it, as they tell the format; not the name of a file that is read alone.
    """
    names = files.names if files.path.is_dir() or len(files.names) != 1 else [files.names[0] in ALONE]
    chosen = json.dumps([list(names), sorted(choices.items())], default=list, sort_keys=True)
    return folder_of(f"{files.digest()} {chosen}")


def folder_of(digest: str) -> Path:
    """Where the parsed copy is of content with this digest."""
    key = hashlib.sha256(f"{VERSION} {digest}".encode()).hexdigest()[:32]
    return datasets_home() / "parsed" / key


def _save(ratings: Ratings, folder: Path) -> None:
    """Write the copy beside its place, then move it there."""
    tables = {
        "rows": _rows(ratings),
        "items": _table(ratings.items, ratings.item_table),
        "users": _table(ratings.users, ratings.user_table),
        "folds": _folds(ratings),
        "refused": pa.table({} if ratings.refused is None else {name: list(ratings.refused[name]) for name in REFUSED}),
    }
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = folder.parent / f".{uuid.uuid4().hex}"
    temporary.mkdir()
    try:
        checksums = {}
        for name, table in tables.items():
            content = _packed(table)
            (temporary / f"{name}{ENDING}").write_bytes(content)
            checksums[name] = _checksum(content)
        about = {
            "checksums": checksums,
            "scale": asdict(ratings.scale),
            "quality": asdict(ratings.quality),
            "source": asdict(ratings.source),
            "user_table": ratings.user_table is not None,
            "rows": len(ratings),
        }
        (temporary / ABOUT).write_text(json.dumps(about), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        temporary.replace(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _open(folder: Path) -> Ratings:
    """The parsed copy. Raises one of DAMAGE where it is not there or not as it was written."""
    about: dict[str, Any] = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    tables = (_sound(folder, name, about) for name in ("rows", "items", "users", "folds", "refused"))
    rows, items, users, folds, refused = tables
    if rows.num_rows != about["rows"]:
        raise ValueError("rows are missing")
    return Ratings(
        name="",
        user_index=rows["user_index"].to_numpy(),
        item_index=rows["item_index"].to_numpy(),
        rating=rows["rating"].to_numpy(),
        timestamp=rows["timestamp"].to_numpy() if "timestamp" in rows.column_names else None,
        users=_encoder(users),
        items=_encoder(items),
        scale=RatingScale(**about["scale"]),
        item_table=_frame(items),
        source=Source(**about["source"]),
        user_table=_frame(users) if about["user_table"] else None,
        folds=_fold_rows(folds),
        quality=Quality(**about["quality"]),
        refused=refused.to_pandas() if refused.num_rows else None,
        expected=rows["expected"].to_numpy() if "expected" in rows.column_names else None,
    )


def _sound(folder: Path, name: str, about: dict[str, Any]) -> pa.Table:
    content = (folder / f"{name}{ENDING}").read_bytes()
    if _checksum(content) != about["checksums"][name]:
        raise ValueError(f"{name} is damaged")
    return pa.ipc.open_file(content).read_all()


def _packed(table: pa.Table) -> memoryview:
    """An Arrow file with one batch, compressed."""
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_file(sink, table.schema, options=options) as file:
        file.write_table(table)
    return memoryview(sink.getvalue())


def _rows(ratings: Ratings) -> pa.Table:
    columns = {
        "user_index": ratings.user_index,
        "item_index": ratings.item_index,
        "rating": ratings.rating,
        "timestamp": ratings.timestamp,
        "expected": ratings.expected,
    }
    return pa.table({name: column for name, column in columns.items() if column is not None})


def _table(ids: IdEncoder, table: pd.DataFrame | None) -> pa.Table:
    """The ids and the table."""
    kind = pa.int64() if ids.ids.dtype.kind == "i" else pa.large_string()
    columns = {ID: pa.array(ids.ids.tolist(), kind)}
    for name, column in () if table is None else table.items():
        whole = pd.api.types.is_integer_dtype(column.dtype)
        values = [None if pd.isna(value) else value for value in column.tolist()]
        columns[str(name)] = pa.array(values, pa.int64() if whole else pa.large_string())
    return pa.table(columns)


def _encoder(table: pa.Table) -> IdEncoder:
    ids = table[ID]
    return IdEncoder(ids.to_numpy() if pa.types.is_integer(ids.type) else np.array(ids.to_pylist(), dtype=object))


def _frame(table: pa.Table) -> pd.DataFrame:
    return pd.DataFrame({name: _values(table[name]) for name in table.column_names if name != ID})


def _values(column: pa.ChunkedArray) -> Any:
    values = column.to_pylist()
    return pd.array(values, dtype="Int64") if pa.types.is_integer(column.type) else values


def _folds(ratings: Ratings) -> pa.Table:
    names = [name for name, rows in ratings.folds.items() for _ in range(len(rows))]
    rows = np.concatenate([np.array([], dtype=np.int64), *ratings.folds.values()])
    return pa.table({"fold": pa.array(names, pa.large_string()), "row": rows})


def _fold_rows(table: pa.Table) -> dict[str, np.ndarray]:
    """The rows of each fold, in the order they were written."""
    names, rows = np.array(table["fold"].to_pylist(), dtype=object), table["row"].to_numpy()
    return {name: rows[names == name] for name in dict.fromkeys(names)}


def _checksum(content: bytes | memoryview) -> str:
    return hashlib.sha256(content).hexdigest()


def _forget_oldest(parsed: Path) -> None:
    """Remove the copies beyond KEPT that were used longest ago."""
    copies = sorted(parsed.glob(f"*/{ABOUT}"), key=lambda about: about.stat().st_mtime, reverse=True)
    for about in copies[KEPT:]:
        shutil.rmtree(about.parent, ignore_errors=True)
