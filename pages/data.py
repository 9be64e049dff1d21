"""Data: what is in the ratings, how clean they are, and where other datasets come from."""

from __future__ import annotations

import streamlit as st

from pages.ui.charts import data_charts
from pages.ui.datasets.catalogue import catalogue, upload
from pages.ui.datasets.dataset_facts import facts, first_rows, licence, quality_report, subtitle, top_cards
from pages.ui.movies.poster_grid import poster_grid
from pages.ui.movies.poster_settings import poster_settings
from pages.ui.shell import cache, selection
from pages.ui.shell.card_row import chart_card, metrics
from pages.ui.shell.frame import page
from pages.ui.shell.navigation import switch
from pages.ui.shell.shown_table import shown_table
from reco_core.data import quality
from reco_core.stars_text import stars_word

MOST_GENRES = 40
TABS = ("Overview", "Movies", "Matrix", "Rows", "Datasets", "Posters")

with page("Data"):
    ratings = selection.dataset()
    selection.run(ratings)
    subtitle(ratings)
    metrics(facts(ratings), key="facts")
    overview, movies, matrix, rows, datasets, posters = st.tabs(
        TABS, key="data_tab", on_change="rerun", bind="query-params"
    )

    if overview.open:
        with overview:
            left, right = st.columns(2)
            with left:
                given = cache.table(quality.rating_histogram, ratings)
                figure = data_charts.histogram(given, stars_word(ratings.scale).capitalize())
                chart_card("Distribution of ratings", "How often each rating was given", figure, "histogram")
                active = cache.table(quality.activity, ratings)
                figure = data_charts.bars(active, "ratings", "users", "Ratings per user", "users")
                chart_card("Activity", "Users by number of ratings", figure, "activity")
            with right:
                tail = cache.table(quality.long_tail, ratings)
                hover = "The top %{x:.0%} of the movies<br>have %{y:.0%} of the ratings"
                figure = data_charts.area(tail, "items", "ratings", "Movies, most rated first", hover, percent=True)
                chart_card("The long tail", "Share of all ratings held by the most rated movies", figure, "tail")
                if ratings.timestamp is not None:
                    time = cache.table(quality.ratings_over_time, ratings)
                    figure = data_charts.area(time, "time", "count", "", "%{x|%d %b %Y}<br>%{y:,} ratings")
                    chart_card("Over time", "Ratings per period", figure, "time")
            licence(ratings)

    if movies.open:
        with movies:
            with st.container(border=True, key="top_movies"):
                st.header("Most rated movies", anchor=False)
                picked = poster_grid(ratings, top_cards(ratings, 18), "top", label="Most rated movies")
            if picked:
                switch("similar", item=picked)
            genres = cache.table(quality.genre_counts, ratings)
            figure = data_charts.lying_bars(genres.head(MOST_GENRES), "genre", "items", "movies")
            of = f", the {MOST_GENRES} most frequent of {len(genres):,}" if len(genres) > MOST_GENRES else ""
            chart_card("Genres", f"Movies per genre{of}; a movie may have several", figure, "genres")

    if matrix.open:
        with matrix:
            most = cache.table(quality.most_active_matrix, ratings)
            figure = data_charts.heat(most, ratings.scale)
            chart_card(
                "Most active users × most rated movies", "15 of each; empty cells were not rated", figure, "heat"
            )
            with st.container(border=True, key="dots"):
                st.header("The rating matrix", anchor=False)
                st.caption(
                    "A row per user, a column per movie, a dot per rating: a model has to predict the empty cells."
                )
                image = data_charts.dots(cache.table(quality.dot_matrix, ratings, size=900))
                st.image(image, width="stretch", alt="Every rating as a dot")

    if rows.open:
        with rows:
            quality_report(ratings)
            rows_shown = cache.table(first_rows, ratings)
            if len(rows_shown) < len(ratings):
                st.caption(f"The first {len(rows_shown):,} of {len(ratings):,} rows.")
            st.dataframe(shown_table(rows_shown), hide_index=True, height=560, key="first_rows")

    if datasets.open:
        with datasets:
            catalogue(ratings)
            upload()

    if posters.open:
        with posters:
            poster_settings(ratings)
