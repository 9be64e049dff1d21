"""What the items of the dataset are called: a choice for the datasets that somebody added."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import cache
from pages.ui.shell.frame import errors_shown
from pages.ui.shell.markdown import md
from pages.ui.shell.visitor import visitor
from reco_core.data.catalogue import catalogue
from reco_core.data.choosing_words import choose_words
from reco_core.data.item_words import words_of
from reco_core.kinds import CUSTOM, KINDS, MAX_LETTERS, kind_in_words, kind_of
from reco_core.ratings import Ratings

OTHER = "Other words"


def kind_form(ratings: Ratings) -> None:
    """A pop-over that says what the items are called and takes other words; nothing for datasets of the catalogue."""
    if any(entry.name == ratings.name for entry in catalogue()):
        return
    words = words_of(ratings)
    key = f"words_{ratings.name}"
    with st.popover(f"Items are {md(words.many)}", icon=f":material/{words.icon}:", key=f"{key}_popover"):
        names = [*(one.name for one in KINDS), CUSTOM]
        chosen = st.selectbox(
            "The items are",
            names,
            index=names.index(words.name),
            key=f"{key}_{words.one}",
            format_func=lambda name: OTHER if name == CUSTOM else kind_of(name).Many,
        )
        one = many = ""
        if chosen == CUSTOM:
            own = words.name == CUSTOM
            with st.container(horizontal=True):
                one = st.text_input("One", words.one if own else "", MAX_LETTERS, key=f"{key}_one", placeholder="wine")
                many = st.text_input(
                    "Many", words.many if own else "", MAX_LETTERS, key=f"{key}_many", placeholder="wines"
                )
        st.caption("Every page uses these words, and what is drawn for an item without an image follows them.")
        if st.button("Use these words", key=f"use_words_{ratings.name}", type="primary"):
            with errors_shown():
                kind = kind_in_words(one, many) if chosen == CUSTOM else kind_of(str(chosen))
                choose_words(ratings.name, kind, visitor())
                cache.forget_ratings()
                st.rerun()
