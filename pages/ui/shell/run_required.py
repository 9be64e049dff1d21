"""The faces of a page that needs a trained run: none, queued or running, failed; and the way on from each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import streamlit as st

from pages.ui.shell import cache
from pages.ui.shell.empty_state import card_in_the_middle, empty
from pages.ui.shell.live_epoch import last_kept
from pages.ui.shell.markdown import md
from pages.ui.shell.navigation import go, switch
from pages.ui.shell.selection import choose
from pages.ui.shell.train_here import train_here
from reco_core.data.item_words import words_of
from reco_core.events import Evaluating, Progress
from reco_core.ratings import Ratings
from reco_core.runs import RunReading
from reco_core.runs.status import last_of


def with_result(run: RunReading | None, purpose: str, ratings: Ratings | None = None) -> RunReading:
    """The run, where there is something to show of it; else its face is drawn and the page ends.

    purpose: `to see similar books`. ratings: given by a page that shows any kept epoch. Such a page shows a run that
    is still training by its last one (live_epoch), and where there is no run it offers to train one itself.
    """
    if run is None:
        _no_run(purpose, ratings)
        st.stop()
    if run.active:
        if ratings is None or last_kept(run) is None:
            _running(run, follows=ratings is not None and run.spec.fit is None)
            st.stop()
        return run
    if not run.has_result:
        _failed(run, purpose)
        st.stop()
    return run


def without_vectors(run: RunReading, others: Sequence[RunReading], ratings: Ratings) -> NoReturn:
    """The face of a page that needs vectors, for a model that has none; offers the newest of `others` that has some.

    Where no other run has any, the page offers to train one itself.
    """
    words = words_of(ratings)
    text = f"{md(run.spec.title)} learns no {words.one} vectors. Any model with embeddings does."
    better = next(
        (other for other in others if other.spec.has_vectors and other.has_result and not other.diverged), None
    )
    title = f"This model has no map of {words.many}"
    if run.spec.has_weights:
        text += f" Its weights between {words.many} show which are similar."
        go("similar", f"See its similar {words.many}", key="weights_similar", icon=":material/join_inner:")
    if better is not None:
        with card_in_the_middle(title, text, icon="hub", key="empty_vectors"):
            if st.button(f"Use {md(better.name)}", key="use_other_run", type="primary"):
                choose("run", better.id)
                st.rerun()
    else:
        train_here(ratings, "to see one", title, text)
    st.stop()


def _no_run(purpose: str, ratings: Ratings | None) -> None:
    if ratings is not None:
        train_here(ratings, purpose)
        return
    text = f"Train one {purpose}. The quickest takes a few seconds."
    empty("No trained model yet", text, "train", "Train a model", icon="model_training")


def _running(run: RunReading, follows: bool) -> None:
    """Watches the run and starts the page again when there is something to show; offers a finished run meanwhile.

    follows: the page shows the run from its first kept epoch on.
    """
    when = "after the first epoch" if follows else "when the model is ready"

    @st.fragment(run_every=0.5 if run.spec.fit is not None else 1.0)
    def watch() -> None:
        now = cache.look(run.id)
        if not now.active or (follows and last_kept(now) is not None):
            st.rerun()
        with st.container(border=True, key="face_running"):
            what = "is queued" if now.status == "queued" else "is training"
            st.header(f":primary[:material/progress_activity:] {md(run.name)} {what}", anchor=False)
            st.markdown(f"This page continues automatically {when}.")
            st.progress(*_progress(now, now.status))
            with st.container(horizontal=True, key="face_ways"):
                if st.button("Watch it learn", key="face_watch", icon=":material/show_chart:"):
                    switch("train")
                if other is not None and st.button(f"Show {md(other.name)} meanwhile", key="face_other"):
                    choose("run", other.id)
                    st.rerun()

    other = _finished(run)
    watch()


def _finished(run: RunReading) -> RunReading | None:
    """The newest run of the same ratings that has a result."""
    runs = cache.runs(dataset=run.info.dataset_fingerprint or run.info.dataset)
    return next((other for other in runs if other.id != run.id and other.has_result and not other.diverged), None)


def _progress(run: RunReading, status: str) -> tuple[float, str]:
    """(share done 0..1, words)."""
    if status == "queued":
        off = cache.manager().worker_state == "off"
        return 0.0, "Queued: the training process is off" if off else "Queued"
    events = run.events()
    done, planned = len(run.epochs()), run.planned_epochs
    if not planned:
        return 0.0, "Loading the ratings"
    if last_of(Evaluating, events) is not None:
        return 1.0, "Scoring the held-out rows"
    now = last_of(Progress, events)
    within = now.rows_done / max(now.rows_total, 1) if now is not None and now.epoch > done else 0.0
    share = min((done + within) / planned, 1.0)
    return share, f"Fitting: {share:.0%}" if run.spec.fit is not None else f"Epoch {done} of {planned}"


def _failed(run: RunReading, purpose: str) -> None:
    with st.container(border=True, key="face_failed"):
        st.header(f":red[:material/error:] {md(run.name)} ended without a result", anchor=False)
        st.markdown(md(run.reason or f"Its status is {run.status}."))
        st.markdown(f"Choose another run in the sidebar, or train again {purpose}.")
        go("train", "Train again", key="face_again", primary=True)
