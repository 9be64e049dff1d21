"""What a source says of its items and users -> tables with one row per index."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import polars as pl

from reco_core.data.files import Files
from reco_core.data.tables import Layout, read_text
from reco_core.data.titles import article_first, split_title

NO_GENRES = ("(no genres listed)", "unknown", "")
GENRES_100K = (
    "unknown|Action|Adventure|Animation|Children's|Comedy|Crime|Documentary|Drama|Fantasy|Film-Noir|Horror|Musical|"
    "Mystery|Romance|Sci-Fi|Thriller|War|Western"
)
OCCUPATIONS_1M = (
    "other|academic/educator|artist|clerical/admin|college/grad student|customer service|doctor/health care|"
    "executive/managerial|farmer|homemaker|K-12 student|lawyer|programmer|retired|sales/marketing|scientist|"
    "self-employed|technician/engineer|tradesman/craftsman|unemployed|writer"
)
TAGS_SHOWN = 5


def from_u_item(files: Files) -> pl.DataFrame:
    """Items of MovieLens 100K: id|title|release|video|url|one 0/1 flag per genre of u.genre."""
    genres = GENRES_100K.split("|")
    if "u.genre" in files.names:
        listed = read_text_of(files, "u.genre", Layout("|", None, 2))
        genres = [str(name) for name in listed["0"].to_list()] or genres
    table = read_text_of(files, "u.item", Layout("|", None, 5 + len(genres)))
    flags = table.select(table.columns[5:]).to_numpy() == "1"
    names = np.array(genres, dtype=object)
    return pl.DataFrame({"item": table["0"], "title": table["1"], "genres": ["|".join(names[row]) for row in flags]})


def from_u_user(files: Files) -> pl.DataFrame:
    """Users of MovieLens 100K: id|age|gender|occupation|zip code."""
    table = read_text_of(files, "u.user", Layout("|", None, 5))
    table.columns = ["user", "age", "gender", "occupation", "zip_code"]
    return table.with_columns(pl.col("age").cast(pl.Int64, strict=False))


def from_movies_dat(files: Files) -> pl.DataFrame:
    """Items of MovieLens 1M and 10M: id::title::genres; 10M has tags too."""
    table = read_text_of(files, "movies.dat", Layout("::", None, 3))
    table.columns = ["item", "title", "genres"]
    if "tags.dat" not in files.names:
        return table
    tags = read_text_of(files, "tags.dat", Layout("::", None, 4))
    return table.join(_common_tags(tags["1"], tags["2"]), on="item", how="left", maintain_order="left")


def from_users_dat(files: Files) -> pl.DataFrame:
    """Users of MovieLens 1M: id::gender::age::occupation::zip code; age is the first year of a band."""
    table = read_text_of(files, "users.dat", Layout("::", None, 5))
    table.columns = ["user", "gender", "age", "occupation", "zip_code"]
    jobs = {str(code): name for code, name in enumerate(OCCUPATIONS_1M.split("|"))}
    return table.with_columns(pl.col("age").cast(pl.Int64, strict=False), pl.col("occupation").replace(jobs)).select(
        "user", "age", "gender", "occupation", "zip_code"
    )


def from_movies_csv(files: Files) -> pl.DataFrame:
    """Items of latest-small, 20M, 25M and 32M: movies.csv, with links.csv and tags.csv where present."""
    table = _named(read_text_of(files, "movies.csv"), {"movieId": "item", "title": "title", "genres": "genres"})
    if "links.csv" in files.names:
        wanted = {"movieId": "item", "imdbId": "imdb_id", "tmdbId": "tmdb_id"}
        links = _named(read_text_of(files, "links.csv"), wanted).unique("item", keep="first")
        table = table.join(links, on="item", how="left", maintain_order="left")
    if "tags.csv" in files.names:
        tags = _named(read_text_of(files, "tags.csv"), {"movieId": "item", "tag": "tag"})
        table = table.join(_common_tags(tags["item"], tags["tag"]), on="item", how="left", maintain_order="left")
    return table


def from_own_columns(text: pl.DataFrame) -> pl.DataFrame:
    """Items of a table of one's own: the first title, year and genres that each item has."""
    wanted = [name for name in ("title", "year", "genres") if name in text.columns]
    table = text.with_columns(pl.col("item").str.strip_chars().str.replace(r"^(-?\d+)\.0+$", "$1"))
    return table.group_by("item", maintain_order=True).agg(pl.col(name).drop_nulls().first() for name in wanted)


def read_text_of(files: Files, name: str, layout: Layout | None = None) -> pl.DataFrame:
    """A whole small table of the dataset as text."""
    with files.open(name) as stream:
        return read_text(stream, layout)


def aligned_items(items: pl.DataFrame | None, ids: np.ndarray) -> pd.DataFrame:
    """The item table [n_items] of Ratings: title, year, genres, tmdb_id, imdb_id, and tags where there are any."""
    table = _aligned(items, "item", ids)
    titles, years = _titles(table, ids)
    columns = {
        "title": titles,
        "year": pd.array(years, dtype="Int64"),
        "genres": [_genres(text) for text in _column(table, "genres")],
        "tmdb_id": pd.array([_whole(text) for text in _column(table, "tmdb_id")], dtype="Int64"),
        "imdb_id": [f"tt{text.strip():0>7}" if text and text.strip() else "" for text in _column(table, "imdb_id")],
    }
    if "tags" in table.columns:
        columns["tags"] = [text or "" for text in _column(table, "tags")]
    return pd.DataFrame(columns)


def aligned_users(users: pl.DataFrame | None, ids: np.ndarray) -> pd.DataFrame | None:
    """The user table [n_users] of Ratings, or None."""
    if users is None:
        return None
    table = _aligned(users, "user", ids)
    columns = {name: _column(table, name) for name in table.columns if name != "user"}
    return pd.DataFrame(
        {name: pd.array(values, dtype="Int64") if name == "age" else values for name, values in columns.items()}
    )


def _aligned(table: pl.DataFrame | None, key: str, ids: np.ndarray) -> pl.DataFrame:
    """The table's rows in the order of the ids; empty rows where it has none."""
    wanted = pl.DataFrame({key: [str(one) for one in ids]}, schema={key: pl.String})
    if table is None:
        return wanted
    table = table.with_columns(pl.col(key).str.strip_chars()).unique(key, keep="first")
    return wanted.join(table, on=key, how="left", maintain_order="left")


def _column(table: pl.DataFrame, name: str) -> list:
    return table[name].to_list() if name in table.columns else [None] * table.height


def _titles(table: pl.DataFrame, ids: np.ndarray) -> tuple[list[str], list[int | None]]:
    """Titles (the id where there is none) and years; a column of years stands before the year in a title."""
    titles: list[str] = []
    years: list[int | None] = []
    for text, given, one in zip(_column(table, "title"), _column(table, "year"), ids, strict=True):
        year = _whole(given)
        title, own_year = split_title(text or "") if year is None else (article_first((text or "").strip()), None)
        titles.append(title or f"Item {one}")
        years.append(own_year if year is None else year)
    return titles, years


def _whole(text: str | None) -> int | None:
    """A whole number, also one written as 862.0; None for anything else."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else None


def _genres(text: str | None) -> str:
    """ "A|B", from bars, else semicolons or commas; "" where no genre is listed."""
    text = text or ""
    mark = next((mark for mark in "|;," if mark in text), "|")
    names = (name.strip() for name in text.split(mark))
    return "|".join(dict.fromkeys(name for name in names if name not in NO_GENRES))


def _common_tags(items: pl.Series, tags: pl.Series) -> pl.DataFrame:
    """Each item's tags given most often, "a|b": columns item, tags."""
    table = pl.DataFrame(
        {"item": items, "tag": tags.str.to_lowercase().str.strip_chars().str.replace_all("|", " ", literal=True)}
    )
    counts = table.drop_nulls().filter(pl.col("tag") != "").group_by("item", "tag").len()
    counts = counts.sort(["len", "tag"], descending=[True, False])
    return counts.group_by("item").agg(pl.col("tag").head(TAGS_SHOWN).str.join("|").alias("tags"))


def _named(table: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    """The named columns under new names; a column that is missing is empty."""
    missing: Sequence[str] = [name for name in names if name not in table.columns]
    table = table.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing)
    return table.select(pl.col(old).alias(new) for old, new in names.items())
