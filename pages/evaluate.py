"""Evaluate: what a run is worth on rows that it never saw, where it errs, and what is wrong with it."""

from __future__ import annotations

import streamlit as st

from pages.ui.evaluation.alarm_list import alarm_list
from pages.ui.evaluation.evaluation_sections import corner_part, lists_part, stars_part, where_part
from pages.ui.evaluation.on_demand import figures_when_asked, lists_when_asked, predictions_when_asked
from pages.ui.evaluation.results import figures_beside
from pages.ui.evaluation.run_settings import run_settings
from pages.ui.evaluation.scoring import choose_scoring
from pages.ui.shell import selection
from pages.ui.shell.frame import page
from pages.ui.shell.run_required import with_result
from pages.ui.shell.train_style import learn_style
from reco_core.data.item_words import words_of

TABS = ("Stars", "Error analysis", "Lists", "Most active × most rated")

with page("Evaluate", "How good a model is on ratings it never saw: its stars, its lists, and where it errs."):
    learn_style()
    ratings = selection.dataset()
    run = with_result(selection.run(ratings), "to evaluate it")
    alarm_list(run)

    scoring = choose_scoring(ratings)
    if figures := figures_when_asked(ratings, run, scoring):
        figures_beside(run.name, figures["test"], figures["baselines"], figures["protocol"], words_of(ratings))
    run_settings(run)

    if not run.spec.predicts_stars:
        st.caption(
            f"This model ranks {words_of(ratings).many} without predicting stars, so only its lists are evaluated."
        )
        if found := lists_when_asked(ratings, run, scoring):
            lists_part(found, scoring.k, words_of(ratings))
        st.stop()

    stars, where, lists, corner = st.tabs(TABS, key="evaluate_tab", on_change="rerun", bind="query-params")
    if lists.open:
        with lists:
            if found := lists_when_asked(ratings, run, scoring):
                lists_part(found, scoring.k, words_of(ratings))
    elif corner.open:
        with corner:
            corner_part(ratings, run)
    elif where.open:
        with where:
            if predicted := predictions_when_asked(ratings, run):
                where_part(ratings, predicted)
    else:
        with stars:
            if predicted := predictions_when_asked(ratings, run):
                stars_part(ratings, predicted)
