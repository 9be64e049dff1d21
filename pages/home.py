"""Home: what this is, the dataset at a glance, the way through, and the last runs."""

from __future__ import annotations

import streamlit as st

from pages.ui.movies.poster_grid import card, poster_grid
from pages.ui.shell import cache, selection
from pages.ui.shell.card_row import metrics
from pages.ui.shell.frame import page
from pages.ui.shell.markdown import md
from pages.ui.shell.navigation import go, switch
from pages.ui.shell.run_list import last_runs
from pages.ui.shell.way_through import steps
from reco_core.data import quality
from reco_core.data.item_words import words_of

with page(""):
    ratings = selection.dataset()
    words = words_of(ratings)
    run = selection.run(ratings)

    with st.container(key="hero"):
        st.title("See a recommender learn", anchor=False)
        st.markdown(
            "From a file of ratings to a trained model you can inspect, and on to "
            f"{'posters of ' if words.drawing == 'poster' else ''}what to {words.verb} next."
        )

        top = cache.table(quality.top_items, ratings, n=12)
        cards = [card(ratings, index) for index in top["item_index"]]
        picked = poster_grid(ratings, cards, key="shelf", label=f"Most rated {words.many}", layout="row")
    if picked:
        switch("similar", item=picked)

    st.header("The dataset at a glance", anchor=False)
    st.caption(md(ratings.source.title))
    metrics(
        [
            ("Ratings", f"{len(ratings):,}", None),
            ("Users", f"{ratings.n_users:,}", None),
            (words.Many, f"{ratings.n_items:,}", None),
            ("Density", f"{ratings.filled:.1%}", f"Share of the user × {words.one} matrix that holds a rating."),
        ],
        key="glance",
    )

    st.header("How it works", anchor=False)
    way = steps(words)
    for number, (column, step) in enumerate(zip(st.columns(len(way)), way, strict=True), start=1):
        title, icon, text, links = step
        with column, st.container(border=True, height="stretch", vertical_alignment="distribute", key=f"step_{number}"):
            with st.container(gap="xsmall"):
                st.markdown(f":primary[:material/{icon}:] **{number} · {title}**")
                st.markdown(text)
            with st.container(horizontal=True):
                for name, label in links:
                    go(name, label, key=f"go_{name}", primary=number == 2 and run is None)

    st.header("Recent runs", anchor=False)
    last_runs(cache.runs()[:5])
