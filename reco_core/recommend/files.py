"""Everybody's list as a file, CSV or Parquet."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np

from reco_core.errors import SettingsError
from reco_core.ratings import Ratings
from reco_core.recommend.batch import Block
from reco_core.spreadsheet import harmless
from reco_core.storage import write_whole

KINDS = (".parquet", ".csv")
MOST_ROWS = 50_000_000


def check_target(path: Path, ratings: Ratings, k: int) -> None:
    """Raises SettingsError where no file of that name or size is written."""
    if path.suffix.lower() not in KINDS:
        raise SettingsError(f"--out must end in {' or '.join(KINDS)}; got {path.name}.")
    if not path.parent.is_dir():
        raise SettingsError(f"--out must be in an existing folder; got {path}.")
    if ratings.n_users * k > MOST_ROWS:
        raise SettingsError(
            f"A file holds at most {MOST_ROWS:,} rows; {ratings.n_users:,} users with {k} items each have more."
        )


def write_lists(
    path: Path,
    ratings: Ratings,
    blocks: Iterable[Block],
    in_stars: bool,
    progress: Callable[[int], None] = lambda users: None,
) -> int:
    """Rows written: one per user and item, as user, rank, item, title, year and stars (within the scale) or score.

    Years are there only where the dataset has some.

    The file appears under its name when it is whole. progress is told the users done, block by block. In CSV, text that
    a spreadsheet would read as a formula gets a leading apostrophe.
    """
    import polars as pl

    users, ranks, items, scores, done = [], [], [], [], 0
    for block in blocks:
        row, place = np.nonzero(block.item_index >= 0)
        users.append(block.user_index[row].astype(np.int32))
        ranks.append((place + 1).astype(np.int32))
        items.append(block.item_index[row, place].astype(np.int32))
        scores.append(block.score[row, place])
        done += len(block.user_index)
        progress(done)
    item, score = np.concatenate(items), np.concatenate(scores)
    as_csv = path.suffix.lower() == ".csv"
    title = pl.Series([_plain(text, as_csv) for text in ratings.item_table["title"]], dtype=pl.String)
    year = pl.Series([None if value != value else int(value) for value in _years(ratings)], dtype=pl.Int32)
    table = pl.DataFrame(
        {
            "user": _ids(ratings.users.ids, as_csv).gather(np.concatenate(users)),
            "rank": np.concatenate(ranks),
            "item": _ids(ratings.items.ids, as_csv).gather(item),
            "title": title.gather(item),
            **({"year": year.gather(item)} if ratings.has_years else {}),
            "stars" if in_stars else "score": ratings.scale.clip(score) if in_stars else score,
        }
    )
    write_whole(path, lambda file: _written(table.write_csv if as_csv else table.write_parquet, file))
    return len(table)


def _written(write: Callable[[IO[bytes]], None], file: IO[bytes]) -> None:
    """polars tells what the system said in words, "(os error 28)", and by other errors than Python's: as an OSError."""
    try:
        write(file)
    except Exception as error:
        if said := re.search(r"\(os error (\d+)\)", str(error)):
            code = int(said[1])
            raise OSError(code, os.strerror(code)) from error
        raise


def _ids(ids: np.ndarray, as_csv: bool) -> Any:
    import polars as pl

    return pl.Series(ids) if ids.dtype.kind == "i" else pl.Series([_plain(raw, as_csv) for raw in ids], dtype=pl.String)


def _years(ratings: Ratings) -> np.ndarray:
    return ratings.item_table["year"].astype("Float64").to_numpy(np.float64, na_value=np.nan)


def _plain(text: object, as_csv: bool) -> str:
    text = str(text)
    return harmless(text) if as_csv else text
