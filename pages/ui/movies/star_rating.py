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
from reco_core.encode import RatingScale
from reco_core.ratings import Ratings
from reco_core.shown_text import TITLE, shortened
from reco_core.stars_text import are_stars, number, stars_word

NAME = "rated"
MOST_RATED = 2_000  # an address or a browser may send any number; each is a row to fold in
MOST_TICKS = 100  # of a slider
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
    """(ratings, how many were ignored) of `ID~STARS_ID~STARS`; ids are percent-encoded. The first MOST_RATED count."""
    rated, wrong = {}, 0
    slack = 1e-5 * (ratings.scale.max - ratings.scale.min)  # somebody may have written 3.33333 for a third
    pairs = [pair for pair in str(text).split("_") if pair]
    wrong += len(pairs[MOST_RATED:])
    for pair in pairs[:MOST_RATED]:
        raw, _, stars = pair.partition("~")
        index = int(ratings.items.encode([unquote(raw)])[0])
        value = _number(stars)
        if index < 0 or value is None or not abs(float(ratings.scale.clip(value)) - value) <= slack:
            wrong += 1
        else:
            rated[index] = float(ratings.scale.clip(value))
    return rated, wrong


def written(ratings: Ratings, rated: Rated) -> str:
    """The text that `read` reads."""
    names = {
        index: quote(str(ratings.items.ids[index]), safe="").replace("_", "%5F").replace("~", "%7E") for index in rated
    }
    return "_".join(f"{names[index]}~{_exact(stars)}" for index, stars in rated.items())


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
    data: dict[str, Any] = {"items": items, "shape": shape_of(ratings), "label": label} | _choices(ratings.scale)
    if keeps:
        settled = _memory(ratings) in st.session_state
        data["kept"] = {"name": f"reco rated {_whose(ratings)}", "value": written(ratings, rated), "settled": settled}
    with st.container(key=key):
        done = _component()(
            data=data, key=f"{key}_stars", on_rated_change=lambda: None, on_restored_change=lambda: None
        )
    draw_anew_when_here(ratings, cards)
    clicked = done.rated if isinstance(done.rated, dict) else {}
    if isinstance(clicked.get("id"), str) and clicked["id"] in index:
        stars = clicked.get("stars")
        rate(ratings, index[clicked["id"]], None if stars is None else ratings.scale.checked(stars))
        st.rerun()
    if keeps and isinstance(done.restored, str) and not rated:
        _keep(ratings, read(ratings, done.restored)[0])
        st.rerun()


def _choices(scale: RatingScale) -> dict[str, Any]:
    """The ratings that can be given, named for the eye and for screen readers; on a slider where they are many."""
    levels = [float(level) for level in (scale.ticks(MOST_TICKS) if scale.is_continuous else scale.levels)]
    names, word = [number(scale, level) for level in levels], stars_word(scale)
    said = [f"1 {word[:-1]}" if name == "1" else f"{name} {word}" for name in names]
    return {"levels": levels, "said": said, "names": names, "slider": scale.is_continuous, "stars": are_stars(scale)}


def _exact(stars: float) -> str:
    """The shortest text that reads as the same number: 4, 3.3333333."""
    return repr(float(stars)).removesuffix(".0")


def _memory(ratings: Ratings) -> str:
    return f"last_rated:{_whose(ratings)}"


def _whose(ratings: Ratings) -> str:
    """What ratings belong to: a name alone may come to stand for another dataset with the same ids."""
    return f"{ratings.name} {ratings.fingerprint}"


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
