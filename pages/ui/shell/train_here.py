"""A page that needs a model trains one itself: one button, the progress in place, and the result on the same page."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import cache, dataset_choices, selection
from pages.ui.shell.empty_state import card_in_the_middle
from pages.ui.shell.markdown import md
from pages.ui.shell.navigation import go
from pages.ui.shell.notices import forget_refusal, refuse, say_refused
from pages.ui.shell.visitor import remember_visitor, visitor
from reco_core.errors import RecoError
from reco_core.models import get_model
from reco_core.ratings import Ratings
from reco_core.runs import RunRequest

# Of the models with vectors, the one whose lists and neighbours are best for the time it takes (BENCHMARKS.md).
MODEL = "implicit_als"
# Processor seconds of a whole run, from the reading to the figures: 2 and 20 for MovieLens 100K and 1M.
SECONDS_AT_LEAST, SECONDS_PER_RATING = 2.0, 2e-5


def train_here(ratings: Ratings, purpose: str, title: str = "No trained model yet", why: str = "") -> None:
    """The card of a page that lacks a model. `purpose`: `to see similar books`. why: a sentence (Markdown) before."""
    spec = get_model(MODEL)
    text = (
        f"{why} Train **{md(spec.title)}** with its defaults {purpose}: its vectors serve both lists and neighbours. "
        f"It takes {about_how_long(len(ratings))}, and then this page shows the result."
    )
    say_refused()
    with (
        card_in_the_middle(title, text.strip(), icon="model_training", key="empty_train"),
        st.container(horizontal=True, horizontal_alignment="center", key="empty_buttons"),
    ):
        st.button(
            f"Train {md(spec.title)}",
            key="train_here",
            type="primary",
            icon=":material/play_arrow:",
            on_click=start_here,
            args=(ratings,),
        )
        go("train", "Choose another model", key="empty_go_train")
    remember_visitor()


def start_here(ratings: Ratings) -> None:
    """Queue the run and choose it, so that the page shows how far it is. A callback."""
    forget_refusal()
    request = RunRequest(
        source=dataset_choices.source_of(ratings),
        dataset=ratings.name,
        dataset_fingerprint=ratings.fingerprint,
        model=MODEL,
        owner=visitor(),
    )
    try:
        selection.choose("run", cache.manager().start(request).id)
    except RecoError as error:
        refuse(error)


def about_how_long(n_ratings: int) -> str:
    """How long a default training of MODEL takes, in words."""
    seconds = SECONDS_AT_LEAST + n_ratings * SECONDS_PER_RATING
    if seconds < 10:
        return "a few seconds"
    return f"about {round(seconds, -1):.0f} seconds" if seconds < 90 else f"about {seconds / 60:.0f} minutes"
