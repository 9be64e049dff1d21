"""Datasets to choose and to fetch: those that were added first, then the named ones."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.datasets.own_datasets import damaged_datasets, manage, origin, say_deleted
from pages.ui.datasets.use import use
from pages.ui.shell import cache, selection
from pages.ui.shell.frame import errors_shown
from pages.ui.shell.markdown import md
from reco_core import data
from reco_core.data.background_download import Fetching
from reco_core.data.catalogue import zip_path
from reco_core.ratings import Ratings

TICK = 0.5
WANTED = "wanted_dataset"


def catalogue(ratings: Ratings) -> None:
    """A card for each dataset: in use, ready to use, or to be downloaded; two in a row on a desk."""
    _coming_in()
    entries = data.known()
    own = [entry for entry in entries if not entry.download_url and entry.name != selection.DEFAULT_DATASET]
    say_deleted()
    damaged_datasets()
    if own:
        st.header("Your datasets", anchor=False)
        _cards(own, ratings)
    st.header("Named datasets", anchor=False)
    _cards([entry for entry in entries if entry not in own], ratings)


def _cards(entries: Sequence[data.DatasetEntry], ratings: Ratings) -> None:
    for first in range(0, len(entries), 2):
        for column, entry in zip(st.columns(2), entries[first : first + 2], strict=False):
            with column, st.container(border=True, height="stretch", key=f"dataset_{entry.name}"):
                with st.container(gap="xxsmall", height="stretch"):
                    st.markdown(f"**{md(entry.title)}**  \n:small[{_sizes(entry)}]")
                    st.caption(md(entry.licence) if entry.own is None else origin(entry.own))
                with st.container(horizontal=True, vertical_alignment="center"):
                    _actions(entry, ratings)


def _sizes(entry: data.DatasetEntry) -> str:
    items = entry.item_kind.many
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
            use(entry.name)
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
        with st.popover("Offline", key=f"offline_{entry.name}", type="tertiary"):
            st.markdown(
                f"Put the zip of {md(entry.title)} at this place, as it is: it is found at the next look at this page."
            )
            st.code(str(zip_path(entry.name)), language=None, wrap_lines=True)
            st.button("Look again", key=f"look_{entry.name}", icon=":material/refresh:")
    if entry.available and not entry.download_url and entry.name != selection.DEFAULT_DATASET:
        manage(entry, entry.name == ratings.name)


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
            use(last.name)

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
