"""The designed face of a page that has nothing to show yet."""

from __future__ import annotations

import streamlit as st

from pages.ui.links import go


def empty(title: str, text: str, page: str, label: str, icon: str = "hourglass_empty") -> None:
    """A quiet card that says what is missing and has one button to the page where it is made."""
    with st.container(border=True, horizontal_alignment="center", key=f"empty_{page}"):
        st.space("small")
        st.title(f":primary[:material/{icon}:]", anchor=False, text_alignment="center")
        st.subheader(title, anchor=False, text_alignment="center")
        st.markdown(text, text_alignment="center")
        go(page, label, key=f"empty_go_{page}", primary=True)
        st.space("small")
