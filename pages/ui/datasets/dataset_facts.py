"""What is said of a dataset in words and numbers: its line under the heading, facts, quality, licence, first rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui.movies.poster_grid import Card, card
from pages.ui.shell import cache
from pages.ui.shell.card_row import metrics
from pages.ui.shell.markdown import md
from pages.ui.shell.shown_table import shown_table
from reco_core.data import quality
from reco_core.data.item_words import words_of
from reco_core.ratings import Ratings
from reco_core.shown_text import file_name
from reco_core.spreadsheet import csv_bytes
from reco_core.stars_text import rounded, span, stars_word

LINES_SHOWN = 100


def subtitle(ratings: Ratings) -> None:
    """One quiet line: title, scale and period."""
    parts = [md(ratings.source.title), span(ratings.scale)]
    if ratings.timestamp is not None:
        parts.append(f"{_month(ratings.timestamp.min())} – {_month(ratings.timestamp.max())}")
    st.caption(" · ".join(parts), width="content")


def facts(ratings: Ratings) -> list[tuple[str, str, str | None]]:
    """The six figures at the head of the page, as metric cards."""
    words = words_of(ratings)
    return [
        ("Ratings", f"{len(ratings):,}", None),
        ("Users", f"{ratings.n_users:,}", None),
        (words.Many, f"{ratings.n_items:,}", None),
        (
            "Mean rating",
            rounded(ratings.scale, float(ratings.rating.mean())),
            f"Over all ratings, in {stars_word(ratings.scale)}.",
        ),
        ("Density", f"{ratings.filled:.2%}", f"Share of the user × {words.one} matrix that holds a rating."),
        ("Sparsity", f"{ratings.sparsity:.2%}", "Share of that matrix that is empty: 1 − density."),
    ]


def quality_report(ratings: Ratings) -> None:
    """The account of the source's lines: read, refused (with number, reason and text), merged, blank."""
    found, item = ratings.quality, words_of(ratings).one
    metrics(
        [
            ("Rows read", f"{found.rows_read or len(ratings):,}", "Lines of the source but its header and blank ones."),
            ("Refused", f"{found.left_out:,}", "Lines that are no rating, each with its reason below."),
            ("Duplicates", f"{found.duplicates:,}", f"Ratings merged into another one of the same user and {item}."),
            ("Blank lines", f"{found.empty:,}", None),
        ],
        key="quality",
    )
    if found.filtered:
        st.caption(f"{found.filtered:,} ratings of users or items with too few were left out, as was asked.")
    if ratings.refused is not None:
        _refused(ratings)


def _refused(ratings: Ratings) -> None:
    """The reasons with their counts, the first refused lines, and all of them as a file."""
    found, lines = ratings.quality, ratings.refused
    assert lines is not None
    reasons = ", ".join(f"{md(reason)} ({count:,})" for reason, count in found.refused.items())
    with st.expander(f"{found.left_out:,} lines refused: {reasons}", icon=":material/report:", key="refused"):
        st.dataframe(shown_table(lines.head(LINES_SHOWN)), hide_index=True, key="refused_lines")
        st.download_button(
            "Download all" if len(lines) == found.left_out else f"Download the first {len(lines):,}",
            lambda: csv_bytes(lines),
            file_name=f"{file_name(ratings.name)}-refused.csv",
            mime="text/csv",
            key="refused_download",
            icon=":material/download:",
        )


def licence(ratings: Ratings) -> None:
    """Licence, citation, home page and notes, as the source states them."""
    source = ratings.source
    with st.container(border=True, key="licence"):
        st.header("Licence and citation", anchor=False)
        for label, text in (("Licence", source.licence), ("Cite", source.citation), ("Notes", source.notes)):
            if text:
                st.markdown(f"**{label}** · {md(text)}")
        if source.url.startswith(("https://", "http://")):
            st.link_button("Home page", source.url, icon=":material/open_in_new:")


def first_rows(ratings: Ratings, n: int = 200) -> pd.DataFrame:
    """The first n ratings as they were read: user, item, title, rating, time; the last and titles only where known."""
    items = ratings.item_index[:n]
    rows: dict[str, Any] = {
        "user": ratings.users.decode(ratings.user_index[:n]),
        "item": ratings.items.decode(items),
    }
    if ratings.has_titles:
        rows["title"] = [cache.titles(ratings)[index] for index in items]
    rows["rating"] = ratings.rating[:n]
    if ratings.timestamp is not None:
        rows["time"] = pd.to_datetime(ratings.timestamp[:n], unit="s")
    return pd.DataFrame(rows)


def _month(seconds: int) -> str:
    return f"{datetime.fromtimestamp(int(seconds), UTC):%b %Y}"


def top_cards(ratings: Ratings, n: int) -> list[Card]:
    """The n most rated items as cards, each with its rank, its count and a bar."""
    top = cache.table(quality.top_items, ratings, n=n)
    most = top["count"].max()
    rows = zip(top["item_index"], top["count"], strict=True)
    return [
        card(ratings, index, f"{count:,} ratings", str(place), count / most)
        for place, (index, count) in enumerate(rows, 1)
    ]
