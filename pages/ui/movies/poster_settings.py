"""Where pictures come from: a folder for this dataset, a key of The Movie Database, its links, else drawn ones."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import streamlit as st

from pages.ui.movies.link_choice import allow_hosts, allowed_hosts, hosts_of
from pages.ui.movies.poster_folders import may_set_folder, poster_folders, set_poster_folder
from pages.ui.shell import cache
from pages.ui.shell.frame import errors_shown
from pages.ui.shell.markdown import md, plural
from pages.ui.shell.visitor import visitor
from reco_core.data.item_words import words_of
from reco_core.errors import DataError
from reco_core.paths import folders_may_be_named
from reco_core.posters import TMDB_NOTICE
from reco_core.ratings import Ratings
from reco_core.shown_text import IDENTIFIER, TITLE

HOSTS_NAMED = 3
LOOPBACK = ("127.0.0.1", "::1", "localhost")
NOT_HERE = (
    "This app is open to other computers, so a folder is not chosen here: its owner starts it with --allow-folders, or "
    "chooses the folder in an app of this computer alone."
)
NO_SWITCH = (
    "This app is open to other computers, so images from links are not switched here: its owner starts it with "
    "--allow-folders, or switches them in an app of this computer alone."
)


def poster_settings(ratings: Ratings) -> None:
    """The sources: the folder of this dataset's images, which is kept; for films the key, which the session forgets."""
    with st.container(border=True, key="poster_folder_card"):
        st.header("Your own folder", anchor=False)
        st.markdown(
            f"Images named by {words_of(ratings).one} id, such as **{md(ratings.items.ids[0], IDENTIFIER)}.jpg**. "
            f"Used for {md(ratings.source.title, TITLE)} only, because ids differ between datasets."
        )
        if not _at_home():
            st.info(NOT_HERE, icon=":material/folder_off:")
        else:
            _folder(ratings)
    _links_card(ratings)
    if words_of(ratings).drawing == "poster" or ratings.item_table["tmdb_id"].notna().any():
        _tmdb_key()


def _at_home() -> bool:
    """Whether who sees this page may make this computer read a folder or ask hosts, for everybody."""
    return folders_may_be_named(st.get_option("server.address") in LOOPBACK)


def _links_card(ratings: Ratings) -> None:
    """The switch for images from links, where the dataset has any; off until somebody switches it on."""
    hosts: Counter[str] = cache.table(hosts_of, ratings)
    if not hosts:
        return
    key = f"links_{ratings.name}"

    def switched() -> None:
        with errors_shown():
            if not _at_home():
                raise DataError(NO_SWITCH)
            allow_hosts(ratings.name, hosts if st.session_state[key] else Counter())

    st.session_state[key] = not allowed_hosts(ratings.name).isdisjoint(hosts)
    names = [md(host) for host, _ in hosts.most_common(HOSTS_NAMED)]
    more = f" and {len(hosts) - len(names):,} other hosts" if len(hosts) > len(names) else ""
    with st.container(border=True, key="links_card"):
        st.header("Images from links", anchor=False)
        st.markdown(
            "Each is fetched over https when it is first shown, checked, made small and kept on this computer; its "
            "host learns this computer's address. Until an image is here, a drawn one is shown."
        )
        label = f"Show images from links: {plural(hosts.total(), 'link')}, at {', '.join(names)}{more}"
        st.toggle(label, key=key, on_change=switched, disabled=not _at_home(), help=None if _at_home() else NO_SWITCH)


def _tmdb_key() -> None:
    with st.container(border=True, key="tmdb_card"):
        st.header("The Movie Database", anchor=False)
        st.markdown(
            "With a key, posters are fetched for items that have a TMDB id. Without one nothing is asked there."
        )
        st.text_input("TMDB key", type="password", key="tmdb_key", persist_state="session")
        st.caption(TMDB_NOTICE)


def _folder(ratings: Ratings) -> None:
    """The box with the folder of this dataset's posters, for whoever may change it."""
    if not may_set_folder(ratings.name, visitor()):
        st.caption("Another visitor has set a folder; only they can change it.")
        return
    now = poster_folders().get(ratings.name, "")
    folder = st.text_input("Folder", value=now, key=f"poster_folder_{ratings.name}", placeholder="~/posters").strip()
    with errors_shown():
        if folder != now:
            set_poster_folder(ratings.name, folder, visitor())
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
