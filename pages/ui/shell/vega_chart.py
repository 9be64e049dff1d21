"""A chart that Vega-Lite draws, as wide as its place."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from pages.ui.charts.vega import Drawing


def vega_chart(drawing: Drawing, key: str, words: str, height: Literal["content", "stretch"] = "content") -> None:
    """Draw it; `words` say what it shows to those who do not see it."""
    st.vega_lite_chart(spec=drawing.whole, key=key, width="stretch", height=height, alt=words)
