"""The parts of the Evaluate page: stars, where they err, lists, and the busiest corner."""

from __future__ import annotations

import streamlit as st

from pages.ui.charts.evaluation_charts import calibration_chart, errors_chart, residual_chart, tenths_chart
from pages.ui.charts.vega import Drawing
from pages.ui.evaluation import result_cache
from pages.ui.shell import cache
from pages.ui.shell.markdown import md
from pages.ui.shell.vega_chart import vega_chart
from reco_core.data.item_words import words_of
from reco_core.evaluation import slices
from reco_core.evaluation.catalogue import figure_text
from reco_core.evaluation.slices import COLD_ITEM
from reco_core.jobs.results.predictions import (
    HELD_OUT,
    LISTS_RIVAL,
    MOST_TRAINED,
    STARS_RIVAL,
    UNSEEN,
    ListsOfRun,
    Part,
    Predictions,
)
from reco_core.kinds import ItemKind
from reco_core.models import get_model
from reco_core.ratings import Ratings
from reco_core.runs import RunReading
from reco_core.stars_text import stars_word

USERS = "ratings per user"


def stars_part(ratings: Ratings, found: Predictions) -> None:
    """Calibration, errors on rows learned from beside those held out, and errors by the stars that were given."""
    test = found.test
    tenths = slices.calibration(test.predicted, test.actual)
    left, right = st.columns(2)
    with left:
        off = slices.calibration_error(tenths)
        about = f"One point per decile; mean distance from the line {_short(off)} {stars_word(ratings.scale)}."
        _card("Calibration", about, calibration_chart(tenths, ratings.scale), "calibration")
    with right:
        by_star = slices.residuals_by_star(test.predicted, test.actual, ratings.scale)
        about = "Thin: 80 % of the ratings. Thick: 50 %. Point: mean."
        _card("Error by actual rating", about, residual_chart(by_star), "residuals")
    parts = {"train": ("Errors on training ratings", found.trained), "test": ("Errors on held-out ratings", test)}
    tables = {key: slices.error_distribution(p.predicted, p.actual, ratings.scale) for key, (_, p) in parts.items()}
    most = max(table["share"].max() for table in tables.values()) * 1.05
    for column, (key, (title, part)) in zip(st.columns(2), parts.items(), strict=True):
        with column:
            _card(
                title,
                _error_words(part, stars_word(ratings.scale)),
                errors_chart(tables[key], most, ratings.scale),
                f"errors_{key}",
            )


def where_part(ratings: Ratings, found: Predictions) -> None:
    """Errors by how much is known of the user and of the item, and the rows of which nothing is."""
    test, words = found.test, words_of(ratings)
    sides = (
        ("user", "By user activity", USERS, ratings.user_index[test.rows], found.user_known),
        ("item", f"By {words.one} popularity", _per(words), ratings.item_index[test.rows], found.item_known),
    )
    about = f"RMSE per decile; the tick is {get_model(STARS_RIVAL).title} on the same rows."
    for column, (key, title, what, unit, known) in zip(st.columns(2), sides, strict=True):
        own, rival = (slices.error_by_tenths(p, test.actual, unit, known) for p in (test.predicted, found.rival))
        with column:
            drawn = tenths_chart(own, rival, "rmse", f"RMSE in {stars_word(ratings.scale)}", what, STARS_RIVAL)
            _card(title, about, drawn, f"rmse_by_{key}")
    _cold(ratings, found)


def lists_part(found: ListsOfRun, k: int, words: ItemKind) -> None:
    """What lists are worth to users by activity, and which items they find by popularity."""
    left, right = st.columns(2)
    both, figure = (found.own, found.rival), f"ndcg@{k}"
    with left:
        own, rival = (slices.mean_by_tenths(one.figures[figure], one.users, found.user_known) for one in both)
        about = f"Mean {figure.upper()} per decile of users; the tick is {get_model(LISTS_RIVAL).title}."
        drawn = tenths_chart(own, rival, "mean", figure.upper(), USERS, LISTS_RIVAL)
        _card("Lists by user activity", about, drawn, "ndcg_by_user")
    with right:
        own, rival = (slices.share_by_tenths(one.found, one.wanted, found.item_known) for one in both)
        rival_name = get_model(LISTS_RIVAL).title
        about = f"Share of relevant {words.many} listed, per decile; the tick is {rival_name}."
        drawn = tenths_chart(own, rival, "share", f"Found in top {k}", _per(words), LISTS_RIVAL)
        _card(f"Hits by {words.one} popularity", about, drawn, "found_by_item")


def corner_part(ratings: Ratings, run: RunReading) -> None:
    """Given and predicted stars of the 15 most active users and the 15 most rated items."""
    from pages.ui.charts.busiest_matrix import corner_figures
    from pages.ui.charts.data_charts import CONFIG

    corner = result_cache.corner(run)
    figures = corner_figures(corner, cache.titles(ratings), ratings.scale)
    unseen, held = ((corner.part == kind).to_numpy().sum() for kind in (UNSEEN, HELD_OUT))
    st.caption(
        f"The 15 most active users and 15 most rated {words_of(ratings).many}. Dotted: never rated ({unseen}). "
        f"Framed: held out ({held}). The model was trained on the rest."
    )
    for column, title, figure in zip(st.columns(2), ("Actual", "Predicted"), figures, strict=True):
        with column, st.container(border=True, key=f"corner_{title.lower()}", gap="xsmall"):
            st.header(title, anchor=False)
            st.plotly_chart(figure, key=f"matrix_{title.lower()}", config=CONFIG, alt=f"{title} ratings")


def _error_words(part: Part, stars: str) -> str:
    error = part.predicted - part.actual
    of = "A sample of " if len(part.rows) == MOST_TRAINED else ""
    return (
        f"{of}{len(error):,} ratings: RMSE {_short((error**2).mean() ** 0.5)} {stars}, mean error {error.mean():+,.3f}."
    )


def _short(value: float) -> str:
    return f"{value:.3f}" if 1e-3 <= abs(value) < 1000 else figure_text(value)


def _cold(ratings: Ratings, found: Predictions) -> None:
    """Test rows whose user or item was never learned from, with their own error."""
    test, words = found.test, words_of(ratings)
    known = found.user_known[ratings.user_index[test.rows]] > 0, found.item_known[ratings.item_index[test.rows]] > 0
    table = slices.cold_rows(test.predicted, test.actual, *known)
    with st.container(border=True, key="cold", gap="xsmall"):
        st.header(f"Cold-start users and {words.many}", anchor=False)
        st.caption(
            "Those without training ratings. They are scored with mean vectors and biases, and count in every metric."
        )
        titles = {"kind": f"User and {words.one}", "count": "Ratings", "share": "Share", "rmse": "RMSE", "mae": "MAE"}
        form = {"Ratings": "{:,}", "Share": "{:.2%}", "RMSE": figure_text, "MAE": figure_text}
        table = table.replace({"kind": {COLD_ITEM: f"cold {words.one}"}})
        shown = table.rename(columns=titles).style.format(form, na_rep="–")
        st.dataframe(shown, key="cold_rows", hide_index=True, width="stretch", placeholder="–")


def _per(words: ItemKind) -> str:
    return f"ratings per {words.one}"


def _card(title: str, about: str, drawn: Drawing, key: str) -> None:
    with st.container(border=True, height="stretch", key=f"evaluate_card_{key}", gap="xsmall"):
        st.header(title, anchor=False)
        st.caption(md(about))
        vega_chart(drawn, key, f"{title}: {about}")
