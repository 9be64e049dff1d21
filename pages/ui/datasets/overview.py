"""The charts of a dataset at a glance: two in a row, the last one alone as wide as both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.charts import data_charts
from pages.ui.shell import cache
from pages.ui.shell.card_row import chart_card
from reco_core.data import quality
from reco_core.data.item_words import words_of
from reco_core.ratings import Ratings
from reco_core.stars_text import stars_word

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Chart = tuple[str, str, "Figure", str]  # title, what it shows, figure, key


def overview(ratings: Ratings) -> None:
    """How ratings, items and users are spread, and when they rated where that is known."""
    charts = _charts(ratings)
    for first in range(0, len(charts), 2):
        row = charts[first : first + 2]
        for column, (title, about, figure, key) in zip(st.columns(len(row)), row, strict=True):
            with column:
                chart_card(title, about, figure, key)


def _charts(ratings: Ratings) -> list[Chart]:
    words = words_of(ratings)
    given = data_charts.histogram(
        cache.table(quality.rating_histogram, ratings), stars_word(ratings.scale).capitalize()
    )
    active = data_charts.bars(cache.table(quality.activity, ratings), "ratings", "users", "Ratings per user", "users")
    hover = f"The top %{{x:.0%}} of the {words.many}<br>have %{{y:.0%}} of the ratings"
    by_rank = f"{words.Many}, most rated first"
    tail = data_charts.area(cache.table(quality.long_tail, ratings), "items", "ratings", by_rank, hover, percent=True)
    charts: list[Chart] = [
        ("Distribution of ratings", "How often each rating was given", given, "histogram"),
        ("The long tail", f"Share of all ratings held by the most rated {words.many}", tail, "tail"),
        ("Activity", "Users by number of ratings", active, "activity"),
    ]
    if ratings.timestamp is not None:
        over_time = cache.table(quality.ratings_over_time, ratings)
        figure = data_charts.area(over_time, "time", "count", "", "%{x|%d %b %Y}<br>%{y:,} ratings")
        charts.append(("Over time", "Ratings per period", figure, "time"))
    return charts
