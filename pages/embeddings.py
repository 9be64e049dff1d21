"""Embeddings: the vectors that a run has learned, as a map, as numbers, and as the neighbours of one point."""

from __future__ import annotations

import streamlit as st

from pages.ui.embeddings.embedding_map import choose_look, draw_map
from pages.ui.embeddings.entities import packed_map, vectors_of
from pages.ui.embeddings.neighbours_panel import near_items, near_users, neighbours
from pages.ui.embeddings.vector_tables import in_words, numbers_of, vector_tables
from pages.ui.movies.movie_picker import search
from pages.ui.movies.user_picker import choose_user
from pages.ui.shell import cache, selection
from pages.ui.shell.epoch_slider import choose_epoch
from pages.ui.shell.frame import page
from pages.ui.shell.markdown import md, plural
from pages.ui.shell.run_required import with_result, without_vectors
from pages.ui.shell.train_style import learn_style
from reco_core.data.item_words import words_of

with page("Embeddings"):
    learn_style()
    ratings = selection.dataset()
    words = words_of(ratings)
    st.caption(f"Where the model places each {words.one} and each user.")
    run = with_result(selection.run(ratings), "to see its map", ratings)
    if not run.spec.has_vectors:
        without_vectors(run, cache.runs(dataset=ratings.fingerprint), ratings)
    epoch = choose_epoch(run)
    scorer = cache.scorer(run, epoch)

    with st.container(horizontal=True, vertical_alignment="bottom", key="embedding_controls"):
        side = st.segmented_control(
            "Vectors of",
            ("items", "users"),
            default="items",
            required=True,
            key="side",
            format_func={"items": words.Many, "users": "Users"}.get,
            persist_state="session",
        )
        vectors = vectors_of(scorer, side)
        if side == "items":
            picked = selection.item(ratings, fallback=int(ratings.item_counts.argmax()))
            search(ratings, picked)
        else:
            picked = choose_user(ratings)
        look = choose_look(ratings, scorer, side)

    found, scores, measure = neighbours(vectors, picked, ratings.item_counts if side == "items" else None)
    left, right = st.columns([9, 5], gap="medium")
    with left:
        drawn = packed_map(ratings, run, side, epoch)
        draw_map(ratings, drawn, look, side, picked, found)
        first, second = drawn.explained
        plane = "the first two components" if epoch is None else "the first two components of the result"
        st.caption(
            f"PCA of {len(vectors):,} vectors of {plural(vectors.shape[1], 'dimension')}: {plane} explain {first:.0%} "
            f"and {second:.0%} of the variance. Run {md(run.name)}."
        )
    with right, st.container(border=True, key="near"):
        show = near_items if side == "items" else near_users
        show(ratings, picked, found, scores, measure)

    numbers = numbers_of(ratings, run, side, epoch)
    in_words(run.spec, numbers)
    vector_tables(numbers, side, words)
