"""One item: its search box, and its poster beside what is known of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui.movies.poster_grid import card, poster_grid
from pages.ui.shell import cache, selection
from pages.ui.shell.frame import errors_shown
from pages.ui.shell.markdown import md
from pages.ui.shell.navigation import go
from reco_core.data import quality
from reco_core.data.item_words import words_of
from reco_core.ratings import Ratings, genres_in
from reco_core.shown_text import GENRE
from reco_core.stars_text import predicted

MOST, MOST_GENRES = 10_000, 12


def search(ratings: Ratings, chosen: int) -> None:
    """A box that finds an item by its title, the most rated first; a choice goes into the URL."""
    labels, words = cache.labels(ratings), words_of(ratings)
    options = cache.table(by_popularity, ratings, most=MOST)

    def picked() -> None:
        with errors_shown():
            selection.choose("item", ratings.items.id_at(st.session_state["item_search"], "item"))

    st.session_state["item_search"] = chosen
    st.selectbox(
        words.One,
        options if chosen in options else [chosen, *options],
        key="item_search",
        format_func=labels.__getitem__,
        on_change=picked,
        help=f"Searches the {MOST:,} most rated of {words.counted(ratings.n_items)}."
        if ratings.n_items > MOST
        else None,
        icon=":material/search:",
    )


def by_popularity(ratings: Ratings, most: int) -> list[int]:
    """Item indices, the most rated first, at most `most` of them."""
    return np.argsort(-ratings.item_counts, kind="stable")[:most].tolist()


def about_item(ratings: Ratings, item_index: int) -> None:
    """The item's poster, and title, year, genres, number of ratings and mean rating beside it."""
    row = ratings.item_table.iloc[item_index]
    facts = cache.table(item_facts, ratings)
    with st.container(border=True, horizontal=True, key="about_item"):
        with st.container(width=132):
            poster_grid(ratings, [card(ratings, item_index)], key="about_item_poster", layout="one", clickable=False)
        with st.container(gap="xsmall"):
            st.header(md(cache.titles(ratings)[item_index]), anchor=False)
            if genres := genres_in(row["genres"])[:MOST_GENRES]:
                st.markdown(" ".join(f":violet-badge[{md(genre, GENRE)}]" for genre in genres))
            rank, count, mean = facts.loc[item_index, ["rank", "count", "mean"]]
            with st.container(horizontal=True, key="about_item_facts"):
                st.metric("Ratings", f"{count:,.0f}", width="content")
                st.metric("Mean", predicted(ratings.scale, mean) if count else "–", width="content")
                st.metric("Rank", f"#{rank:,.0f}", width="content")
            go(
                "embeddings",
                "Show on the map",
                key="item_map",
                icon=":material/bubble_chart:",
                item=ratings.items.ids[item_index],
            )


def item_facts(ratings: Ratings) -> pd.DataFrame:
    """Rank by number of ratings (1 is the most rated), number and mean of every item, by item index."""
    table = quality.top_items(ratings, n=ratings.n_items)
    return table.assign(rank=range(1, len(table) + 1)).set_index("item_index")
