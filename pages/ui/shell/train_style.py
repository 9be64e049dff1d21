"""The style of the pages Train, Compare and Embeddings: what config.toml cannot say."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

STYLE = Path(__file__).parent / "train.css"


def learn_style() -> None:
    """Add the style sheet to the page."""
    st.html(STYLE)
