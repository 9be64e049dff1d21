"""Datasets to choose, fetch, add and remove."""

from __future__ import annotations

import streamlit as st
from reco_core.data.download import download

from pages.ui import cache, state
from pages.ui.text import md
from reco_core import data
from reco_core.ratings import Ratings


def catalogue(ratings: Ratings) -> None:
    """A row for each known dataset: in use, ready to use, or to be downloaded."""
    for entry in data.known():
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"dataset_{entry.name}"):
            st.markdown(
                f"**{md(entry.title)}**  \n:small[:gray[{_sizes(entry)}]]  \n:small[:gray[{md(entry.licence)}]]"
            )
            _actions(entry, ratings)


def upload() -> None:
    """A form that makes a dataset of a zip or CSV file."""
    with st.form("upload", border=True):
        st.subheader("Bring your own ratings", anchor=False)
        st.markdown(
            "A CSV with the columns user, item and rating (time and title where you have them), "
            "or a zip in one of MovieLens's formats."
        )
        name = st.text_input("Name", key="upload_name", placeholder="my-ratings", max_chars=60)
        file = st.file_uploader("File", type=["csv", "zip"], key="upload_file")
        if st.form_submit_button("Add dataset", key="upload_add", type="primary", icon=":material/add:"):
            if file is None or not name.strip():
                st.warning("Give the dataset a name and choose a file.")
            else:
                _use(data.add(name.strip(), file.name, file.getvalue()))


def _sizes(entry: data.DatasetEntry) -> str:
    parts = [
        f"{count:,} {noun}"
        for count, noun in ((entry.n_ratings, "ratings"), (entry.n_users, "users"), (entry.n_items, "movies"))
        if count
    ]
    return " · ".join(parts)


def _actions(entry: data.DatasetEntry, ratings: Ratings) -> None:
    if entry.name == ratings.name:
        st.badge("In use", icon=":material/check:", color="green")
    elif entry.available:
        if st.button("Use", key=f"use_{entry.name}"):
            _use(entry.name)
    elif st.button(f"Download {entry.size_mb:g} MB", key=f"download_{entry.name}", icon=":material/download:"):
        _fetch(entry)


def _fetch(entry: data.DatasetEntry) -> None:
    """Download with a progress bar, then use it."""
    bar = st.progress(0.0, text=f"Fetching {entry.title}")

    def show(done: int, total: int) -> None:
        share = min(done / total, 1.0) if total else 0.0
        bar.progress(share, text=f"{done / 1e6:,.1f} of {total / 1e6:,.1f} MB")

    download(entry.name, progress=show)
    _use(entry.name)


def _use(name: str) -> None:
    """Show this dataset from now on."""
    cache.forget_ratings()
    for other in ("run", "item", "user"):
        st.query_params.pop(other, None)
    state.choose("dataset", name)
    st.rerun()
