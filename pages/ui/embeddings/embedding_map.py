"""The map on the Embeddings page: its colours, its posters under the pointer, and what a click does."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.embeddings.entities import PackedMap, Side, look_names, look_of
from pages.ui.embeddings.maps import peeked, point_map
from pages.ui.embeddings.point_colours import Look
from pages.ui.movies.poster_grid import card, images_of
from pages.ui.shell import selection
from pages.ui.shell.markdown import md
from reco_core.models.spec import Scorer
from reco_core.ratings import Ratings
from reco_core.shown_text import GENRE

KEY = "map"


def choose_look(ratings: Ratings, scorer: Scorer, side: Side) -> Look:
    """The chosen colours of the points; draws their choice."""
    names = look_names(ratings, scorer, side)
    name = st.segmented_control(
        "Colour by",
        names,
        default=names[0],
        required=True,
        key=f"colour_{side}",
        persist_state="session",
        format_func=lambda name: md(name, GENRE),
    )
    return look_of(ratings, scorer, side, name if name in names else names[0])


def draw_map(ratings: Ratings, drawn: PackedMap, look: Look, side: Side, picked: int, near: Sequence[int]) -> None:
    """The map with the picked point and its neighbours; a click on a point makes it the picked one.

    A fragment: posters that are asked for by hovering come without running the page.
    """

    @st.fragment
    def the_map() -> None:
        wanted = (picked, *peeked(f"{KEY}_{side}", ratings.n_items)) if side == "items" else ()
        clicked = point_map(
            drawn.points,
            drawn.words,
            look,
            key=f"{KEY}_{side}",
            things=f"{ratings.fingerprint} {side}",
            picked=[picked],
            near=near,
            posters=_posters(ratings, wanted) if side == "items" else None,
            titles=side == "items",
        )
        if clicked is not None and clicked != picked:
            encoder, name = (ratings.items, "item") if side == "items" else (ratings.users, "user")
            selection.choose(name, encoder.ids[clicked])
            st.rerun()

    the_map()


def _posters(ratings: Ratings, rows: Sequence[int]) -> dict[int, str]:
    """The poster of each row as a data URI."""
    return dict(zip(rows, images_of(ratings, [card(ratings, row) for row in rows]), strict=True))
