"""Posters as a grid of buttons: text is never read as HTML, and a click comes back to Python."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache as once
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import streamlit as st

from pages.ui.movies.link_choice import allowed_hosts
from pages.ui.movies.poster_folders import poster_folders
from pages.ui.shell import cache, selection
from pages.ui.shell.markdown import genre_text
from reco_core.data.item_words import words_of
from reco_core.posters.links import host_of, usable
from reco_core.ratings import Ratings
from reco_core.shown_text import TITLE, shortened

WEB = Path(__file__).parent / "web"
LOOK_AGAIN = 0.8  # seconds


@dataclass(frozen=True)
class Card:
    """One poster with its text; line1 (accent) and line2 (quiet) are None where there is no such line.

    share: 0..1, the length of the bar in a list. moved: places risen (above 0) or fallen since another list, "new" for
    one that was not in it; None where there is nothing to say. marked: with a green frame. note: said when the pointer
    rests on the card. image: the link to its picture, where the dataset has one.
    """

    item_id: str
    title: str
    year: int | None
    genres: str
    line1: str | None = None
    line2: str | None = None
    tmdb_id: int | None = None
    rank: str = ""
    share: float | None = None
    moved: int | str | None = None
    note: str = ""
    marked: bool = False
    image: str = ""


def card(
    ratings: Ratings, item_index: int, line1: str | None = None, rank: str = "", share: float | None = None
) -> Card:
    """The card of one item: its title, and year and genres as the quiet line."""
    row = ratings.item_table.iloc[item_index]
    year, tmdb_id = (None if pd.isna(row[name]) else int(row[name]) for name in ("year", "tmdb_id"))
    line2: str | None = " · ".join(part for part in (str(year or ""), genre_text(row["genres"], most=1)) if part)
    if not (ratings.has_years or ratings.genre_names):
        line2 = None
    raw = str(ratings.items.ids[item_index])
    link = str(row.get("image") or "")
    return Card(raw, str(row["title"]), year, str(row["genres"]), line1, line2, tmdb_id, rank, share, image=link)


def poster_grid(
    ratings: Ratings,
    cards: Sequence[Card],
    key: str,
    label: str = "",
    layout: Literal["grid", "row", "strip", "list", "ten", "one"] = "grid",
    clickable: bool = True,
    to_top: bool = False,
    follow: bool = True,
    ask: str = "",
    asked: Callable[[str], None] = lambda item_id: None,
) -> str | None:
    """Draw the cards; gives back the item id that was clicked in this run, or None.

    ask: the label of a second, small button on each card; `asked` is called with the item id when it was clicked.
    follow: the page is drawn anew once images that are on their way have come.
    to_top: a click scrolls the page to its top, where something else is shown then.
    layout: a grid that fills the width, one row that scrolls by itself, such a strip of small posters, a list with
    bars, ten in a line, or one poster without text.
    """
    images = images_of(ratings, cards)
    label = label or words_of(ratings).Many
    items = [
        {
            "id": c.item_id,
            "title": shortened(c.title, TITLE),
            "line1": c.line1,
            "line2": c.line2,
            "rank": c.rank,
            "share": c.share,
            "moved": c.moved,
            "marked": c.marked,
            "note": c.note,
            "image": image,
        }
        for c, image in zip(cards, images, strict=True)
    ]
    drawn = {
        "items": items,
        "shape": shape_of(ratings),
        "label": shortened(label, TITLE),
        "layout": layout,
        "clickable": clickable,
        "to_top": to_top,
        "ask": ask,
    }
    drawn["stamp"] = hashlib.sha1(repr(drawn).encode(), usedforsecurity=False).hexdigest()
    with st.container(key=key):
        done = _component()(data=drawn, key=f"{key}_grid", on_picked_change=lambda: None, on_asked_change=lambda: None)
    if follow:
        draw_anew_when_here(ratings, cards)
    if ask and getattr(done, "asked", None):
        asked(done.asked)
    return done.picked


def shape_of(ratings: Ratings) -> str:
    """The class that gives the frames of this dataset's pictures their shape."""
    drawing = words_of(ratings).drawing
    return "plain" if drawing == "card" else drawing


def images_of(ratings: Ratings, cards: Sequence[Card]) -> list[str]:
    """The picture of each card as a data URI: from this visitor's folder, key or links, else drawn."""
    hosts = allowed_hosts(ratings.name)
    posters = cache.posters(ratings.name, poster_folders().get(ratings.name), selection.tmdb_key(), bool(hosts))
    allowed = [card if allows(card, hosts) else replace(card, image="") for card in cards]
    found = posters.find_many(ratings.name, allowed, drawing=words_of(ratings).drawing)
    return [f"data:{poster.mime};base64,{b64encode(poster.content).decode()}" for poster in found]


def allows(card: Card, hosts: frozenset[str]) -> bool:
    """Whether the card's image may be fetched from its host."""
    return bool(card.image and hosts) and host_of(usable(card.image)) in hosts


def draw_anew_when_here(ratings: Ratings, cards: Sequence[Card]) -> None:
    """Looks again and again while images of these cards are on their way, and runs the page once they have settled."""
    hosts = allowed_hosts(ratings.name)
    wanted = [usable(card.image) for card in cards if allows(card, hosts)]
    if not wanted or not cache.links().pending(wanted):
        return

    @st.fragment(run_every=LOOK_AGAIN)
    def look() -> None:
        if not cache.links().pending(wanted):
            st.rerun()

    look()


@once
def _component() -> Callable[..., Any]:
    return st.components.v2.component(
        "reco_posters",
        html="<div class='grid' role='group'></div>",
        css=(WEB / "posters.css").read_text("utf-8"),
        js=(WEB / "posters.js").read_text("utf-8"),
    )
