"""Similar: one movie and its nearest in the vectors that a run has learned; a click goes on from there."""

from __future__ import annotations

import streamlit as st

from pages.ui import cache, state
from pages.ui.empty import empty
from pages.ui.faces import with_result
from pages.ui.frame import page
from pages.ui.movie import movie, search
from pages.ui.posters import card, poster_grid
from pages.ui.text import md
from pages.ui.trail import trail
from reco_core.inspect.neighbours import nearest

MEASURES = {
    "cosine": ("Cosine", "same direction, whatever the length", "{:.2f}"),
    "dot": ("Dot product", "direction and length: favours strong tastes", "{:.2f}"),
    "euclidean": ("Distance", "straight line between two points: smaller is nearer", "{:.2f} away"),
}

with page("Similar", "Movies that the model has put near each other, from ratings alone."):
    ratings = state.dataset()
    run = with_result(state.run(ratings), "to see which movies are alike")
    vectors = cache.scorer(run).item_vectors
    if vectors is None:
        empty(
            "This model has no map of movies",
            f"{md(run.spec.title)} learns no vector per movie, so it cannot say which are alike. "
            "Any model with embeddings can.",
            "train",
            "Train one with embeddings",
            icon="hub",
        )
        st.stop()

    chosen = state.item(ratings, fallback=int(ratings.item_counts.argmax()))
    with st.container(horizontal=True, vertical_alignment="bottom", key="similar_controls"):
        search(ratings, chosen)
        measure = st.segmented_control(
            "Measure",
            list(MEASURES),
            default="cosine",
            required=True,
            key="measure",
            format_func=lambda name: MEASURES[name][0],
            persist_state="session",
        )
        k = st.select_slider("How many", (6, 12, 18, 24, 36, 50), value=18, key="k", width=220, persist_state="session")
    trail(ratings, chosen)
    movie(ratings, chosen)

    _, meaning, score = MEASURES[measure]
    found, scores = nearest(vectors, chosen, k, measure)
    st.subheader(f"Nearest to {md(ratings.item_table['title'].iloc[chosen])}", anchor=False)
    st.caption(f"By {MEASURES[measure][0].lower()}: {meaning}. Run {md(run.name)}. Click a poster to go on from there.")
    cards = [card(ratings, index, score.format(value)) for index, value in zip(found, scores, strict=True)]
    picked = poster_grid(ratings, cards, key="similar_grid", label="Nearest movies")
    if picked:
        state.choose("item", picked)
        st.rerun()
