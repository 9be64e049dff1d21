"""How lists are scored: how long they are, and which held-out items count as relevant."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from reco_core.data.item_words import words_of
from reco_core.jobs.results.figures import TOP_K
from reco_core.ratings import Ratings

ALL = "All held-out"
MOST_K, MOST_LEVELS = 100, 21


@dataclass(frozen=True)
class Scoring:
    """The first k places; relevant from so many stars on, None for all held-out items."""

    k: int = TOP_K
    relevant_from: float | None = None


def choose_scoring(ratings: Ratings) -> Scoring:
    """The visitor's choice; as runs are scored at first."""
    levels = ratings.scale.levels
    choices = [float(level) for level in levels[1:]] if len(levels) <= MOST_LEVELS else []
    most = min(MOST_K, ratings.n_items)
    with st.container(horizontal=True, vertical_alignment="bottom", key="scoring"):
        k = st.number_input("List length k", 1, most, min(TOP_K, most), key="evaluate_k", width=150)
        relevant = st.selectbox(
            "Relevant",
            [ALL, *choices],
            key="evaluate_relevant",
            format_func=lambda level: level if level == ALL else f"{level:g} stars or more",
            width=220,
            help=f"Which of a user's held-out {words_of(ratings).many} count as hits.",
        )
    return Scoring(int(k), None if relevant == ALL else relevant)
