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
from reco_core.data import quality

STEPS = (
    ("Data", "database", "See who rated what, or bring your own ratings.", (("data", "Look at the data"),)),
    ("Train", "play_circle", "Choose a model and watch it learn, epoch by epoch.", (("train", "Train a model"),)),
    ("Embeddings", "bubble_chart", "See the map of movies that it learned.", (("embeddings", "Open the map"),)),
    (
        "Discover",
        "movie_filter",
        "Find similar movies, and what a person would love.",
        (("similar", "Similar"), ("recommend", "Recommend")),
    ),
)

with page(""):
    ratings = selection.dataset()
    run = selection.run(ratings)

    with st.container(key="hero"):
        st.title("See a recommender learn", anchor=False)
        st.markdown(
            "From a file of ratings to a trained model you can inspect, and on to posters of what to watch next."
        )

        top = cache.table(quality.top_items, ratings, n=12)
        cards = [card(ratings, index) for index in top["item_index"]]
        picked = poster_grid(ratings, cards, key="shelf", label="Most rated movies", layout="row")
    if picked:
        switch("similar", item=picked)

    st.header("The dataset at a glance", anchor=False)
    st.caption(md(ratings.source.title))
    metrics(
        [
            ("Ratings", f"{len(ratings):,}", None),
            ("Users", f"{ratings.n_users:,}", None),
            ("Movies", f"{ratings.n_items:,}", None),
            ("Density", f"{ratings.filled:.1%}", "Share of the user × movie matrix that holds a rating."),
        ],
        key="glance",
    )

    st.header("How it works", anchor=False)
    for number, (column, step) in enumerate(zip(st.columns(len(STEPS)), STEPS, strict=True), start=1):
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
