"""Why this? A dialog with the parts of a prediction, and the person's own liked movies that are most like it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.ui.movies.poster_grid import card, poster_grid
from pages.ui.recommendations.reason_bars import rows, sentence, waterfall
from pages.ui.shell import cache
from pages.ui.shell.markdown import genre_text, md
from reco_core.data.item_words import words_of
from reco_core.inspect.meaning import Meaning, meanings
from reco_core.models.fitted import Fitted
from reco_core.models.folding import Person
from reco_core.models.reasons import Why
from reco_core.ratings import Ratings
from reco_core.recommend.explain import explain
from reco_core.runs import RunReading
from reco_core.stars_text import predicted

STYLE = Path(__file__).parent / "why.css"
ASK = "Why?"


def why_style() -> None:
    """The style of the bars; once on a page that has them."""
    st.html(STYLE)


@st.dialog("Why this?", width="large")
def show_why(
    ratings: Ratings, run: RunReading, epoch: int | None, person: Person, item_index: int, new: bool = False
) -> None:
    """The dialog for one item; `new`: the person is the visitor."""
    model = cache.fitted(run, epoch)
    words = words_of(ratings)
    why = explain(model, person, item_index)
    titles = cache.titles(ratings)
    with st.container(horizontal=True, key="why_head"):
        with st.container(width=92):
            poster_grid(
                ratings, [card(ratings, item_index)], key="why_poster", layout="one", clickable=False, follow=False
            )
        with st.container(gap="xsmall"):
            st.header(md(titles[item_index]), anchor=False)
            if genres := genre_text(ratings.item_table["genres"].iloc[item_index], most=4):
                st.caption(md(genres))
            st.markdown(f"**{_figure(ratings, run, why)}** by {md(run.name)}")
    told = rows(why, titles.__getitem__, _meanings(ratings, run, epoch, model), _start(model, why), new, words)
    link = why.method == "parts" and getattr(model.settings, "output", "linear") != "linear"
    with st.container(key="why_bars"):
        coarse = run.spec.predicts_stars and why.method != "left out"  # one rating of many changes little
        st.html(waterfall(told, "{:.2f}" if coarse else "{:.3f}"))
    st.caption(sentence(why, run.spec.predicts_stars, link, words))
    if why.near:
        liked = f"{words.Many} you liked that are" if new else f"Liked {words.many}"
        st.markdown(f"**{liked} most similar to it**")
        near = [card(ratings, item, f"similarity {cosine:.2f}") for item, cosine in why.near]
        poster_grid(
            ratings, near, key="why_near", label="Liked and similar", layout="row", clickable=False, follow=False
        )


def _figure(ratings: Ratings, run: RunReading, why: Why) -> str:
    if not run.spec.predicts_stars:
        return f"score {why.score:.3g}"
    shown = float(ratings.scale.clip(why.score))
    text = predicted(ratings.scale, shown)
    return text + ("" if shown == why.score else f" (the model says {why.score:.2f}, outside the scale)")


def _start(model: Fitted, why: Why) -> str:
    """What the first bar stands for."""
    if getattr(model.settings, "output", "") == "sigmoid":
        return "Middle of the scale"
    if abs(why.start - model.shape.mean) < 1e-3:
        return "Mean of all ratings"
    return "Starting value"


def _meanings(ratings: Ratings, run: RunReading, epoch: int | None, model: Fitted) -> tuple[Meaning, ...]:
    if model.scorer.item_vectors is None:
        return ()
    return cache.table(_of_run, ratings, run=run.id, version=cache.version(run, epoch), epoch=epoch)


def _of_run(ratings: Ratings, run: str, version: int, epoch: int | None) -> tuple[Meaning, ...]:
    model = cache.fitted(cache.store().open(run), epoch)
    return meanings(model.scorer.item_vectors, ratings)
