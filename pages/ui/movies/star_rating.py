"""Posters with stars to click, and the ratings of a visitor who is no user of the dataset.

The ratings live in the URL as ?rated=, so that a reload or a bookmark keeps them; where the URL says nothing, the
session remembers, and after that this browser's own storage. Nothing is sent anywhere, and there is no account.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache as once
from typing import Any
from urllib.parse import quote, unquote

import streamlit as st

from pages.ui.movies.poster_grid import WEB, Card, draw_anew_when_here, images_of, shape_of
from pages.ui.shell.markdown import plural
from reco_core.data.item_words import words_of
from reco_core.ratings import Ratings
from reco_core.shown_text import TITLE, shortened

NAME = "rated"
Rated = dict[int, float]


def my_ratings(ratings: Ratings) -> Rated:
    """What the visitor has rated: item index -> stars, in the order of rating.

    Ratings in the URL of items that are not in the dataset, or outside its scale, are ignored, and that is said.
    """
    text = st.query_params.get(NAME, st.session_state.get(_memory(ratings), ""))
    rated, wrong = read(ratings, text)
    if wrong:
        st.warning(
            f"Ignored {plural(wrong, 'rating')} in the URL: unknown {words_of(ratings).one} or value out of range.",
            icon=":material/link_off:",
        )
    if text:
        _keep(ratings, rated)
    return rated


def rate(ratings: Ratings, item_index: int, stars: float | None) -> None:
    """Take a rating in, or (None) away."""
    rated = my_ratings(ratings)
    rated.pop(item_index, None)
    _keep(ratings, rated if stars is None else rated | {item_index: stars})


def start_again(ratings: Ratings) -> None:
    """Forget all ratings of this dataset."""
    _keep(ratings, {})


def read(ratings: Ratings, text: str) -> tuple[Rated, int]:
    """(ratings, how many were ignored) of `ID~STARS_ID~STARS`; ids are percent-encoded."""
    rated, wrong = {}, 0
    for pair in filter(None, str(text).split("_")):
        raw, _, stars = pair.partition("~")
        index = int(ratings.items.encode([unquote(raw)])[0])
        value = _number(stars)
        if index < 0 or value is None or not ratings.scale.min <= value <= ratings.scale.max:
            wrong += 1
        else:
            rated[index] = value
    return rated, wrong


def written(ratings: Ratings, rated: Rated) -> str:
    """The text that `read` reads."""
    names = {
        index: quote(str(ratings.items.ids[index]), safe="").replace("_", "%5F").replace("~", "%7E") for index in rated
    }
    return "_".join(f"{names[index]}~{stars:g}" for index, stars in rated.items())


def rate_grid(ratings: Ratings, cards: Sequence[Card], rated: Rated, key: str, label: str, keeps: bool = False) -> None:
    """Draw the cards in a row with stars; a click is taken in at once and the page runs again.

    keeps: this row also keeps the ratings in the browser, and brings those of an earlier visit back.
    """
    index = {card.item_id: int(ratings.items.index_of(card.item_id)) for card in cards}
    items = [
        {
            "id": card.item_id,
            "title": shortened(card.title, TITLE),
            "line": card.line2,
            "image": image,
            "stars": rated.get(index[card.item_id]),
        }
        for card, image in zip(cards, images_of(ratings, cards), strict=True)
    ]
    data: dict[str, Any] = {
        "items": items,
        "shape": shape_of(ratings),
        "label": label,
        "levels": [float(x) for x in ratings.scale.levels],
    }
    if keeps:
        settled = _memory(ratings) in st.session_state
        data["kept"] = {"name": f"reco rated {ratings.name}", "value": written(ratings, rated), "settled": settled}
    with st.container(key=key):
        done = _component()(
            data=data, key=f"{key}_stars", on_rated_change=lambda: None, on_restored_change=lambda: None
        )
    draw_anew_when_here(ratings, cards)
    if isinstance(done.rated, dict) and done.rated.get("id") in index:
        stars = done.rated.get("stars")
        rate(ratings, index[done.rated["id"]], None if stars is None else float(stars))
        st.rerun()
    if keeps and isinstance(done.restored, str) and not rated:
        _keep(ratings, read(ratings, done.restored)[0])
        st.rerun()


def _memory(ratings: Ratings) -> str:
    return f"last_rated:{ratings.name}"


def _keep(ratings: Ratings, rated: Rated) -> None:
    text = written(ratings, rated)
    st.session_state[_memory(ratings)] = text
    if text:
        st.query_params[NAME] = text
    else:
        st.query_params.pop(NAME, None)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@once
def _component() -> Callable[..., Any]:
    css, js = ((WEB / f"rate.{kind}").read_text("utf-8") for kind in ("css", "js"))
    return st.components.v2.component("reco_rate", html="<div class='rate' role='group'></div>", css=css, js=js)
