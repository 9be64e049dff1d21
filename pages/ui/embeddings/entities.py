"""The two sides of an embedding, items and users, as points: where they lie, what they are called, how they look."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from pages.ui.embeddings.maps import pack_points, pack_words
from pages.ui.embeddings.point_colours import MOST_CLASSES, Look, class_look, first_genres, scale_look
from pages.ui.shell import cache
from pages.ui.shell.epoch_slider import kept_epochs
from pages.ui.shell.markdown import genre_text, plural
from reco_core.data.personal import unidentifying
from reco_core.errors import RunError
from reco_core.inspect.moving import MovingMap, moving
from reco_core.models.spec import Scorer
from reco_core.ratings import Ratings
from reco_core.runs import RunReading
from reco_core.stars_text import stars_word

Side = Literal["items", "users"]


@dataclass(frozen=True, eq=False)
class PackedMap:
    """The places and words of one side as the map reads them, and the share of the variance along each axis."""

    epoch: int
    points: bytes
    words: bytes
    explained: tuple[float, float]


def vectors_of(scorer: Scorer, side: Side) -> np.ndarray | None:
    """The vectors of one side: float32 [n, dim], None where the model has none."""
    return scorer.item_vectors if side == "items" else scorer.user_vectors


def bias_of(scorer: Scorer, side: Side) -> np.ndarray | None:
    """The biases of one side: float32 [n], None where the model has none."""
    return scorer.item_bias if side == "items" else scorer.user_bias


def packed_map(
    ratings: Ratings, run: RunReading, side: Side, epoch: int | None = None, nearest_kept: bool = False
) -> PackedMap:
    """The map of one side of a run, at a kept epoch or (None) of its result; all are on the result's plane.

    The plane is that of the principal components, and the square holds all kept epochs: what moves was learned.
    nearest_kept: an epoch that was not kept is shown by the last kept one before it.
    """
    track = cache.table(_track, ratings, run=run.id, events=len(run.events()), side=side)
    epoch = track.basis_epoch if epoch is None else epoch
    if nearest_kept:
        epoch = max((kept for kept in track.epochs if kept <= epoch), default=track.epochs[0])
    counts = ratings.item_counts if side == "items" else ratings.user_counts
    points = pack_points(track.at(epoch), counts, track.box)
    return PackedMap(epoch, points, packed_words(ratings, side), track.share(epoch))


def packed_words(ratings: Ratings, side: Side) -> bytes:
    """Titles and captions of one side as the map reads them."""
    return cache.table(_packed_words, ratings, side=side)


def _packed_words(ratings: Ratings, side: Side) -> bytes:
    return pack_words(*(item_words if side == "items" else _user_words)(ratings))


def _track(ratings: Ratings, run: str, events: int, side: Side) -> MovingMap:
    opened = cache.store().open(run)
    result = cache.result_epoch(opened)
    vectors = {result: vectors_of(cache.scorer(opened), side)}
    for epoch in kept_epochs(opened):
        with suppress(RunError):  # a damaged snapshot: the others can still be looked at
            if epoch != result:
                vectors[epoch] = vectors_of(opened.scorer(epoch=epoch), side)
    return moving(vectors, basis_epoch=result)


def look_names(ratings: Ratings, scorer: Scorer, side: Side) -> list[str]:
    """What the points of one side can be coloured by."""
    names = ["Popularity", "Mean rating"] if side == "items" else ["Activity", "Mean rating"]
    if side == "items":
        known = {"Genre": bool(ratings.genre_names), "Year": bool(ratings.item_table["year"].notna().any())}
        names = [name for name, there in known.items() if there] + names
    if bias_of(scorer, side) is not None:
        names.append("Bias")
    return names + (_user_columns(ratings) if side == "users" else [])


def look_of(ratings: Ratings, scorer: Scorer | None, side: Side, name: str) -> Look:
    """The colours of one side by one of its look_names; only Bias needs the scorer."""
    if name == "Bias":
        return scale_look("Learned bias in the model's units", bias_of(scorer, side), "{:+.2f}")
    return cache.table(_look, ratings, side=side, name=name)


def _look(ratings: Ratings, side: Side, name: str) -> Look:
    table = ratings.item_table
    if name == "Genre":
        return class_look("First genre", first_genres(table["genres"]), rest="other or none")
    if name == "Year":
        return scale_look("Year", table["year"].astype("Float64").to_numpy(float, na_value=np.nan), "{:.0f}")
    index, n = (ratings.item_index, ratings.n_items) if side == "items" else (ratings.user_index, ratings.n_users)
    counts = np.bincount(index, minlength=n)
    if name in ("Popularity", "Activity"):
        return scale_look("Ratings, on a log scale", counts, log=True)
    if name == "Mean rating":
        with np.errstate(invalid="ignore"):
            return scale_look(
                f"Mean rating in {stars_word(ratings.scale)}",
                np.bincount(index, ratings.rating, n) / counts,
                "{:.1f}",
            )
    column = ratings.user_table[name.lower()]
    if pd.api.types.is_numeric_dtype(column):
        return scale_look(name, column.to_numpy(float, na_value=np.nan))
    return class_look(name, column.astype(str))


def _user_columns(ratings: Ratings) -> list[str]:
    """Columns of the user table that make a look: numbers, and texts with few values."""
    if ratings.user_table is None:
        return []
    few = lambda column: pd.api.types.is_numeric_dtype(column) or column.nunique() <= 3 * MOST_CLASSES  # noqa: E731
    return [str(name).capitalize() for name, column in unidentifying(ratings.user_table).items() if few(column)]


def item_words(ratings: Ratings) -> tuple[list[str], list[str]]:
    """Title, and year, genres and number of ratings of each item."""
    captions = [
        " · ".join(filter(None, ("" if pd.isna(year) else str(year), genre_text(genres), plural(count, "rating"))))
        for year, genres, count in zip(
            ratings.item_table["year"], ratings.item_table["genres"], ratings.item_counts, strict=True
        )
    ]
    return [str(title) for title in ratings.item_table["title"]], captions


def _user_words(ratings: Ratings) -> tuple[list[str], list[str]]:
    """Name, and number of ratings and what else is known of each user."""
    known = None if ratings.user_table is None else unidentifying(ratings.user_table)
    more = [""] * ratings.n_users if known is None or known.empty else known.astype(str).agg(" · ".join, axis=1)
    captions = [
        f"{plural(count, 'rating')}{' · ' if text else ''}{text}"
        for count, text in zip(ratings.user_counts, more, strict=True)
    ]
    return [f"User {raw}" for raw in ratings.users.ids], captions
