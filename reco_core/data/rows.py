"""Rating rows of a table: user, item, rating, timestamp; typed at once where clean, value by value where not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from reco_core.data.files import Files
from reco_core.data.tables import CHUNK, Kind, Layout, Unreadable, chunks, parse, sniff, without_header
from reco_core.errors import DataError

# Header names, in lower case and without spaces, dashes and underscores.
NAMES: dict[str, set[str]] = {
    meaning: set(names.split())
    for meaning, names in {
        "user": "user userid uid users customer customerid reviewer reviewerid",
        "item": "item itemid iid items movie movieid film filmid book bookid isbn product productid asin song songid"
        " track trackid artist artistid game gameid anime animeid",
        "rating": "rating ratings stars score rate bookrating overall userrating",
        "timestamp": "timestamp time date datetime unixtime unixreviewtime ratedat ts",
        "title": "title itemtitle movietitle filmtitle name itemname moviename",
        "year": "year releaseyear",
        "genres": "genres genre categories category",
    }.items()
}
NEEDED = ("user", "item", "rating")
TIMES = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.fZ", "%Y-%m-%d %H:%M")
DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y")
FINER = 10**11  # timestamps above this many seconds (year 5138) are in milliseconds or finer
YEARS = (-2_208_988_800, 7_258_118_400)  # 1900 and 2200 in seconds since 1970
WHOLE = r"^-?(0|[1-9]\d{0,17})(\.0+)?$"
NULLS = ("", "na", "nan", "null", "none", "n/a", "\\n")


@dataclass(frozen=True)
class Columns:
    """Position of each column by its meaning (user, item, rating, perhaps timestamp, title, year, genres)."""

    at: dict[str, int]

    @classmethod
    def of(cls, layout: Layout, name: str) -> Columns:
        """By the header's names; without a header user, item, rating, timestamp. Raises DataError."""
        if layout.header is None:
            if layout.width < len(NEEDED):
                raise DataError(
                    f"A table without a header needs the columns user, item, rating and optionally timestamp;"
                    f" {name} has {layout.width}."
                )
            return cls({meaning: at for at, meaning in enumerate((*NEEDED, "timestamp")[: layout.width])})
        found: dict[str, int] = {}
        for at, cell in enumerate(layout.header):
            plain = "".join(mark for mark in cell.lower() if mark.isalnum())
            meaning = next((m for m, names in NAMES.items() if plain in names), None)
            if meaning:
                found.setdefault(meaning, at)
        missing = [meaning for meaning in NEEDED if meaning not in found]
        if missing:
            raise DataError(
                f"A table of ratings needs the columns user, item and rating (timestamp, title, year and genres are"
                f" optional); {name} has no {' and no '.join(missing)} among: {', '.join(layout.header)[:200]}."
            )
        return cls(found)


def read_rows(files: Files, name: str, layout: Layout | None = None) -> pl.DataFrame:
    """All rows as user and item (Int32, Int64 or String), rating (Float32), timestamp (Int64); nulls where missing.

    Three ways, each only where the one before does not fit: typed by polars; value by value with ids that are whole
    numbers; value by value with ids that are text.
    """
    layout = layout or layout_of(files, name)
    columns = Columns.of(layout, name)
    reason: DataError | None = None
    ways = (_typed, _whole_ids, _text_ids)
    for way in ways[1 if _has_leading_zeros(files, name, layout, columns) else 0 :]:
        try:
            frames = [way(piece, layout, columns) for piece in _pieces(files, name, layout)]
        except Unreadable as error:
            reason = error
            continue
        frame = pl.concat(frames, how="vertical_relaxed") if frames else pl.DataFrame()
        if frame.is_empty():
            raise DataError(f"A dataset needs at least one rating; {name} has none.")
        return _in_seconds(frame)
    raise DataError(f"{name} cannot be read as a table of ratings: {reason}") from reason


def layout_of(files: Files, name: str) -> Layout:
    """The layout that the head of a file shows. Raises DataError."""
    with files.open(name) as stream:
        head = next(chunks(stream, 256 * 1024), b"")
    if not head.strip():
        raise DataError(f"A table needs at least one line; {name} is empty.")
    return sniff(head)


def _pieces(files: Files, name: str, layout: Layout) -> Iterator[bytes]:
    with files.open(name) as stream:
        for at, piece in enumerate(chunks(stream, CHUNK)):
            text = without_header(piece) if at == 0 and layout.header else piece
            if text[:4096].strip() or text.strip():
                yield text


def _has_leading_zeros(files: Files, name: str, layout: Layout, columns: Columns) -> bool:
    """Whether an id in the head of the file starts with a 0 that its number would lose."""
    with files.open(name) as stream:
        head = next(chunks(stream, 1024**2), b"")
    text = without_header(head) if layout.header else head
    if not text.strip():
        return False
    try:
        ids = parse(text, layout, [columns.at["user"], columns.at["item"]], [pl.String] * 2)
    except Unreadable:
        return False
    return any(ids.get_column(name).str.contains(r"^\s*0\d").any() for name in ids.columns)


def _typed(piece: bytes, layout: Layout, columns: Columns) -> pl.DataFrame:
    kinds: dict[str, Kind] = {"user": pl.Int64, "item": pl.Int64, "rating": pl.Float32, "timestamp": pl.Int64}
    meanings = [meaning for meaning in kinds if meaning in columns.at]
    frame = parse(piece, layout, [columns.at[m] for m in meanings], [kinds[m] for m in meanings])
    frame = _complete(frame.rename(dict(zip(frame.columns, meanings, strict=True))))
    return frame.with_columns(_small(frame["user"]), _small(frame["item"]))


def _whole_ids(piece: bytes, layout: Layout, columns: Columns) -> pl.DataFrame:
    frame = _text_ids(piece, layout, columns)
    for name in ("user", "item"):
        if not frame[name].drop_nulls().str.contains(WHOLE).all():
            raise Unreadable("Ids must be whole numbers.")
    whole = [pl.col(name).str.replace(r"\.0+$", "").cast(pl.Int64) for name in ("user", "item")]
    return frame.with_columns(whole)


def _text_ids(piece: bytes, layout: Layout, columns: Columns) -> pl.DataFrame:
    meanings = [meaning for meaning in (*NEEDED, "timestamp") if meaning in columns.at]
    frame = parse(piece, layout, [columns.at[m] for m in meanings], [pl.String] * len(meanings))
    frame = _complete(frame.rename(dict(zip(frame.columns, meanings, strict=True))))
    text = [pl.col(name).cast(pl.String).str.strip_chars() for name in frame.columns]
    frame = frame.with_columns(text)
    frame = frame.with_columns(
        pl.when(pl.col(name).str.to_lowercase().is_in(NULLS)).then(None).otherwise(pl.col(name)).alias(name)
        for name in frame.columns
    )
    rating = pl.col("rating").str.replace(",", ".", literal=True).cast(pl.Float32, strict=False)
    return frame.with_columns(rating, _seconds("timestamp"))


def _complete(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame without blank lines, with a timestamp column."""
    if "timestamp" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.Int64).alias("timestamp"))
    if sum(frame[name].null_count() for name in NEEDED) == 0:
        return frame
    return frame.filter(~pl.all_horizontal(pl.all().is_null()))


def _small(ids: pl.Series) -> pl.Series:
    """Int32 where the ids fit: a third of the memory of 20 million rows."""
    low, high = _range(ids)
    fits = low is not None and high is not None and low >= -(2**31) and high < 2**31
    return ids.cast(pl.Int32) if fits else ids


def _range(numbers: pl.Series) -> tuple[Any, Any]:
    """Smallest and largest number; None where there is none."""
    return numbers.min(), numbers.max()


def _seconds(name: str) -> pl.Expr:
    """Text of a number or of a date and time (UTC) as whole seconds since 1970."""
    text = pl.col(name)
    number = text.cast(pl.Float64, strict=False)
    times = [text.str.to_datetime(form, strict=False, time_unit="ms") for form in TIMES]
    days = [text.str.to_date(form, strict=False).cast(pl.Datetime("ms")) for form in DAYS]
    exact = text.cast(pl.Int64, strict=False)
    finite = pl.when(number.is_finite() & (number.abs() < 1e17)).then(number).floor().cast(pl.Int64, strict=False)
    return pl.coalesce(exact, finite, pl.coalesce(*times, *days).dt.epoch("s")).alias(name)


def _in_seconds(frame: pl.DataFrame) -> pl.DataFrame:
    """Timestamps in milliseconds or finer brought to seconds; null where they are in no year from 1900 to 2200."""
    middle: Any = frame["timestamp"].drop_nulls().head(1_000).median()
    while middle is not None and middle > FINER:
        frame, middle = frame.with_columns(pl.col("timestamp") // 1000), middle / 1000
    low, high = _range(frame["timestamp"])
    if low is None or (low >= YEARS[0] and high <= YEARS[1]):
        return frame
    return frame.with_columns(pl.when(pl.col("timestamp").is_between(*YEARS)).then(pl.col("timestamp")))
