"""Where posters come from: a folder for this dataset, a key of The Movie Database, else drawn ones."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.ui.movies.poster_folders import poster_folders, set_poster_folder
from pages.ui.shell.markdown import md
from reco_core.paths import folders_may_be_named
from reco_core.posters import TMDB_NOTICE
from reco_core.ratings import Ratings
from reco_core.shown_text import IDENTIFIER, TITLE

LOOPBACK = ("127.0.0.1", "::1", "localhost")
NOT_HERE = (
    "This app is open to other computers, so a folder is not chosen here: its owner starts it with --allow-folders, or "
    "chooses the folder in an app of this computer alone."
)


def poster_settings(ratings: Ratings) -> None:
    """Two boxes: the folder of this dataset's posters, which is kept, and the key, which the session forgets."""
    with st.container(border=True, key="poster_folder_card"):
        st.header("Your own folder", anchor=False)
        st.markdown(
            f"Images named by movie id, such as **{md(ratings.items.ids[0], IDENTIFIER)}.jpg**. "
            f"Used for {md(ratings.source.title, TITLE)} only, because ids differ between datasets."
        )
        if not folders_may_be_named(st.get_option("server.address") in LOOPBACK):
            st.info(NOT_HERE, icon=":material/folder_off:")
        else:
            _folder(ratings)
    with st.container(border=True, key="tmdb_card"):
        st.header("The Movie Database", anchor=False)
        st.markdown(
            "With a key, posters are fetched for movies that have a TMDB id. Without one nothing leaves this computer."
        )
        st.text_input("TMDB key", type="password", key="tmdb_key", persist_state="session")
        st.caption(TMDB_NOTICE)


def _folder(ratings: Ratings) -> None:
    """The box with the folder of this dataset's posters."""
    now = poster_folders().get(ratings.name, "")
    folder = st.text_input("Folder", value=now, key=f"poster_folder_{ratings.name}", placeholder="~/posters").strip()
    if folder != now:
        set_poster_folder(ratings.name, folder)
    if folder:
        _say_what_is_there(folder)


def _say_what_is_there(folder: str) -> None:
    try:
        there = Path(folder).expanduser().is_dir()
    except (OSError, RuntimeError, ValueError):  # a name that is too long, of no user of this computer, or with a NUL
        there = False
    if not there:
        st.warning(f"There is no folder {md(folder, TITLE)}.", icon=":material/folder_off:")
    else:
        st.success("Posters in this folder are used from now on.", icon=":material/folder_open:")
