"""A model's equation, and what its symbols stand for."""

from __future__ import annotations

import streamlit as st

from reco_core.glossary import SYMBOLS
from reco_core.models.spec import ModelSpec


def explain_equation(spec: ModelSpec) -> None:
    """One quiet line: each symbol of the model's equation, and what it stands for."""
    st.caption(symbols_of(spec))


def symbols_of(spec: ModelSpec) -> str:
    """The same as Markdown."""
    return " · ".join(f"${symbol.tex}$ {symbol.says}" for symbol in (SYMBOLS[name] for name in spec.symbols))
