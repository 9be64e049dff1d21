"""A model's equation, and what its symbols stand for."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell.markdown import md
from reco_core.glossary import SYMBOLS
from reco_core.models.spec import ModelSpec


def explain_equation(spec: ModelSpec) -> None:
    """One quiet line: each symbol of the model's equation, and what it stands for."""
    st.caption(symbols_of(spec))


def in_full(spec: ModelSpec) -> str:
    """The equation, its symbols and where it comes from, as Markdown."""
    return f"$$\n{spec.equation}\n$$\n\n{symbols_of(spec)}\n\n{md(spec.reference)}"


def symbols_of(spec: ModelSpec) -> str:
    """The same as Markdown."""
    return " · ".join(f"${symbol.tex}$ {symbol.says}" for symbol in (SYMBOLS[name] for name in spec.symbols))
