"""The faces of a page that needs a trained run: none, queued or running, failed; and the way to each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import streamlit as st

from pages.ui.shell.empty_state import card_in_the_middle, empty
from pages.ui.shell.markdown import md
from pages.ui.shell.navigation import go, switch
from pages.ui.shell.selection import choose
from reco_core.runs import Run


def with_result(run: Run | None, purpose: str) -> Run:
    """The run, where it has a result; else its face is drawn and the page ends. `purpose`: `to see similar movies`."""
    if run is None:
        empty(
            "No trained model yet",
            f"Train one {purpose}. The quickest takes a few seconds.",
            "train",
            "Train a model",
            icon="model_training",
        )
        st.stop()
    if run.active:
        _running(run, purpose)
        st.stop()
    if not run.has_result:
        _failed(run, purpose)
        st.stop()
    return run


def without_vectors(run: Run, others: Sequence[Run]) -> NoReturn:
    """The face of a page that needs vectors, for a model that has none; offers the newest of `others` that has some."""
    text = f"{md(run.spec.title)} learns no vector per movie. Any model with embeddings does."
    better = next((other for other in others if other.spec.has_vectors and other.has_result), None)
    title = "This model has no map of movies"
    if better is None:
        empty(title, text, "train", "Train one with embeddings", icon="hub")
        st.stop()
    with card_in_the_middle(title, text, icon="hub", key="empty_vectors"):
        if st.button(f"Use {md(better.name)}", key="use_other_run", type="primary"):
            choose("run", better.id)
            st.rerun()
    st.stop()


def _running(run: Run, purpose: str) -> None:
    """Watches the run and starts the page again when it is over."""

    @st.fragment(run_every=1.0)
    def watch() -> None:
        if not run.active:
            st.rerun()
        done, planned = len(run.epochs()), run.started.epochs if run.started else 0
        with st.container(border=True, key="face_running"):
            st.header(f":primary[:material/progress_activity:] {md(run.name)} is training", anchor=False)
            st.markdown(f"Wait a moment {purpose}: this page goes on by itself when the model is ready.")
            st.progress(min(done / planned, 1.0) if planned else 0.0, text=_progress_text(run.status, done, planned))
            if st.button("Watch it learn", key="face_watch", icon=":material/show_chart:"):
                switch("train")

    watch()


def _progress_text(status: str, done: int, planned: int) -> str:
    if status == "queued":
        return "Waiting for its turn"
    return f"Epoch {done} of {planned}" if planned else "Reading the ratings"


def _failed(run: Run, purpose: str) -> None:
    with st.container(border=True, key="face_failed"):
        st.header(f":red[:material/error:] {md(run.name)} ended without a result", anchor=False)
        st.markdown(md(run.reason or f"Its status is {run.status}."))
        st.markdown(f"Choose another run in the sidebar, or train again {purpose}.")
        go("train", "Train again", key="face_again", primary=True)
