"""Beside the map: the picked item or user, and its nearest in the vectors."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui.movies.poster_grid import card, poster_grid
from pages.ui.movies.user_picker import about_user
from pages.ui.shell import cache, selection
from pages.ui.shell.markdown import md
from pages.ui.shell.navigation import go
from reco_core.data.item_words import words_of
from reco_core.data.labels import id_text
from reco_core.inspect.neighbours import AT_LEAST, MEASURES, nearest, with_ratings
from reco_core.ratings import Ratings
from reco_core.recommend.top import rated_highest
from reco_core.stars_text import given

SHOWN = 8
TITLES = {"cosine": "Cosine", "dot": "Dot product", "euclidean": "Distance"}


def neighbours(
    vectors: np.ndarray, picked: int, counts: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, str]:
    """(indices, scores, measure) of the nearest by the measure that is chosen beside the map.

    counts: ratings of each item, of which only those with AT_LEAST come back, unless too few have as many.
    """
    measure = st.session_state.get("near_measure") or MEASURES[0]
    usable = None if counts is None else with_ratings(counts, AT_LEAST, picked, wanted=SHOWN)
    return *nearest(vectors, picked, SHOWN, measure, usable), measure


def near_items(ratings: Ratings, picked: int, found: np.ndarray, scores: np.ndarray, measure: str) -> None:
    """The picked item and its nearest as posters; a click on one picks it."""
    words = words_of(ratings)
    st.header(md(cache.titles(ratings)[picked]), anchor=False)
    _measure()
    cards = [
        card(ratings, row, f"{score:.2f}", share=share)
        for row, score, share in zip(found, scores, bars(scores, measure), strict=True)
    ]
    clicked = poster_grid(ratings, cards, key="near_list", label=f"Nearest {words.many}", layout="list")
    st.caption(f"By the vectors of the map, among {words.many} with at least {AT_LEAST} ratings.")
    go(
        "similar",
        f"See similar {words.many}",
        key="to_similar",
        icon=":material/join_inner:",
        item=ratings.items.ids[picked],
    )
    if clicked:
        selection.choose("item", clicked)
        st.rerun()


def bars(scores: np.ndarray, measure: str) -> list[float]:
    """Length of each bar, 0..1: a cosine as it is, a dot product against the largest, longer for a smaller distance."""
    scores = np.asarray(scores, dtype=np.float64)
    if measure == "cosine":
        return np.clip(scores, 0, 1).tolist()
    if measure == "dot":
        return np.clip(scores / (scores.max(initial=0) or 1.0), 0, 1).tolist()
    return (scores.min(initial=np.inf) / np.maximum(scores, 1e-12)).clip(0, 1).tolist()


def near_users(ratings: Ratings, picked: int, found: np.ndarray, scores: np.ndarray, measure: str) -> None:
    """The picked user, what that user rated highest, and the nearest users."""
    ids = ratings.users.ids
    st.header(f"User {md(id_text(ids[picked], picked))}", anchor=False)
    about_user(ratings, picked)
    liked, stars = rated_highest(ratings, picked, 8)
    cards = [card(ratings, row, given(ratings.scale, value)) for row, value in zip(liked, stars, strict=True)]
    poster_grid(ratings, cards, key="near_liked", label="Rated highest", layout="row", clickable=False)
    _measure()
    names = {
        int(row): f"User {md(id_text(ids[row], row))} · {score:.2f}" for row, score in zip(found, scores, strict=True)
    }
    chosen = st.pills("Nearest users", list(names), format_func=names.__getitem__, key=f"near_users_{picked}")
    go("recommend", "Recommend to this user", key="to_recommend", icon=":material/recommend:", user=ids[picked])
    if chosen is not None:
        selection.choose("user", ids[chosen])
        st.rerun()


def _measure() -> None:
    st.segmented_control(
        "Nearest by", MEASURES, default=MEASURES[0], required=True, key="near_measure",
        format_func=TITLES.__getitem__, persist_state="session",
    )  # fmt: skip
