"""Datasets in the formats of MovieLens, and tables of one's own -> Ratings: one function per format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import polars as pl

from reco_core.data import item_tables
from reco_core.data.catalogue import recognise
from reco_core.data.cleaning import Clean, clean
from reco_core.data.files import FOLDS, TABLES, Files
from reco_core.data.folds import rows_of_pairs
from reco_core.data.rows import NEEDED, Columns, layout_of, read_rows
from reco_core.data.tables import Layout, read_text
from reco_core.encode import RatingScale
from reco_core.errors import DataError
from reco_core.ratings import Ratings, Source

WHOLE_STARS = RatingScale(1.0, 5.0, 1.0)
HALF_STARS = RatingScale(0.5, 5.0, 0.5)
MOVIELENS = (WHOLE_STARS, HALF_STARS)


@dataclass(frozen=True)
class Tables:
    """What a format holds: rating rows; items and users as text by id, where it has them; test pairs of its folds."""

    rows: pl.DataFrame
    scales: tuple[RatingScale, ...] = ()
    items: pl.DataFrame | None = None
    users: pl.DataFrame | None = None
    folds: dict[str, pl.DataFrame] = field(default_factory=dict)


def read(files: Files) -> Ratings:
    """The ratings of a folder, zip or table, in whichever format it is. Raises DataError in one sentence.

    They have no name yet; their source has a title only where MovieLens data is recognised.
    """
    return _assemble(_format(files)(files))


def read_movielens_100k(files: Files) -> Tables:
    """u.data, with u.item (Latin-1), u.genre, u.user and the test files of the folds u1..u5, ua, ub where present."""
    pairs = Layout("\t", None, 4)
    tests = [file for file in FOLDS if file.endswith(".test") and file in files.names]
    return Tables(
        rows=read_rows(files, "u.data", pairs),
        scales=(WHOLE_STARS,),
        items=item_tables.from_u_item(files) if "u.item" in files.names else None,
        users=item_tables.from_u_user(files) if "u.user" in files.names else None,
        folds={file.removesuffix(".test"): read_rows(files, file, pairs) for file in tests},
    )


def read_movielens_dat(files: Files) -> Tables:
    """ratings.dat, movies.dat, users.dat and tags.dat of 1M and 10M, whose separator is "::"."""
    return Tables(
        rows=read_rows(files, "ratings.dat", Layout("::", None, 4)),
        scales=MOVIELENS,
        items=item_tables.from_movies_dat(files) if "movies.dat" in files.names else None,
        users=item_tables.from_users_dat(files) if "users.dat" in files.names else None,
    )


def read_movielens_csv(files: Files) -> Tables:
    """ratings.csv, movies.csv, links.csv and tags.csv of latest-small, 20M, 25M and 32M."""
    return Tables(rows=read_rows(files, "ratings.csv"), scales=MOVIELENS, items=item_tables.from_movies_csv(files))


def read_table(files: Files) -> Tables:
    """One CSV or TSV of one's own: columns by header, or user, item, rating, timestamp by position."""
    name = _table_name(files)
    layout = layout_of(files, name)
    columns = Columns.of(layout, name)
    rows = read_rows(files, name, layout)
    if not {"title", "year", "genres"} & set(columns.at):
        return Tables(rows)
    with files.open(name) as stream:
        text = read_text(stream, layout)
    text = text.select(pl.col(text.columns[at]).alias(meaning) for meaning, at in columns.at.items())
    return Tables(rows, items=item_tables.from_own_columns(text))


def _format(files: Files) -> Callable[[Files], Tables]:
    """The reader of what is there."""
    if "u.data" in files.names:
        return read_movielens_100k
    if "ratings.dat" in files.names:
        return read_movielens_dat
    if {"ratings.csv", "movies.csv"} <= set(files.names):
        return read_movielens_csv
    return read_table


def _table_name(files: Files) -> str:
    """The only table there is, or the only one with the columns of ratings."""
    tables = [name for name in files.names if name.lower().endswith(TABLES)] or list(files.names)
    if len(tables) > 1:
        tables = [name for name in tables if _holds_ratings(files, name)]
    if len(tables) == 1:
        return tables[0]
    found = ", ".join(files.names[:8]) or "no table"
    raise DataError(
        "A dataset needs u.data, ratings.dat, ratings.csv or one table (.csv, .tsv) with user, item and rating;"
        f" {files.path.name} has {found}."
    )


def _holds_ratings(files: Files, name: str) -> bool:
    try:
        return set(NEEDED) <= set(Columns.of(layout_of(files, name), name).at)
    except DataError:
        return False


def _assemble(tables: Tables) -> Ratings:
    """Ratings of the tables, items and users aligned to the encoders."""
    rows = clean(tables.rows, tables.scales)
    folds = {fold: rows_of_pairs(rows, pairs)[0] for fold, pairs in tables.folds.items()}
    return Ratings(
        name="",
        user_index=rows.user_index,
        item_index=rows.item_index,
        rating=rows.rating,
        timestamp=rows.timestamp,
        users=rows.users,
        items=rows.items,
        scale=rows.scale,
        item_table=item_tables.aligned_items(tables.items, rows.items.ids),
        user_table=item_tables.aligned_users(tables.users, rows.users.ids),
        source=_source(tables, rows),
        folds={fold: test for fold, test in folds.items() if 0 < len(test) < len(rows.rating)},
        quality=rows.quality,
    )


def _source(tables: Tables, rows: Clean) -> Source:
    """Licence and citation of recognised MovieLens data, and what a user should know about the times."""
    sizes = (len(rows.rating), len(rows.users), len(rows.items))
    entry = recognise(*sizes) if tables.scales else None
    source = entry.source if entry else Source(title="")
    without = tables.rows["timestamp"].null_count()
    if rows.timestamp is not None or without == tables.rows.height:
        return source
    notes = f"{without:,} of {tables.rows.height:,} rows have no timestamp, so times are not used."
    return replace(source, notes=notes)
