"""The catalogue of models as cards: one family at a time, one sentence and one equation each."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell.markdown import md
from pages.ui.training.equation import explain_equation
from reco_core.models import MODELS
from reco_core.models.spec import ModelSpec

FAMILIES = tuple(dict.fromkeys(spec.family for spec in MODELS))


def choose_family() -> str:
    """The chosen family; draws the choice."""
    return st.segmented_control(
        "Family of models",
        FAMILIES,
        default=FAMILIES[0],
        required=True,
        key="family",
        format_func=lambda name: name.capitalize(),
        label_visibility="collapsed",
        persist_state="session",
    )


def choose_model(family: str) -> ModelSpec:
    """The chosen model of a family; draws a card for each."""
    specs = [spec for spec in MODELS if spec.family == family]
    chosen = st.session_state.setdefault(_memory(family), specs[0].name)
    with st.container(key="models"):
        for spec in specs:
            _card(spec, spec.name == chosen)
    spec = next(spec for spec in specs if spec.name == chosen)
    explain_equation(spec)
    return spec


def remember_model(spec: ModelSpec) -> None:
    """Make it the chosen model of its family, and its family the one that is shown; before they are drawn."""
    st.session_state["family"] = spec.family
    st.session_state[_memory(spec.family)] = spec.name


def _card(spec: ModelSpec, chosen: bool) -> None:
    key = f"{'chosen_' if chosen else ''}model_{spec.name}"
    with st.container(border=True, key=key, gap="small", vertical_alignment="distribute"):
        with st.container(gap="xsmall"):
            st.markdown(f"**{spec.title}**")
            st.markdown(f":small[{md(spec.sentence)}]")
        st.latex(spec.equation)
        st.button(
            "Chosen" if chosen else "Choose",
            key=f"choose_{spec.name}",
            icon=":material/check:" if chosen else None,
            width="stretch",
            help=spec.reference or None,
            on_click=remember_model,
            args=(spec,),
        )


def _memory(family: str) -> str:
    return f"model_of_{family}"
