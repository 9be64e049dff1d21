"""For you: a visitor rates a few movies, and recommendations follow each click, without any training."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui.movies.star_rating import my_ratings
from pages.ui.recommendations.list_controls import by
from pages.ui.recommendations.user_map import you_on_the_map
from pages.ui.recommendations.why_dialog import why_style
from pages.ui.recommendations.your_list import choose_movies, your_list
from pages.ui.shell import cache, selection
from pages.ui.shell.frame import page
from pages.ui.shell.markdown import plural
from pages.ui.shell.navigation import switch
from pages.ui.shell.run_required import with_result
from reco_core.recommend.fold_in import CAUTION, fold_in

ENOUGH = 5

with page("For you", "Rate a few movies you know. Your recommendations follow each click; nothing is trained for it."):
    why_style()
    ratings = selection.dataset()
    run = with_result(selection.run(ratings), "to get recommendations of your own")
    rated = my_ratings(ratings)
    tuned = choose_movies(ratings, run, rated)

    items, stars = np.fromiter(rated, dtype=np.int64), np.fromiter(rated.values(), dtype=np.float64)
    folded = fold_in(cache.fitted(run), items, stars, CAUTION)
    st.header("Recommended for you", anchor=False)
    if not rated:
        said = "Until you rate something, this is what the model would recommend to anybody"
    elif len(rated) < ENOUGH:
        said = f"From {plural(len(rated), 'rating')}; from {ENOUGH} on it begins to know you"
    else:
        said = f"From your {plural(len(rated), 'rating')}"
    st.caption(f"{said}. By {by(run, tuned)}: the model stands still, only your own numbers are solved for.")
    if folded.vector is None or run.spec.family == "baseline":
        picked = your_list(ratings, run, folded, rated, tuned)
    else:
        left, right = st.columns([9, 5], gap="medium")
        with left:
            picked = your_list(ratings, run, folded, rated, tuned)
        with right, st.container(border=True, key="your_place"):
            st.markdown("**You among the users**")
            you_on_the_map(ratings, run, folded.vector, len(rated))
    if picked:
        switch("similar", item=picked)
