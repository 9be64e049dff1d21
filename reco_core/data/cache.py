"""Parsed datasets kept as parquet, named by the content of their source; a damaged copy is built again."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from reco_core.data.files import Files
from reco_core.encode import IdEncoder, RatingScale
from reco_core.errors import DataError
from reco_core.paths import datasets_home
from reco_core.ratings import Quality, Ratings, Source

VERSION = 1  # raise it when readers give other results for the same source
KEPT = 16  # parsed datasets; those used longest ago go first
ABOUT = "about.json"
ID = "#id"  # no source names a column so
DAMAGE = (OSError, ValueError, KeyError, TypeError, DataError, pl.exceptions.PolarsError)


def cached(files: Files, read: Callable[[Files], Ratings]) -> Ratings:
    """The ratings that `read` gives for these files: from the parsed copy where there is a sound one."""
    folder = parsed_folder(files)
    try:
        ratings = _open(folder)
        os.utime(folder / ABOUT)
        return ratings
    except DAMAGE:
        ratings = read(files)
    try:
        _save(ratings, folder)
        _forget_oldest(folder.parent)
    except OSError:
        return ratings  # a full or read-only disk costs speed, not the dataset
    return ratings


def parsed_folder(files: Files) -> Path:
    """Where the parsed copy of this content is: another content or reader, another folder."""
    key = hashlib.sha256(f"{VERSION} {files.digest()}".encode()).hexdigest()[:32]
    return datasets_home() / "parsed" / key


def _save(ratings: Ratings, folder: Path) -> None:
    """Write the copy beside its place, then move it there."""
    tables = {
        "rows": _rows(ratings),
        "items": _table(ratings.items, ratings.item_table),
        "users": _table(ratings.users, ratings.user_table),
        "folds": _folds(ratings),
    }
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = folder.parent / f".{uuid.uuid4().hex}"
    temporary.mkdir()
    try:
        checksums = {}
        for name, table in tables.items():
            path = temporary / f"{name}.parquet"
            table.write_parquet(path, compression="zstd", compression_level=1, statistics=False)
            checksums[name] = _checksum(path.read_bytes())
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
    rows, items, users, folds = (_sound(folder, name, about) for name in ("rows", "items", "users", "folds"))
    if rows.height != about["rows"]:
        raise ValueError("rows are missing")
    return Ratings(
        name="",
        user_index=rows["user_index"].to_numpy(),
        item_index=rows["item_index"].to_numpy(),
        rating=rows["rating"].to_numpy(),
        timestamp=rows["timestamp"].to_numpy() if "timestamp" in rows.columns else None,
        users=_encoder(users),
        items=_encoder(items),
        scale=RatingScale(**about["scale"]),
        item_table=_frame(items),
        source=Source(**about["source"]),
        user_table=_frame(users) if about["user_table"] else None,
        folds={str(name): group["row"].to_numpy() for (name,), group in folds.group_by("fold", maintain_order=True)},
        quality=Quality(**about["quality"]),
    )


def _sound(folder: Path, name: str, about: dict[str, Any]) -> pl.DataFrame:
    content = (folder / f"{name}.parquet").read_bytes()
    if _checksum(content) != about["checksums"][name]:
        raise ValueError(f"{name} is damaged")
    return pl.read_parquet(io.BytesIO(content))


def _rows(ratings: Ratings) -> pl.DataFrame:
    columns = {
        "user_index": ratings.user_index,
        "item_index": ratings.item_index,
        "rating": ratings.rating,
        "timestamp": ratings.timestamp,
    }
    return pl.DataFrame({name: column for name, column in columns.items() if column is not None})


def _table(ids: IdEncoder, table: pd.DataFrame | None) -> pl.DataFrame:
    """The ids and the table."""
    kind = pl.Int64 if ids.ids.dtype.kind == "i" else pl.String
    columns = {ID: pl.Series(ID, ids.ids.tolist(), dtype=kind)}
    for name in () if table is None else table.columns:
        whole = pd.api.types.is_integer_dtype(table[name].dtype)
        values = [None if pd.isna(value) else value for value in table[name].tolist()]
        columns[name] = pl.Series(name, values, dtype=pl.Int64 if whole else pl.String)
    return pl.DataFrame(list(columns.values()))


def _encoder(table: pl.DataFrame) -> IdEncoder:
    ids = table[ID]
    return IdEncoder(ids.to_numpy() if ids.dtype == pl.Int64 else np.array(ids.to_list(), dtype=object))


def _frame(table: pl.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({column.name: _values(column) for column in table.get_columns() if column.name != ID})


def _values(column: pl.Series) -> Any:
    values = column.to_list()
    return pd.array(values, dtype="Int64") if column.dtype == pl.Int64 else values


def _folds(ratings: Ratings) -> pl.DataFrame:
    frames = [pl.DataFrame({"fold": [name] * len(rows), "row": rows}) for name, rows in ratings.folds.items()]
    return pl.concat(frames) if frames else pl.DataFrame(schema={"fold": pl.String, "row": pl.Int64})


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _forget_oldest(parsed: Path) -> None:
    """Remove the copies beyond KEPT that were used longest ago."""
    copies = sorted(parsed.glob(f"*/{ABOUT}"), key=lambda about: about.stat().st_mtime, reverse=True)
    for about in copies[KEPT:]:
        shutil.rmtree(about.parent, ignore_errors=True)
