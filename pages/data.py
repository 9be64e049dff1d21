"""Data: what is in the ratings, how clean they are, and where other datasets come from."""

from __future__ import annotations

import streamlit as st

from pages.ui.charts import data_charts
from pages.ui.datasets.add_dataset import add_dataset
from pages.ui.datasets.catalogue import catalogue
from pages.ui.datasets.dataset_facts import facts, first_rows, licence, quality_report, subtitle, top_cards
from pages.ui.datasets.kind_form import kind_form
from pages.ui.datasets.overview import overview as overview_of
from pages.ui.datasets.quality_tab import quality_sections
from pages.ui.datasets.reading_status import reading_status, say_what_came_in
from pages.ui.movies.poster_grid import poster_grid
from pages.ui.movies.poster_settings import poster_settings
from pages.ui.shell import cache, selection
from pages.ui.shell.card_row import chart_card, metrics
from pages.ui.shell.frame import page
from pages.ui.shell.navigation import switch
from pages.ui.shell.shown_table import shown_table
from reco_core.data import quality
from reco_core.data.item_words import words_of

MOST_GENRES = 40

with page("Data"):
    ratings = selection.dataset()
    selection.run(ratings)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="about"):
        subtitle(ratings)
        kind_form(ratings)
    metrics(facts(ratings), key="facts")
    words = words_of(ratings)
    pictures = "Posters" if words.drawing == "poster" else "Images"
    tabs = ("Overview", words.Many, "Matrix", "Rows", "Datasets", pictures)
    overview, items, matrix, rows, datasets, images = st.tabs(
        tabs, key="data_tab", on_change="rerun", bind="query-params"
    )

    if overview.open:
        with overview:
            overview_of(ratings)
            licence(ratings)

    if items.open:
        with items:
            with st.container(border=True, key="top_movies"):
                st.header(f"Most rated {words.many}", anchor=False)
                picked = poster_grid(ratings, top_cards(ratings, 18), "top", label=f"Most rated {words.many}")
            if picked:
                switch("similar", item=picked)
            if ratings.genre_names:
                genres = cache.table(quality.genre_counts, ratings)
                figure = data_charts.lying_bars(genres.head(MOST_GENRES), "genre", "items", words.many)
                of = f", the {MOST_GENRES} most frequent of {len(genres):,}" if len(genres) > MOST_GENRES else ""
                chart_card("Genres", f"{words.Many} per genre{of}; {words.an} may have several", figure, "genres")

    if matrix.open:
        with matrix:
            most = cache.table(quality.most_active_matrix, ratings)
            figure = data_charts.heat(most, ratings.scale)
            chart_card(
                f"Most active users × most rated {words.many}", "15 of each; empty cells were not rated", figure, "heat"
            )
            with st.container(border=True, key="dots"):
                st.header("The rating matrix", anchor=False)
                st.caption(
                    f"A row per user, a column per {words.one}, a dot per rating: a model has to predict the empty "
                    "cells."
                )
                image = data_charts.dots(cache.table(quality.dot_matrix, ratings, size=900))
                st.image(image, width="stretch", alt="Every rating as a dot")

    if rows.open:
        with rows:
            say_what_came_in(ratings.name, in_full=False)
            reading_status()
            quality_report(ratings)
            quality_sections(ratings)
            rows_shown = cache.table(first_rows, ratings)
            if len(rows_shown) < len(ratings):
                st.caption(f"The first {len(rows_shown):,} of {len(ratings):,} rows.")
            st.dataframe(shown_table(rows_shown), hide_index=True, height=560, key="first_rows")

    if datasets.open:
        with datasets:
            say_what_came_in(ratings.name)
            add_dataset()
            catalogue(ratings)

    if images.open:
        with images:
            poster_settings(ratings)
