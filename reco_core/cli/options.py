"""The options that several commands share, and what they mean: a store, a run, its dataset, an item."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reco_core.errors import RunError, SettingsError, UnknownIdError
from reco_core.shown_text import GENRE, shortened

if TYPE_CHECKING:
    from reco_core.models.spec import Scorer
    from reco_core.ratings import Ratings
    from reco_core.runs import Run, RunStore

RunsFolder = Annotated[
    Path | None, typer.Option("--runs", metavar="DIR", help="Folder of the runs, instead of the default.")
]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="A run's id or the start of it, its name, or: last.")]
DataSource = Annotated[
    str | None, typer.Option("--data", metavar="SOURCE", help="Where the run's dataset is, if it was moved.")
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--columns",
        metavar="ROLE=NAME,...",
        help="Which column is what: user=User-ID,item=ISBN (also rating, time, title, year, genres, image).",
    ),
]
Reading = Annotated[
    list[str] | None,
    typer.Option(
        "--read",
        metavar="K=V,...",
        help="How the file is read, such as delimiter=semicolon,header=no,missing=-1 (`reco data preview` shows it).",
    ),
]
AtEpoch = Annotated[
    int | None,
    typer.Option("--epoch", metavar="N", help="The model as it was after this epoch, if a snapshot was kept.", min=0),
]
LISTED, LISTED_GENRES = 5, 8  # items of one title that a sentence lists; genres of an item
TopK = Annotated[int, typer.Option("-k", metavar="N", help="How many.", min=1, max=1000)]


def chosen_source(source: str, columns: list[str] | None, read: list[str] | None) -> str:
    """The source with what --columns and --read say behind it; raises DataError for what they cannot be."""
    from reco_core.data.reading.plan import parse_choices, split_source, with_choices

    choices = parse_choices(columns or [], read or [])
    if not choices:
        return source
    place, given = split_source(source)
    return with_choices(place, given | choices)


def store_at(folder: Path | None) -> RunStore:
    """The run store of a folder, or the usual one; raises RunError for a folder that is not there."""
    from reco_core.runs import RunStore

    if folder is not None and not folder.is_dir():
        raise RunError(f"--runs must be a folder with runs; {folder} is not a folder.")
    return RunStore(folder)


def trained(run: Run, epoch: int | None = None) -> Scorer:
    """The run's model in numpy: its result or, also while it trains, as it was after a kept epoch; raises RunError."""
    if epoch is not None:
        return run.scorer(epoch=epoch)
    run.require_result()
    return run.scorer()


def parse_settings(pairs: Sequence[str]) -> dict[str, str]:
    """name=value texts as a dict; raises SettingsError."""
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise SettingsError(f"--set takes name=value, such as dim=20; got {pair!r}.")
        values[name.strip()] = value.strip()
    return values


def item_index(ratings: Ratings, text: str) -> int:
    """The item that a person means: its id, its title (with or without its year), or a part that only one title has.

    Raises UnknownIdError, which lists the items where a title is that of several.
    """
    from reco_core.data.labels import named, told_apart

    by_id = int(ratings.items.encode([text])[0])
    if by_id >= 0:
        return by_id
    found = named(ratings, text)
    if len(found) == 1:
        return found[0]
    if found:
        some = "; ".join(told_apart(ratings, index) for index in found[:LISTED])
        more = f"; and {len(found) - LISTED:,} more" if len(found) > LISTED else ""
        raise UnknownIdError(f"{text!r} must name one item; it names {len(found)}: {some}{more}. Give the id instead.")
    return ratings.items.index_of(text, "item")


def item_facts(ratings: Ratings, index: int) -> dict[str, Any]:
    """Id, title, year and genres of an item, for JSON."""
    import pandas as pd

    from reco_core.ratings import genres_in

    row = ratings.item_table.iloc[index]
    return {
        "item": ratings.items.ids[index],
        "title": str(row["title"]),
        "year": None if pd.isna(row["year"]) else int(row["year"]),
        "genres": list(genres_in(row["genres"])),
    }


def genres_text(facts: dict[str, Any]) -> str:
    """`Action, Comedy` for people; long names shortened, and not more than there is room for."""
    names = [shortened(name, GENRE) for name in facts["genres"][:LISTED_GENRES]]
    return ", ".join([*names, "…"] if len(facts["genres"]) > LISTED_GENRES else names)


def titled(facts: dict[str, Any]) -> str:
    """`Title (year)` for people."""
    from reco_core.data.labels import title_text

    return title_text(facts["title"], facts["year"] or "")
