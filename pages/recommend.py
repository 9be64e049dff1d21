"""Recommend: what one user rated highest, the best of what the user has not rated, and why; two runs side by side."""

from __future__ import annotations

import streamlit as st

from pages.ui.movies.poster_grid import card, poster_grid
from pages.ui.movies.user_picker import about_user, choose_user
from pages.ui.recommendations.beside import choose_beside, lists_beside
from pages.ui.recommendations.list_controls import rated_of, tune
from pages.ui.recommendations.one_list import one_list
from pages.ui.recommendations.what_if import what_if_section
from pages.ui.recommendations.why_dialog import why_style
from pages.ui.shell import selection
from pages.ui.shell.epoch_slider import choose_epoch
from pages.ui.shell.frame import page
from pages.ui.shell.navigation import switch
from pages.ui.shell.run_required import with_result
from reco_core.data.item_words import words_of
from reco_core.recommend.top import rated_highest
from reco_core.stars_text import given

with page("Recommend"):
    why_style()
    ratings = selection.dataset()
    words = words_of(ratings)
    st.caption(f"What one person liked, and what to {words.verb} next.")
    run = with_result(selection.run(ratings), "to get recommendations", ratings)
    epoch = choose_epoch(run)

    with st.container(horizontal=True, vertical_alignment="bottom", key="recommend_controls"):
        user = choose_user(ratings)
        other = choose_beside(ratings, run)
        tuned = tune(ratings, run)
    about_user(ratings, user)

    with st.container(key="person_lists"):
        names = ("liked", "best") if other is None else ("best", "liked")
        places = {name: st.container(key=name) for name in names}
    with places["liked"]:
        st.header("Rated highest", anchor=False)
        liked, stars = rated_highest(ratings, user, 12)
        drawn = [card(ratings, index, given(ratings.scale, value)) for index, value in zip(liked, stars, strict=True)]
        picked = poster_grid(ratings, drawn, key="liked_grid", label="Rated highest", layout="row")
    with places["best"]:
        if other is not None:
            picked = lists_beside(ratings, run, epoch, other, user, tuned) or picked
        else:
            picked = one_list(ratings, run, epoch, user, tuned) or picked
    title = f"What if this user had rated {words.an} differently?"
    with st.expander(title, icon=":material/alt_route:", key="what_if"):
        what_if_section(ratings, run, epoch, user, rated_of(ratings, user))
    if picked:
        switch("similar", item=picked)
