"""Rows of cards of equal width and height, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.charts.data_charts import CONFIG

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def metrics(values: Sequence[tuple[str, str, str | None]], key: str) -> None:
    """One bordered metric per (label, value, help); two in a row on a phone, all in one row on a desk."""
    with st.container(horizontal=True, key=f"cards_{key}"):
        for label, value, help_ in values:
            st.metric(label, value, help=help_, border=True, height="stretch")


def chart_card(title: str, about: str, figure: Figure, key: str) -> None:
    """A chart under a title and one quiet line that never wrap, in a card as high as its neighbour."""
    with st.container(border=True, height="stretch", key=f"card_{key}", gap="xsmall"):
        st.header(title, anchor=False, wrap=False)
        st.caption(about, wrap=False)
        st.plotly_chart(figure, key=key, config=CONFIG, alt=f"{title}: {about}")
