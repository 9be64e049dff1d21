"""One user: the box that chooses one, a random one, and what is known of the person."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui.shell import cache, selection
from pages.ui.shell.frame import errors_shown
from pages.ui.shell.markdown import md, plural
from reco_core.data.labels import id_text
from reco_core.data.personal import identifies
from reco_core.ratings import Ratings
from reco_core.shown_text import NAME

MOST = 10_000


def choose_user(ratings: Ratings) -> int:
    """The chosen user's index; draws the box and the button for a random user."""
    options = cache.table(most_active, ratings, most=MOST)
    chosen = selection.user(ratings, fallback=options[len(options) // 2])
    ids, counts = ratings.users.ids, ratings.user_counts

    def picked() -> None:
        with errors_shown():
            selection.choose("user", ratings.users.id_at(st.session_state["user_choice"], "user"))

    st.session_state["user_choice"] = chosen
    st.selectbox(
        "User",
        options if chosen in options else [chosen, *options],
        key="user_choice",
        format_func=lambda index: f"User {id_text(ids[index], index)} · {plural(int(counts[index]), 'rating')}",
        on_change=picked,
        help=f"Searches the {MOST:,} most active of {ratings.n_users:,} users." if ratings.n_users > MOST else None,
        icon=":material/person_search:",
    )
    if st.button("Random user", key="random_user", icon=":material/shuffle:"):
        # A visitor asks for any user: the one place where nothing has to come out the same again.
        selection.choose("user", ids[int(np.random.default_rng().integers(ratings.n_users))])
        st.rerun()
    return chosen


def most_active(ratings: Ratings, most: int) -> list[int]:
    """User indices, the most active first, at most `most` of them."""
    return np.argsort(-ratings.user_counts, kind="stable")[:most].tolist()


def about_user(ratings: Ratings, user_index: int) -> None:
    """One quiet line of what the dataset says of the user, such as age; nothing where it says nothing.

    What says who somebody is, such as a zip code, is shown only when a switch asks for it.
    """
    if ratings.user_table is None:
        return
    row = ratings.user_table.iloc[user_index].dropna()
    hidden = [name for name in row.index if identifies(name)]
    with st.container(horizontal=True, vertical_alignment="center", key="about_user"):
        said = st.empty()
        everything = bool(hidden) and st.toggle("Personal details", key="personal_details", help=PERSONAL)
        known = [f"{str(name).replace('_', ' ')} {row[name]}" for name in row.index if everything or name not in hidden]
        if known:
            said.caption(" · ".join(md(part, NAME) for part in known))


PERSONAL = "Also shows what could identify the user, such as a zip code or a name."
