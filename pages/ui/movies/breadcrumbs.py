"""The way a visitor has come, item by item, as a row of buttons that lead back."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.shell import cache, selection
from pages.ui.shell.markdown import md
from reco_core import shown_text
from reco_core.ratings import Ratings

LONGEST = 6
WIDEST = 28


def trail(ratings: Ratings, item_index: int) -> None:
    """The items looked at before this one; a click on one goes back to it and forgets those after it."""
    key = f"trail:{ratings.name}:{ratings.fingerprint}"  # it holds indices
    st.session_state[key] = way = extended(st.session_state.get(key, ()), item_index)
    if len(way) == 1:
        return
    titles = cache.titles(ratings)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="trail"):
        for place, index in enumerate(way[:-1]):
            label, full = md(shortened(titles[index])), md(titles[index])
            if st.button(label, key=f"trail_{place}", type="tertiary", help=f"Back to {full}"):
                selection.choose("item", ratings.items.ids[index])
                st.rerun()
            st.markdown(":gray[:material/chevron_right:]", width="content")
        st.markdown(f"**{md(shortened(titles[way[-1]]))}**", width="content")


def extended(way: Sequence[int], item_index: int) -> tuple[int, ...]:
    """The way with this item at its end: cut back to it where it is on the way, else one longer, LONGEST at most."""
    way = tuple(way)
    if item_index in way:
        return way[: way.index(item_index) + 1]
    return (*way, item_index)[-LONGEST:]


def shortened(title: str) -> str:
    """At most WIDEST characters of a title."""
    return shown_text.shortened(title, WIDEST)
