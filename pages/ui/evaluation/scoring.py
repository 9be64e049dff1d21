"""How lists are scored: how long they are, and which held-out items count as relevant."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from reco_core.data.item_words import words_of
from reco_core.jobs.results.figures import TOP_K
from reco_core.ratings import Ratings
from reco_core.stars_text import number, stars_word

ALL = "All held-out"
MOST_K = 100


@dataclass(frozen=True)
class Scoring:
    """The first k places; relevant from so many stars on, None for all held-out items."""

    k: int = TOP_K
    relevant_from: float | None = None


def choose_scoring(ratings: Ratings) -> Scoring:
    """The visitor's choice; as runs are scored at first."""
    scale = ratings.scale
    choices = [float(level) for level in scale.levels[1:]]
    most = min(MOST_K, ratings.n_items)
    with st.container(horizontal=True, vertical_alignment="bottom", key="scoring"):
        k = st.number_input("List length k", 1, most, min(TOP_K, most), key="evaluate_k", width=150)
        relevant = st.selectbox(
            "Relevant",
            [ALL, *choices],
            key="evaluate_relevant",
            format_func=lambda level: level if level == ALL else f"{number(scale, level)} {stars_word(scale)} or more",
            width=220,
            help=f"Which of a user's held-out {words_of(ratings).many} count as hits.",
        )
    return Scoring(int(k), None if relevant == ALL else relevant)
