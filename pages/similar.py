"""Similar: one item and those most like it, by who rated both and what a run learned; a click goes on from there."""

from __future__ import annotations

import streamlit as st

from pages.ui.embeddings.similar_choice import choice_in_words, choose_likeness, nearest_items, sense_in_words
from pages.ui.movies.breadcrumbs import trail
from pages.ui.movies.movie_picker import about_item, search
from pages.ui.movies.poster_grid import card, poster_grid
from pages.ui.shell import cache, selection
from pages.ui.shell.epoch_slider import after, choose_epoch
from pages.ui.shell.frame import page
from pages.ui.shell.markdown import md
from pages.ui.shell.run_required import with_result, without_vectors
from reco_core.data.item_words import words_of

HOW_MANY = (6, 12, 21, 30, 42, 50)
AT_LEAST = (1, 5, 20, 50, 100)

with page("Similar"):
    ratings = selection.dataset()
    words = words_of(ratings)
    st.caption(f"{words.Many} similar to the one you choose.")
    run = with_result(selection.run(ratings), f"to find similar {words.many}", ratings)
    if not run.spec.has_neighbours:
        without_vectors(run, cache.runs(dataset=ratings.fingerprint), ratings)
    epoch = choose_epoch(run)

    chosen = selection.item(ratings, fallback=int(ratings.item_counts.argmax()))
    with st.container(horizontal=True, vertical_alignment="bottom", key="similar_controls"):
        search(ratings, chosen)
        choice = choose_likeness(ratings, run)
        at_least = st.selectbox(
            "Minimum ratings",
            AT_LEAST,
            index=AT_LEAST.index(20),
            key="similar_at_least",
            format_func=lambda n: "any" if n == 1 else str(n),
            help=f"A model knows little about {words.an} that few people have rated, so its neighbours are largely "
            "chance.",
            width=130,
            persist_state="session",
        )
        k = st.selectbox("Show", HOW_MANY, index=HOW_MANY.index(21), key="similar_k", width=84, persist_state="session")
    trail(ratings, chosen)
    about_item(ratings, chosen)

    near = nearest_items(ratings, run, epoch, chosen, choice, at_least, k)
    st.header(f"Nearest to {md(ratings.item_table['title'].iloc[chosen])}", anchor=False)
    means, sense = choice_in_words(words, run, choice, after(epoch)), sense_in_words(ratings, run, epoch, choice)
    st.caption(f"{means} Click one to continue from there.  \n{sense}")
    if not near:
        st.info(f"This {words.one} has too few ratings to find similar ones; try another kind of similarity.")
    cards = [card(ratings, index, choice.form.format(value)) for index, value in near]
    picked = (
        poster_grid(ratings, cards, key="similar_grid", label=f"Nearest {words.many}", to_top=True) if near else None
    )
    if picked:
        selection.choose("item", picked)
        st.rerun()
