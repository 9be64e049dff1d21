"""Train: choose a model, set it, watch it learn, and see what it reached; one run, or a sweep over settings."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import cache, selection
from pages.ui.shell.frame import page
from pages.ui.shell.notices import say_refused
from pages.ui.shell.train_style import learn_style
from pages.ui.shell.visitor import remember_visitor
from pages.ui.training.before_first_run import nothing_trained
from pages.ui.training.fill_form import fill_as_asked
from pages.ui.training.into_view import bring_into_view
from pages.ui.training.model_cards import choose_model, model_row
from pages.ui.training.model_graph import model_graph
from pages.ui.training.pace import choose_pace
from pages.ui.training.progress import followed, watch
from pages.ui.training.queue_panel import queue_panel, worker_line
from pages.ui.training.run_form import run_form
from pages.ui.training.sweep_form import sweep_form
from pages.ui.training.sweep_panel import choose_mode, sweep_panel
from pages.ui.training.watch_panel import watch_panel
from pages.ui.training.workbench import form_head, workbench_style
from reco_core.models.spec import Shape

with page(""):
    learn_style()
    workbench_style()
    fill_as_asked()
    head = st.container(horizontal=True, vertical_alignment="center", key="train_head")
    head.title("Train", anchor=False, width="content")
    ratings = selection.dataset()
    run = selection.steered(ratings)
    shape = Shape.of(ratings, float(ratings.rating.mean()))
    with head:
        sweeping = choose_mode()
        choose_pace(run)
        worker_line(run is not None and run.active)
    spec = choose_model() if run is None else None

    with st.container(key="bench"):
        # A mark for the style sheet, not another key: a container with another key is built anew in the browser.
        st.html(f"<i class='{'reco-followed' if run is not None and followed(run) else ''}'></i>")
        left, right = st.columns([5, 10], gap="medium")
    with left, st.container(border=True, key="settings"):
        form_head(run is not None, sweeping)
        spec = spec or model_row()
        over = st.container()
        request, settings = run_form(ratings, spec, shape, button=not sweeping)
        layers = st.container()
    if sweeping:
        with over:
            sweep_form(spec, request)
    with right:
        if sweeping:
            sweep_panel(ratings)
            queue_panel(None)
        elif run is None:
            say_refused()
            nothing_trained(ratings, spec, settings)
            watch_panel(ratings, None)
        else:
            watch(ratings, run)
            bring_into_view(run)
    if settings is not None:
        with layers:
            for note in spec.notes(settings, shape) if spec.notes else ():
                st.caption(note)
            model_graph(spec, settings, shape)
    if request is not None and (run is None or not run.active):
        cache.manager().warm(request)
    remember_visitor()
