"""Before training: users and items with few ratings, constant and suspicious users, and a dataset without them."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages.ui.datasets.reading_status import begin
from pages.ui.shell import cache
from pages.ui.shell.frame import errors_shown
from pages.ui.shell.markdown import plural
from pages.ui.shell.visitor import visitor
from reco_core import data
from reco_core.data import suspects
from reco_core.data.catalogue import zip_path
from reco_core.data.own import Dataset
from reco_core.data.own.adding import Adding
from reco_core.data.own.derived import derived, derived_from_zip
from reco_core.data.own.progress import Watch
from reco_core.data.own.record import TITLE_LENGTH
from reco_core.data.reading.plan import Duplicates
from reco_core.ratings import Ratings

LISTED = 100
KEEP: dict[Duplicates, str] = {"last": "keep the newest", "mean": "keep their mean", "refuse": "refuse them"}
NAMES = {
    "k": "at least",
    "users_below": "users with fewer",
    "items_below": "items with fewer",
    "ratings": "ratings left",
    "users": "users left",
    "items": "items left",
}


def quality_sections(ratings: Ratings) -> None:
    """Few ratings, constant users, suspicious users: counted and listed; nothing is left out unasked."""
    table = cache.table(suspects.cores, ratings)
    constant = cache.table(suspects.constant_users, ratings)
    odd = cache.table(suspects.suspicious_users, ratings)
    with st.container(key="quality_lists", gap="small"):
        few = table[table["k"] == suspects.LEAST].iloc[0]
        with st.expander(
            f"Fewer than {suspects.LEAST} ratings: {plural(int(few['users_below']), 'user')} and "
            f"{plural(int(few['items_below']), 'item')}",
            icon=":material/filter_alt:", key="quality_cores",
        ):  # fmt: skip
            st.caption("What is left where every user and every item has at least so many (a k-core).")
            st.dataframe(table.rename(columns=NAMES), hide_index=True, key="cores")
        _users("Users whose ratings are all equal", constant, ratings, "constant", "equalizer")
        _users("Users who may not be people", odd, ratings, "suspicious", "person_alert")
    _another(ratings, table)


def _users(title: str, table: pd.DataFrame, ratings: Ratings, key: str, icon: str) -> None:
    share = f", {table['ratings'].sum() / len(ratings):.1%} of all ratings" if len(table) else ""
    with st.expander(f"{title}: {len(table):,}{share}", icon=f":material/{icon}:", key=f"quality_{key}"):
        if table.empty:
            st.caption("Nobody.")
            return
        st.dataframe(table.head(LISTED), hide_index=True, key=f"{key}_users")
        st.download_button(
            "Download all", lambda: table.to_csv(index=False).encode(), f"{ratings.name}-{key}.csv", "text/csv",
            key=f"{key}_download", icon=":material/download:",
        )  # fmt: skip


def _another(ratings: Ratings, table: pd.DataFrame) -> None:
    """A form that makes a new dataset of the same file, by another plan."""
    make = _maker(ratings)
    if make is None:
        return
    with st.expander("Make another dataset of it", icon=":material/content_copy:", key="derive"):
        st.caption("From the same file, which stays: with a k-core filter, or repeated pairs treated otherwise.")
        with st.container(horizontal=True, vertical_alignment="bottom", key="derive_form"):
            k = int(st.number_input("At least this many ratings each", 0, 1000, suspects.LEAST, key="derive_core"))
            twice = st.selectbox(
                "The same user and item again", list(KEEP), key="derive_twice", format_func=KEEP.__getitem__
            )
            proposed = f"{ratings.source.title[: TITLE_LENGTH - 10]}, {k}-core" if k > 1 else ratings.source.title
            title = st.text_input("Title", proposed, TITLE_LENGTH, key=f"derive_title_{k}")
        row = table[table["k"] == k]
        if len(row):
            left = row.iloc[0]
            st.caption(f"Leaves {left['ratings']:,} ratings of {left['items']:,} items by {left['users']:,} users.")
        if st.button("Make it", key="derive_make", icon=":material/add:"):
            with errors_shown():
                begin(Adding(lambda watch: make({"core": k, "duplicates": twice}, title, watch)))


def _maker(ratings: Ratings) -> Callable[[dict[str, object], str, Watch], Dataset] | None:
    """What makes a dataset of the file of this one; None where it has none that stays."""
    owner = visitor()
    record = next((entry.own for entry in data.known() if entry.name == ratings.name), None)
    if record is not None:
        return lambda changes, title, watch: derived(record, changes, title, owner, watch)
    if zip_path(ratings.name).is_file():
        path = zip_path(ratings.name)
        return lambda changes, title, watch: derived_from_zip(path, changes, title, owner, watch)
    return None
