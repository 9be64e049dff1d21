"""Rows of cards of equal width and height, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def metrics(values: Sequence[tuple[str, str, str | None]], key: str) -> None:
    """One bordered metric per (label, value, help); two in a row on a phone, all in one row on a desk."""
    with st.container(horizontal=True, key=f"cards_{key}"):
        for label, value, help_ in values:
            st.metric(label, value, help=help_, border=True, height="stretch")


@contextmanager
def card(title: str, about: str = "", key: str | None = None) -> Iterator[DeltaGenerator]:
    """A bordered card as high as its neighbours, under a title and one quiet line that never wrap."""
    with st.container(border=True, height="stretch", key=key) as box:
        st.subheader(title, anchor=False, wrap=False)
        if about:
            st.caption(about, wrap=False)
        yield box
