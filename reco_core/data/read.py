"""Files and a plan -> Ratings, with the account of every line. What parses is loaded here, and only where needed."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import polars as pl

from reco_core.data import item_tables
from reco_core.data.catalogue import recognise
from reco_core.data.files import FOLDS, Files
from reco_core.data.folds import pairs_of, rows_of_pairs
from reco_core.data.reading import side_tables, sources
from reco_core.data.reading.plan import Plan
from reco_core.data.reading.refusals import with_texts
from reco_core.data.reading.rows import Rows, rows_of
from reco_core.data.reading.text_pieces import Tally
from reco_core.encode import IdEncoder, RatingScale
from reco_core.errors import DataError
from reco_core.ratings import Quality, Ratings, Source

WHOLE_STARS = RatingScale(1.0, 5.0, 1.0)
HALF_STARS = RatingScale(0.5, 5.0, 0.5)
SCALES = {"ml-100k": (WHOLE_STARS,), "ml-dat": (WHOLE_STARS, HALF_STARS), "ml-csv": (WHOLE_STARS, HALF_STARS)}


def read(files: Files, plan: Plan, notes: Sequence[str] = ()) -> Ratings:
    """The ratings of a folder, zip or table, read as planned. Raises DataError in one sentence.

    They have no name yet; their source has a title only where MovieLens data is recognised. Every line of the file is
    accounted for, or none is read.
    """
    tally = Tally()
    rows = rows_of(sources.batches(files, plan, tally=tally), plan, SCALES.get(plan.form, ()))
    quality = quality_of(rows, plan, tally.lines)
    if not quality.adds_up(len(rows.rating)):
        raise DataError(f"{plan.file} cannot be read: its lines do not add up ({quality}, {len(rows.rating)} ratings).")
    folds = _folds(files, plan, rows)
    items, users = _items(files, plan, rows), _users(files, plan, rows)
    return Ratings(
        name="",
        user_index=rows.user_index,
        item_index=rows.item_index,
        rating=rows.rating,
        timestamp=rows.timestamp,
        users=rows.users,
        items=rows.items,
        scale=rows.scale,
        item_table=item_tables.aligned_items(items, rows.items.ids),
        user_table=item_tables.aligned_users(users, rows.users.ids),
        source=_source(plan, rows, (*notes, *notes_of(rows))),
        folds=folds,
        quality=quality,
        refused=_refused(files, plan, rows),
    )


def quality_of(rows: Rows, plan: Plan, lines: int) -> Quality:
    """The account of the lines of a plan's file."""
    header = 0 if plan.form in ("json", "parquet") else min(plan.skip + plan.header, lines)
    return Quality(
        lines=lines,
        header=header,
        empty=rows.account.empty,
        further=rows.account.further,
        refused=dict(sorted(rows.account.why.items())),
        duplicates=rows.account.duplicates,
        filtered=rows.account.filtered,
        short=rows.account.short,
        surplus=rows.account.surplus,
    )


def notes_of(rows: Rows) -> list[str]:
    """What is to be said of rows that were read, in sentences."""
    said = []
    if rows.account.without_time and rows.account.with_time:
        total = rows.account.without_time + rows.account.with_time
        said.append(f"{rows.account.without_time:,} of {total:,} rows have no timestamp, so times are not used.")
    if rows.account.short:
        said.append(f"{rows.account.short:,} lines end before their last column.")
    if rows.account.surplus:
        said.append(f"{rows.account.surplus:,} lines have blank cells beyond the last column.")
    if (rows.rating == rows.rating[0]).all():
        said.append("Every rating is the same, so only models that rank can learn from them.")
    return said


def _source(plan: Plan, rows: Rows, notes: Sequence[str]) -> Source:
    """Licence and citation of recognised MovieLens data, and what a user should know about the reading."""
    known = recognise(len(rows.rating), len(rows.users), len(rows.items)) if plan.form in SCALES else None
    source = known.source if known else Source(title="")
    return Source(source.title, source.licence, source.citation, source.url, " ".join(notes))


def _whole(ids: IdEncoder) -> bool:
    return ids.ids.dtype.kind == "i"


def _items(files: Files, plan: Plan, rows: Rows) -> pl.DataFrame | None:
    """What the source says of its items, as text by id."""
    if plan.form == "ml-100k":
        return item_tables.from_u_item(files) if "u.item" in files.names else None
    if plan.form == "ml-dat":
        return item_tables.from_movies_dat(files) if "movies.dat" in files.names else None
    if plan.form == "ml-csv":
        return item_tables.from_movies_csv(files)
    beside = side_tables.columns_beside(files, plan, _whole(rows.items))
    if len(files.names) < 2:
        return beside
    others = side_tables.tables_beside(files, plan, rows.items.ids.tolist(), _whole(rows.items))
    return others if beside is None else beside if others is None else side_tables.joined(beside, others)


def _users(files: Files, plan: Plan, rows: Rows) -> pl.DataFrame | None:
    """What the source says of its users, as text by id."""
    if plan.form == "ml-100k":
        return item_tables.from_u_user(files) if "u.user" in files.names else None
    if plan.form == "ml-dat":
        return item_tables.from_users_dat(files) if "users.dat" in files.names else None
    if plan.form == "ml-csv" or len(files.names) < 2:
        return None
    return side_tables.users_beside(files, plan, rows.users.ids.tolist(), _whole(rows.users))


def _folds(files: Files, plan: Plan, rows: Rows) -> dict:
    """Test rows of the folds that MovieLens 100K gives."""
    if plan.form != "ml-100k":
        return {}
    tests = [file for file in FOLDS if file.endswith(".test") and file in files.names]
    found = {}
    for file in tests:
        test, _ = rows_of_pairs(rows, pairs_of(files, plan.changed(file=file)))
        if 0 < len(test) < len(rows.rating):
            found[file.removesuffix(".test")] = test
    return found


def _refused(files: Files, plan: Plan, rows: Rows) -> pd.DataFrame | None:
    """The lines that were refused, with their text."""
    if not rows.account.refused:
        return None
    lines = with_texts(files, plan, rows.account.refused)
    return pd.DataFrame({name: [getattr(one, name) for one in lines] for name in ("line", "reason", "text")})
