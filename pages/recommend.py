"""Recommend: what one user rated highest, and the best of what the user has not rated."""

from __future__ import annotations

import streamlit as st

from pages.ui import cache, state
from pages.ui.epoch_slider import after, choose_epoch
from pages.ui.export import recommendations_csv
from pages.ui.faces import with_result
from pages.ui.frame import page
from pages.ui.links import switch
from pages.ui.people import about_user, choose_user
from pages.ui.posters import card, poster_grid
from pages.ui.text import md
from reco_core.recommend.top import rated_highest, top_n

STARS = "Stars are what the model predicts, within {0.min:g} to {0.max:g}."
HOW_MANY = (6, 12, 21, 30, 42, 50)

with page("Recommend", "What one person rated highest, and what the model would put on the list next."):
    ratings = state.dataset()
    run = with_result(state.run(ratings), "to get recommendations")
    epoch = choose_epoch(run)
    scorer = cache.scorer(run, epoch)

    with st.container(horizontal=True, vertical_alignment="bottom", key="recommend_controls"):
        user = choose_user(ratings)
        n = st.selectbox("Show", HOW_MANY, index=HOW_MANY.index(21), key="n", width=84, persist_state="session")
    about_user(ratings, user)

    st.subheader("Rated highest", anchor=False)
    liked, stars = rated_highest(ratings, user, 12)
    cards = [card(ratings, index, f"★ {value:g}") for index, value in zip(liked, stars, strict=True)]
    picked = poster_grid(ratings, cards, key="liked_grid", label="Rated highest", layout="row")

    best = top_n(scorer, ratings, user, n)
    in_stars = run.spec.predicts_stars
    shown = ratings.scale.clip(best.score) if in_stars else best.score
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="best_head"):
        st.subheader("Recommended", anchor=False)
        st.download_button(
            "Download CSV",
            recommendations_csv(ratings, best.item_index, shown, in_stars),
            file_name=f"{ratings.name}-user-{ratings.users.ids[user]}.csv",
            mime="text/csv",
            key="recommend_csv",
            icon=":material/download:",
            on_click="ignore",
        )
    about = STARS.format(ratings.scale) if in_stars else "This model ranks movies; its scores are no stars."
    st.caption(f"By {md(run.name)}{after(epoch)}, best first, of the movies this user has not rated. {about}")
    line = "★ {:.2f}" if in_stars else "score {:.3g}"
    cards = [
        card(ratings, index, line.format(value), rank=str(place))
        for place, (index, value) in enumerate(zip(best.item_index, shown, strict=True), start=1)
    ]
    picked = poster_grid(ratings, cards, key="best_grid", label="Recommended") or picked
    if picked:
        switch("similar", item=picked)
