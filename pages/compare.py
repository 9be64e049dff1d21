"""Compare: all runs in one table, and for the chosen ones their curves, figures and what differs."""

from __future__ import annotations

import streamlit as st

from pages.ui.evaluation.alarm_list import alarm_lines
from pages.ui.runs.comparison import curves_together, differences, figures_together, lesson_together
from pages.ui.runs.ensemble_form import combine_form
from pages.ui.runs.removed_runs import manage_runs, undo_row
from pages.ui.runs.repeats import seeds_of
from pages.ui.runs.run_actions import import_form, run_card, say_what_was_done, settings_of
from pages.ui.runs.runs_picker import pick_runs
from pages.ui.runs.significance import verdicts
from pages.ui.shell import cache, dataset_choices, selection
from pages.ui.shell.auto_refresh import look_again, under_way
from pages.ui.shell.empty_state import empty
from pages.ui.shell.frame import page
from pages.ui.shell.markdown import md
from pages.ui.shell.train_style import learn_style
from reco_core.jobs.results.comparison import unfair

with page("Compare", "Runs side by side: what differs, and which is better where the comparison is fair."):
    learn_style()
    ratings = selection.dataset()
    selection.run(ratings)
    say_what_was_done()
    everything = cache.runs()

    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="compare_head"
    ):
        everywhere = st.toggle("Runs on all datasets", key="everywhere", persist_state="session")
        with st.container(horizontal=True, key="compare_tools", width="content"):
            manage_runs()
            import_form()
    same = {run.id for run in dataset_choices.runs_of(ratings)[0]}
    runs = [
        run for run in everything if everywhere or run.id in same or dataset_choices.dataset_of(run) == ratings.name
    ]
    if not runs:
        undo_row()
        empty(
            "Nothing to compare yet",
            f"There are no runs on {md(ratings.source.title)} yet. Train two models, or import an exported run.",
            "train",
            "Train a model",
            icon="compare_arrows",
        )
        st.stop()

    busy = under_way(runs)
    chosen = pick_runs(runs, with_dataset=everywhere)
    if not chosen:
        undo_row()
        st.info("Choose runs in the table to see their curves together.", icon=":material/check_box:")
        st.stop()

    curves_together(chosen)
    undo_row()
    with st.container(key="picked_runs"):
        for run in chosen:
            run_card(run)
    reasons = unfair(chosen)
    if not reasons:
        combine_form(chosen)
    for reason in reasons:
        st.warning(f"Not comparable, so not ranked. {md(reason)}", icon=":material/balance:")
    alarm_lines(chosen)
    if not reasons:
        lesson_together(chosen)
        verdicts(chosen)
    figures_together(chosen, ranked=not reasons)
    if len(chosen) > 1:
        differences(chosen)
    settings_of(chosen)
    seeds_of(chosen)
    look_again(runs, busy)
