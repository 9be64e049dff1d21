"""Another dataset is shown from now on."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import cache, selection


def use(name: str) -> None:
    """Choose this dataset, on all pages, and draw this one again."""
    cache.forget_ratings()
    for other in ("run", "item", "user"):
        st.query_params.pop(other, None)
    selection.choose("dataset", name)
    st.rerun()
