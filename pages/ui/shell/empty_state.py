"""The designed face of a page that has nothing to show yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.ui.shell.navigation import go


def empty(title: str, text: str, page: str, label: str, icon: str = "hourglass_empty") -> None:
    """A quiet card that says what is missing and has one button to the page where it is made."""
    with card_in_the_middle(title, text, icon, key=f"empty_{page}"):
        go(page, label, key=f"empty_go_{page}", primary=True)


@contextmanager
def card_in_the_middle(title: str, text: str, icon: str, key: str) -> Iterator[None]:
    """A card with an icon, a title and a sentence (Markdown), all centred; what is drawn inside comes below."""
    with st.container(border=True, horizontal_alignment="center", key=key):
        st.space("small")
        with st.container(key="face_icon"):
            st.markdown(f":primary[:material/{icon}:]", text_alignment="center")
        st.header(title, anchor=False, text_alignment="center")
        st.markdown(text, text_alignment="center")
        yield
        st.space("small")
