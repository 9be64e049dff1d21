"""Tables beside the ratings -> what they say of items and users, as text; joined by the column whose ids fit."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from reco_core.data.files import Files
from reco_core.data.reading import roles, sources
from reco_core.data.reading.dialect import Dialect
from reco_core.data.reading.guess import guess
from reco_core.data.reading.lines import lines
from reco_core.data.reading.plan import Plan, Role
from reco_core.data.reading.records import records
from reco_core.data.reading.text_pieces import pieces
from reco_core.data.reading.values import id_text
from reco_core.errors import DataError

ABOUT: tuple[Role, ...] = ("title", "year", "genres", "image")
OUTSIDE = {"tmdbid": "tmdb_id", "imdbid": "imdb_id"}  # ids of others' catalogues
KEYS = ("id", "itemid", "movieid", "bookid", "isbn", "productid", "asin", "parentasin")
MOST_TABLES = 20
LARGEST = 1024**3  # bytes of a table of items
FITTING = 0.2  # share of the items that a table must know to be theirs


def text_table(files: Files, name: str, dialect: Dialect, encoding: str = "cp1252", skip: int = 0) -> pl.DataFrame:
    """A whole small table as text, columns "0", "1", ...; UTF-8 where its bytes are, else the given encoding."""
    content = files.read(name)
    try:
        content.decode()
        encoding = "utf-8"
    except UnicodeDecodeError:
        pass
    with files.open(name) as stream:
        batches = list(records(lines(stream, encoding), dialect, skip))
    parts = [batch.table for batch in batches if batch.table.num_rows]
    names = [str(at) for at in range(dialect.width)]
    if not parts:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    return _blank_is_null(pl.concat([_frame(part) for part in parts]))


def named_table(files: Files, name: str) -> pl.DataFrame | None:
    """A whole table with a header, read as its own lines show; None for what is none."""
    try:
        plan = guess(files, {"file": name, "form": "table"}).plan
        if not plan.header or files.size(name) > LARGEST:
            return None
        names = sources.column_names(files, plan)
        skip = plan.skip + plan.header
        dialect = sources.dialect_of(plan, len(names))
        parts = [_frame(batch.table) for batch in records(pieces(files, plan), dialect, skip) if batch.table.num_rows]
    except DataError:
        return None
    if not parts:
        return None
    table = pl.concat(parts)
    table.columns = names
    return _blank_is_null(table)


def columns_beside(files: Files, plan: Plan, whole: bool) -> pl.DataFrame | None:
    """What the ratings' own table says of each item: its first title, year, genres and image; None where nothing."""
    wanted = [role for role in ABOUT if role in plan.columns]
    if not wanted or plan.form in ("wide", "blocks"):
        return None
    parts = []
    for batch in sources.batches(files, plan, roles=("item", *wanted)):
        if batch.table.num_rows:
            parts.append(_first_of_each(_keyed(_frame(batch.table), "item", whole), "item"))
    return _first_of_each(pl.concat(parts), "item") if parts else None


def tables_beside(files: Files, plan: Plan, ids: Sequence[object], whole: bool) -> pl.DataFrame | None:
    """What the other tables of a folder or zip say of the items with these ids; None where nothing.

    A table is joined by the column whose values are ids of items; one that goes by the ids of The Movie Database is
    joined by what a table of links says.
    """
    known = {str(one) for one in ids}
    found: pl.DataFrame | None = None
    others = [name for name in files.names[:MOST_TABLES] if name != plan.file]
    for name in sorted(others, key=lambda name: "link" not in name.lower()):
        table = named_table(files, name)
        part = None if table is None else _about(table, known, whole, found)
        if part is not None:
            found = part if found is None else joined(found, part)
    return found


def users_beside(files: Files, plan: Plan, ids: Sequence[object], whole: bool) -> pl.DataFrame | None:
    """What another table says of the users with these ids, all of its columns; None where nothing."""
    known = {str(one) for one in ids}
    for name in files.names[:MOST_TABLES]:
        stem = name.lower()
        if name == plan.file or "user" not in stem:
            continue
        table = named_table(files, name)
        named = {} if table is None else roles.by_name(table.columns, ("user", "item"))
        if table is None or "user" not in named or "item" in named:
            continue
        table = _keyed(table, named["user"], whole)
        if len(known & set(table[named["user"]].to_list())) >= FITTING * len(known):
            return table.rename({named["user"]: "user"} if named["user"] != "user" else {})
    return None


def _about(table: pl.DataFrame, known: set[str], whole: bool, links: pl.DataFrame | None) -> pl.DataFrame | None:
    """The part of a table that is about the items, by "item"; None where it has nothing of them."""
    named = roles.by_name(table.columns, ("user", "item", "rating", *ABOUT))
    outside = {column: OUTSIDE[plain] for column in table.columns if (plain := roles.plain(column)) in OUTSIDE}
    about = {named[role]: role for role in ABOUT if role in named}
    if "user" in named or not (about or outside):
        return None
    if {"id", "imdb_id"} <= set(table.columns) and links is not None and "tmdb_id" in links.columns:
        table = _keyed(table, "id", True)
        keys = links.select("item", pl.col("tmdb_id").map_elements(id_text, return_dtype=pl.String))
        table = keys.join(table.unique("id", keep="first"), left_on="tmdb_id", right_on="id", how="inner")
        key = "item"
    else:
        candidates = [column for column in table.columns if column == named.get("item") or roles.plain(column) in KEYS]
        fitting = _fitting(table, candidates, known, whole)
        if fitting is None:
            return None
        key, table = fitting, _keyed(table, fitting, whole)
    renamed = {key: "item"} | {column: role for column, role in (about | outside).items() if column != key}
    table = table.select(pl.col(column).alias(name) for column, name in renamed.items())
    return _first_of_each(table.filter(pl.col("item").is_in(list(known))), "item")


def _fitting(table: pl.DataFrame, columns: Sequence[str], known: set[str], whole: bool) -> str | None:
    """The column that holds most of the known ids, if enough."""
    shares = [
        (len(known & set(_keyed(table, column, whole)[column].to_list())), column) for column in dict.fromkeys(columns)
    ]
    best = max(shares, default=(0, ""))
    return best[1] if best[0] >= max(1, FITTING * len(known)) else None


def _keyed(table: pl.DataFrame, key: str, whole: bool) -> pl.DataFrame:
    """The table with its key as the encoder of ids writes it, without rows that have none."""
    column = pl.col(key)
    if whole:
        column = column.str.strip_chars().str.replace(r"^(-?\d+)\.0+$", "$1")
    return table.with_columns(column.alias(key)).filter(pl.col(key).is_not_null() & (pl.col(key) != ""))


def _first_of_each(table: pl.DataFrame, key: str) -> pl.DataFrame:
    """One row of each key, with the first value of each column that is there."""
    others = [name for name in table.columns if name != key]
    filled = [pl.col(name).filter(pl.col(name).str.strip_chars() != "").first().alias(name) for name in others]
    return table.group_by(key, maintain_order=True).agg(filled)


def joined(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Both, where the left has nothing to say the right."""
    both = left.join(right, on="item", how="full", coalesce=True, suffix="#right")
    twice = [name for name in right.columns if name != "item" and name in left.columns]
    whole = both.with_columns(pl.coalesce(name, f"{name}#right").alias(name) for name in twice)
    return whole.drop(f"{name}#right" for name in twice)


def _frame(table: object) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _blank_is_null(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in table.columns)
