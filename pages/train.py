"""Train: choose a model, set it, watch it learn, and see what it reached; one run, or a sweep over settings."""

from __future__ import annotations

import streamlit as st

from pages.ui import cache, state
from pages.ui.frame import page
from pages.ui.learn import learn_style
from pages.ui.model_cards import choose_family, choose_model
from pages.ui.model_graph import model_graph
from pages.ui.progress import followed, watch
from pages.ui.queue_panel import queue_panel, worker_line
from pages.ui.refusals import say_refused
from pages.ui.run_form import run_form
from pages.ui.sweep_form import sweep_form
from pages.ui.sweep_panel import choose_mode, sweep_panel
from pages.ui.visitor import remember_visitor
from pages.ui.waiting import nothing_trained
from pages.ui.watch_panel import watch_panel
from reco_core.models.spec import Shape

with page("Train", "Choose a model, set it, and watch it learn."):
    learn_style()
    ratings = state.dataset()
    run = state.run(ratings)
    shape = Shape.of(ratings, float(ratings.rating.mean()))
    with st.container(horizontal=True, vertical_alignment="center", key="above"):
        sweeping = choose_mode()
        family = choose_family()
        worker_line(sweeping or (run is not None and run.active))
    spec = choose_model(family)

    with st.container(key="bench"):
        # A mark for the style sheet, not another key: a container with another key is built anew in the browser.
        st.html(f"<i class='{'reco-followed' if run is not None and followed(run) else ''}'></i>")
        left, right = st.columns([5, 9], gap="medium")
    with left, st.container(border=True, key="settings"):
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
    if settings is not None:
        with layers:
            for note in spec.notes(settings, shape) if spec.notes else ():
                st.caption(note)
            model_graph(spec, settings, shape)
    if request is not None and (run is None or not run.active):
        cache.manager().warm(request)
    remember_visitor()
