"""What a source says of its items and users -> tables with one row per index."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import polars as pl

from reco_core.data.files import Files
from reco_core.data.reading.dialect import Dialect
from reco_core.data.reading.side_tables import named_table, text_table
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
_YEAR = re.compile(r"(1[0-9]{3}|20[0-9]{2})(?:-[0-9]{1,2}){0,2}(?:[ T].*)?(?:\.0+)?$")
_TITLE = re.compile(r"\w\s+\w|\((?:1[89]|20)\d\d\)$")


def from_u_item(files: Files) -> pl.DataFrame:
    """Items of MovieLens 100K: id|title|release|video|url|one 0/1 flag per genre of u.genre."""
    genres = GENRES_100K.split("|")
    if "u.genre" in files.names:
        listed = text_table(files, "u.genre", _bars(2))
        genres = [str(name) for name in listed["0"].to_list()] or genres
    table = text_table(files, "u.item", _bars(5 + len(genres)))
    flags = table.select(table.columns[5:]).to_numpy() == "1"
    names = np.array(genres, dtype=object)
    return pl.DataFrame({"item": table["0"], "title": table["1"], "genres": ["|".join(names[row]) for row in flags]})


def from_u_user(files: Files) -> pl.DataFrame:
    """Users of MovieLens 100K: id|age|gender|occupation|zip code."""
    table = text_table(files, "u.user", _bars(5))
    table.columns = ["user", "age", "gender", "occupation", "zip_code"]
    return table.with_columns(pl.col("age").cast(pl.Int64, strict=False))


def from_movies_dat(files: Files) -> pl.DataFrame:
    """Items of MovieLens 1M and 10M: id::title::genres; 10M has tags too."""
    table = text_table(files, "movies.dat", _colons(3))
    table.columns = ["item", "title", "genres"]
    if "tags.dat" not in files.names:
        return table
    tags = text_table(files, "tags.dat", _colons(4))
    return table.join(_common_tags(tags["1"], tags["2"]), on="item", how="left", maintain_order="left")


def from_users_dat(files: Files) -> pl.DataFrame:
    """Users of MovieLens 1M: id::gender::age::occupation::zip code; age is the first year of a band."""
    table = text_table(files, "users.dat", _colons(5))
    table.columns = ["user", "gender", "age", "occupation", "zip_code"]
    jobs = {str(code): name for code, name in enumerate(OCCUPATIONS_1M.split("|"))}
    return table.with_columns(pl.col("age").cast(pl.Int64, strict=False), pl.col("occupation").replace(jobs)).select(
        "user", "age", "gender", "occupation", "zip_code"
    )


def from_movies_csv(files: Files) -> pl.DataFrame:
    """Items of latest-small, 20M, 25M and 32M: movies.csv, with links.csv and tags.csv where present."""
    table = _named(named_table(files, "movies.csv"), {"movieId": "item", "title": "title", "genres": "genres"})
    if "links.csv" in files.names:
        wanted = {"movieId": "item", "imdbId": "imdb_id", "tmdbId": "tmdb_id"}
        links = _named(named_table(files, "links.csv"), wanted).unique("item", keep="first")
        table = table.join(links, on="item", how="left", maintain_order="left")
    if "tags.csv" in files.names:
        tags = _named(named_table(files, "tags.csv"), {"movieId": "item", "tag": "tag"})
        table = table.join(_common_tags(tags["item"], tags["tag"]), on="item", how="left", maintain_order="left")
    return table


def aligned_items(items: pl.DataFrame | None, ids: np.ndarray) -> pd.DataFrame:
    """The item table [n_items] of Ratings: title, year, genres, tmdb_id, imdb_id; tags and image where there are."""
    table = _aligned(items, "item", ids)
    titles, years = _titles(table, ids)
    columns = {
        "title": titles,
        "year": pd.array(years, dtype="Int64"),
        "genres": [_genres(text) for text in _column(table, "genres")],
        "tmdb_id": pd.array([_whole(text) for text in _column(table, "tmdb_id")], dtype="Int64"),
        "imdb_id": [f"tt{text.strip():0>7}" if text and text.strip() else "" for text in _column(table, "imdb_id")],
    }
    for name in ("tags", "image"):
        if name in table.columns:
            columns[name] = [text or "" for text in _column(table, name)]
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
    """Titles and years; a column of years stands before the year in a title.

    Ids that are titles stand for them; else an item without a title is called by its id.
    """
    given_titles = _column(table, "title")
    if not any(given_titles) and are_titles([str(one) for one in ids]):
        given_titles = [str(one) for one in ids]
    titles: list[str] = []
    years: list[int | None] = []
    for text, given, one in zip(given_titles, _column(table, "year"), ids, strict=True):
        year = _year(given)
        title, own_year = split_title(text or "") if year is None else (article_first((text or "").strip()), None)
        titles.append(title or f"Item {one}")
        years.append(own_year if year is None else year)
    return titles, years


def are_titles(ids: Sequence[str]) -> bool:
    """Whether ids are titles for people: half of them have words, or a year at the end."""
    fitting = sum(bool(_TITLE.search(one)) for one in ids)
    return fitting >= 0.5 * len(ids)


def _year(text: str | None) -> int | None:
    """A year, also one of a date (1995-10-30) or written as 1995.0; None for anything else."""
    found = _YEAR.match((text or "").strip())
    if found:
        return int(found[1])
    whole = _whole(text)
    return whole if whole is not None and 0 < whole < 10_000 else None


def _whole(text: str | None) -> int | None:
    """A whole number, also one written as 862.0; None for anything else."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else None


def _genres(text: str | None) -> str:
    """ "A|B", from a list as Python or JSON writes it, from bars, semicolons or commas; "" where no genre is listed."""
    text = (text or "").strip()
    names = _listed(text) if text.startswith("[") else None
    if names is None:
        mark = next((mark for mark in "|;," if mark in text), "|")
        names = text.split(mark)
    plain = (" ".join(name.replace("|", " ").split()) for name in names)
    return "|".join(dict.fromkeys(name for name in plain if name not in NO_GENRES))


def _listed(text: str) -> list[str] | None:
    """The names of ['A', 'B'] or [{'id': 1, 'name': 'A'}]; None where the text is no such list."""
    if len(text) > 20_000:
        return None
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        try:
            values = ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            return None
    if not isinstance(values, list):
        return None
    named = (value.get("name", "") if isinstance(value, dict) else value for value in values)
    return [str(value) for value in named if isinstance(value, (str, int))]


def _bars(width: int) -> Dialect:
    return Dialect("|", "", "", False, width)


def _colons(width: int) -> Dialect:
    return Dialect("::", "", "", False, width)


def _common_tags(items: pl.Series, tags: pl.Series) -> pl.DataFrame:
    """Each item's tags given most often, "a|b": columns item, tags."""
    table = pl.DataFrame(
        {"item": items, "tag": tags.str.to_lowercase().str.strip_chars().str.replace_all("|", " ", literal=True)}
    )
    counts = table.drop_nulls().filter(pl.col("tag") != "").group_by("item", "tag").len()
    counts = counts.sort(["len", "tag"], descending=[True, False])
    return counts.group_by("item").agg(pl.col("tag").head(TAGS_SHOWN).str.join("|").alias("tags"))


def _named(table: pl.DataFrame | None, names: dict[str, str]) -> pl.DataFrame:
    """The named columns under new names; a column that is missing is empty."""
    table = pl.DataFrame(schema=dict.fromkeys(names, pl.String)) if table is None else table
    missing: Sequence[str] = [name for name in names if name not in table.columns]
    table = table.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing)
    return table.select(pl.col(old).alias(new) for old, new in names.items())
