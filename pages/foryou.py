"""For you: a visitor rates a few items, and recommendations follow each click, without any training."""

from __future__ import annotations

import streamlit as st

from pages.ui.movies.star_rating import my_ratings
from pages.ui.recommendations.list_controls import by
from pages.ui.recommendations.user_map import you_on_the_map
from pages.ui.recommendations.why_dialog import why_style
from pages.ui.recommendations.your_list import choose_items, what_counts, your_list, your_ratings
from pages.ui.shell import cache, selection
from pages.ui.shell.epoch_slider import newest_epoch
from pages.ui.shell.frame import page
from pages.ui.shell.markdown import plural
from pages.ui.shell.navigation import switch
from pages.ui.shell.run_required import with_result
from reco_core.data.item_words import words_of
from reco_core.models.folding import Person

ENOUGH = 5

with page("For you"):
    why_style()
    ratings = selection.dataset()
    words = words_of(ratings)
    st.caption(f"Rate a few {words.many}; the list follows each click.")
    run = with_result(selection.run(ratings), "to get your own recommendations", ratings)
    epoch = newest_epoch(run)
    rated = my_ratings(ratings)
    tuned = choose_items(ratings, run, rated)

    model = cache.fitted(run, epoch)
    folded = Person.new(rated).of(model)
    st.header("Recommended for you", anchor=False)
    if not rated:
        said = "Until you rate something, this is everybody's list"
    elif len(rated) < ENOUGH:
        said = f"Based on {plural(len(rated), 'rating')}; rate at least {ENOUGH} for personal results"
    else:
        said = f"Based on your {plural(len(rated), 'rating')}"
    counts = what_counts(model, folded, rated, words)
    st.caption(f"{said}. By {by(run, tuned)}{counts and f': {counts}'}.")
    if folded.vector is None or not model.stars_count:
        picked = your_list(ratings, run, epoch, rated, tuned)
    else:
        left, right = st.columns([9, 5], gap="medium")
        with left:
            picked = your_list(ratings, run, epoch, rated, tuned)
        with right, st.container(border=True, key="your_place"):
            st.markdown("**You among other users**")
            you_on_the_map(ratings, run, epoch, folded.vector, len(rated))
    your_ratings(ratings, rated)
    if picked:
        switch("similar", item=picked)
