"""Datasets to choose, fetch, add and remove."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import cache, selection
from pages.ui.shell.frame import errors_shown
from pages.ui.shell.markdown import md
from reco_core import data
from reco_core.data.background_download import Fetching
from reco_core.data.item_words import chosen_kind
from reco_core.ratings import Ratings

TICK = 0.5
WANTED = "wanted_dataset"


def catalogue(ratings: Ratings) -> None:
    """A card for each known dataset: in use, ready to use, or to be downloaded; two in a row on a desk."""
    _coming_in()
    entries = data.known()
    for first in range(0, len(entries), 2):
        for column, entry in zip(st.columns(2), entries[first : first + 2], strict=False):
            with column, st.container(border=True, height="stretch", key=f"dataset_{entry.name}"):
                with st.container(gap="xxsmall", height="stretch"):
                    st.markdown(f"**{md(entry.title)}**  \n:small[{_sizes(entry)}]")
                    st.caption(md(entry.licence))
                with st.container(horizontal=True, vertical_alignment="center"):
                    _actions(entry, ratings)


def upload() -> None:
    """A form that makes a dataset of a zip or CSV file."""
    with st.form("upload", border=True):
        st.header("Bring your own ratings", anchor=False)
        st.markdown(
            "A table (CSV, TSV) with the columns user, item and rating, and optionally time and title; or a zip in a "
            "MovieLens format."
        )
        name = st.text_input("Name", key="upload_name", placeholder="my-ratings", max_chars=60)
        file = st.file_uploader("File", type=["zip", "csv", "tsv", "txt", "dat", "gz"], key="upload_file")
        if st.form_submit_button("Add dataset", key="upload_add", type="primary", icon=":material/add:"):
            if file is None or not name.strip():
                st.warning("Give the dataset a name and choose a file.")
                return
            with errors_shown():
                _use(data.add(name.strip(), file.name, file.getvalue()))


def _sizes(entry: data.DatasetEntry) -> str:
    items = (chosen_kind(entry.name) or entry.item_kind).many
    parts = [
        f"{count:,} {noun}"
        for count, noun in ((entry.n_ratings, "ratings"), (entry.n_users, "users"), (entry.n_items, items))
        if count
    ]
    return " · ".join(parts)


def _actions(entry: data.DatasetEntry, ratings: Ratings) -> None:
    """What can be done with a dataset now."""
    if entry.name == ratings.name:
        st.badge("In use", icon=":material/check:", color="green")
    elif entry.available:
        if st.button("Use", key=f"use_{entry.name}"):
            _use(entry.name)
    else:
        now = cache.fetcher().now
        st.button(
            f"Download {entry.size_mb:g} MB",
            key=f"download_{entry.name}",
            icon=":material/download:",
            disabled=now is not None and now.active,
            on_click=_fetch,
            args=(entry.name,),
        )
    if entry.available and not entry.download_url and entry.name != selection.DEFAULT_DATASET:
        _removal(entry, entry.name == ratings.name)


def _removal(entry: data.DatasetEntry, in_use: bool) -> None:
    """A dataset that was added can be taken away again, after a second click."""
    with st.popover("Remove", key=f"remove_{entry.name}"):
        st.markdown(f"Remove **{md(entry.title)}** from this computer? Its runs are kept.")
        if st.button("Delete permanently", key=f"remove_{entry.name}_yes", type="primary"):
            data.remove(entry.name)
            if in_use:
                _use(selection.DEFAULT_DATASET)
            cache.forget_ratings()
            st.rerun()


def _fetch(name: str) -> None:
    """Begin a download, which goes on whatever page is looked at. A callback."""
    with errors_shown():
        cache.fetcher().start(name)
        st.session_state[WANTED] = name


def _coming_in() -> None:
    """The download under way with its progress, or how the last one ended; the one asked for here is used at once."""
    last = cache.fetcher().now
    if last is None:
        return
    if last.arrived:
        cache.fetcher().forget()
        if st.session_state.pop(WANTED, None) == last.name:
            _use(last.name)

    @st.fragment(run_every=TICK if last.active else None)
    def progress() -> None:
        now = cache.fetcher().now
        if last.active and (now is None or not now.active):
            st.rerun()
        if now is not None:
            _progress(now)

    progress()


def _progress(now: Fetching) -> None:
    if now.error:
        st.error(md(now.error), icon=":material/error:")
    elif now.cancelled:
        st.info(f"Download of {md(now.name)} cancelled; it will resume where it stopped.", icon=":material/download:")
    elif now.active:
        with st.container(horizontal=True, vertical_alignment="center", key="coming_in"):
            share = min(now.done / now.total, 1.0) if now.total else 0.0
            sizes = f"{now.done / 1e6:,.1f} of {now.total / 1e6:,.1f} MB" if now.total else "connecting"
            st.progress(share, text=f"Downloading {md(now.name)}: {sizes}. You can leave this page.")
            st.button("Cancel", key="cancel_download", icon=":material/close:", on_click=cache.fetcher().cancel)


def _use(name: str) -> None:
    """Show this dataset from now on."""
    cache.forget_ratings()
    for other in ("run", "item", "user"):
        st.query_params.pop(other, None)
    selection.choose("dataset", name)
    st.rerun()
