"""Similar: one movie and its nearest in the vectors that a run has learned; a click goes on from there."""

from __future__ import annotations

import streamlit as st

from pages.ui.movies.breadcrumbs import trail
from pages.ui.movies.movie_picker import movie, search, well_known
from pages.ui.movies.poster_grid import card, poster_grid
from pages.ui.shell import cache, selection
from pages.ui.shell.epoch_slider import after, choose_epoch
from pages.ui.shell.frame import page
from pages.ui.shell.markdown import md
from pages.ui.shell.run_required import with_result, without_vectors
from reco_core.inspect.neighbours import nearest

MEASURES = {
    "cosine": ("Cosine", "the same direction, whatever the length", "{:.2f}"),
    "dot": ("Dot product", "direction and length, which favours strong tastes", "{:.2f}"),
    "euclidean": ("Distance", "the straight line between two points, smaller is nearer", "{:.2f} away"),
}
HOW_MANY = (6, 12, 21, 30, 42, 50)
AT_LEAST = (1, 5, 20, 50, 100)

with page("Similar", "Movies that the model has put near each other, from ratings alone."):
    ratings = selection.dataset()
    run = with_result(selection.run(ratings), "to see which movies are alike", ratings)
    if not run.spec.has_vectors:
        without_vectors(run, cache.store().list(dataset=ratings.fingerprint), ratings)
    epoch = choose_epoch(run)
    vectors = cache.scorer(run, epoch).item_vectors

    chosen = selection.item(ratings, fallback=int(ratings.item_counts.argmax()))
    with st.container(horizontal=True, vertical_alignment="bottom", key="similar_controls"):
        search(ratings, chosen)
        measure = st.segmented_control(
            "Measure",
            list(MEASURES),
            default="cosine",
            required=True,
            key="similar_measure",
            format_func=lambda name: MEASURES[name][0],
            persist_state="session",
        )
        at_least = st.selectbox(
            "With ratings",
            AT_LEAST,
            index=AT_LEAST.index(20),
            key="similar_at_least",
            format_func=lambda n: "any" if n == 1 else f"{n} or more",
            help="A model knows little of a movie that few people have rated, so its place is a matter of luck.",
            width=130,
            persist_state="session",
        )
        k = st.selectbox("Show", HOW_MANY, index=HOW_MANY.index(21), key="similar_k", width=84, persist_state="session")
    trail(ratings, chosen)
    movie(ratings, chosen)

    name, meaning, score = MEASURES[measure]
    found, scores = nearest(vectors, chosen, len(vectors), measure)
    near = well_known(ratings, found, scores, at_least, k)
    st.header(f"Nearest to {md(ratings.item_table['title'].iloc[chosen])}", anchor=False)
    st.caption(f"{name}: {meaning}. By {md(run.name)}{after(epoch)}. Click a poster to go on from there.")
    cards = [card(ratings, index, score.format(value)) for index, value in near]
    picked = poster_grid(ratings, cards, key="similar_grid", label="Nearest movies", to_top=True)
    if picked:
        selection.choose("item", picked)
        st.rerun()
