"""The Train page's layout: one window with the next run's form at the left, and the run that is shown at the right."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.ui.training.model_cards import other_models

STYLE = Path(__file__).parent / "workbench.css"


def workbench_style() -> None:
    """Add the style sheet to the page."""
    st.html(STYLE)


def form_head(has_run: bool, sweeping: bool) -> None:
    """The heading of the form: whose settings it holds; beside a run, with the way to the other models."""
    title, about = "First run", None
    if sweeping:
        title, about = "Sweep", "Settings that are not varied come from the form below."
    elif has_run:
        title, about = "Next run", "What Train starts. The run shown keeps the settings it started with."
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="form_head"):
        st.header(title, anchor=False, help=about, width="content")
        if has_run:
            other_models()
