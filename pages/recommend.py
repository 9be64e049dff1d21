"""Recommend: what one user rated highest, the best of what the user has not rated, and why."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui.movies.poster_grid import card, poster_grid
from pages.ui.movies.user_picker import about_user, choose_user
from pages.ui.recommendations.list_controls import by, cards, rated_of, say_steps, tune
from pages.ui.recommendations.what_if import what_if_section
from pages.ui.recommendations.why_dialog import ASK, show_why, why_style
from pages.ui.shell import cache, selection
from pages.ui.shell.epoch_slider import after, choose_epoch
from pages.ui.shell.frame import page
from pages.ui.shell.navigation import switch
from pages.ui.shell.run_required import with_result
from pages.ui.shell.table_export import recommendations_csv
from reco_core.recommend.explain import Person
from reco_core.recommend.item_features import ItemFacts
from reco_core.recommend.rerank import rerank
from reco_core.recommend.top import rated_highest

STARS = "Stars are what the model predicts, within {0.min:g} to {0.max:g}."
HOW_MANY = (6, 12, 21, 30, 42, 50)

with page("Recommend", "What one person rated highest, and what the model would put on the list next."):
    why_style()
    ratings = selection.dataset()
    run = with_result(selection.run(ratings), "to get recommendations")
    epoch = choose_epoch(run)
    model = cache.fitted(run, epoch)

    with st.container(horizontal=True, vertical_alignment="bottom", key="recommend_controls"):
        user = choose_user(ratings)
        n = st.selectbox(
            "Show", HOW_MANY, index=HOW_MANY.index(21), key="recommend_n", width=84, persist_state="session"
        )
        tuned = tune(ratings, run, n)
    about_user(ratings, user)

    st.header("Rated highest", anchor=False)
    liked, stars = rated_highest(ratings, user, 12)
    drawn = [card(ratings, index, f"★ {value:g}") for index, value in zip(liked, stars, strict=True)]
    picked = poster_grid(ratings, drawn, key="liked_grid", label="Rated highest", layout="row")

    rated, row = rated_of(ratings, user), np.array([user], dtype=np.int32)
    facts = cache.table(ItemFacts.of, ratings)
    second = None if tuned.second is None else cache.scorer(tuned.second).score_all(row)[0]
    features = facts.features(model.scorer.item_vectors)
    seen = np.fromiter(rated, dtype=np.int64)
    best = rerank(model.scorer.score_all(row)[0], tuned.settings, facts, seen, second, features)
    in_stars = run.spec.predicts_stars
    shown = ratings.scale.clip(best.score) if in_stars else best.score
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="best_head"):
        st.header("Recommended", anchor=False)
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
    of = "of the movies this user has not rated" if tuned.settings.hide_seen else "rated movies included"
    st.caption(f"By {by(run, tuned)}{after(epoch)}, best first, {of}. {about}")
    say_steps(best, n)
    if len(best) == 0:
        everything = tuned.settings.hide_seen and len(rated) == ratings.n_items
        nothing = "This user has rated everything there is" if everything else "Nothing passes these filters"
        st.info(f"{nothing}: there is nothing to recommend.", icon=":material/filter_alt:")
    picked = (
        poster_grid(
            ratings,
            cards(ratings, best, shown, "★ {:.2f}" if in_stars else "score {:.3g}", rated),
            key="best_grid",
            label="Recommended",
            ask=ASK,
            asked=lambda raw: show_why(
                ratings, run, epoch, Person.known(model, ratings, user), ratings.items.index_of(raw)
            ),
        )
        or picked
    )
    with st.expander("What if this user had rated one movie otherwise?", icon=":material/alt_route:", key="what_if"):
        what_if_section(ratings, run, epoch, user, rated)
    if picked:
        switch("similar", item=picked)
