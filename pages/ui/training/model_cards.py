"""The catalogue of models as cards, a family at a time; beside a run, the chosen one with the cards behind a button."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell.markdown import md
from pages.ui.training.equation import explain_equation, in_full
from reco_core.models import MODELS
from reco_core.models.spec import ModelSpec

FAMILIES = tuple(dict.fromkeys(spec.family for spec in MODELS))
FAMILY, SHOWN = "family", "family_shown"


def choose_model() -> ModelSpec:
    """The chosen model; draws its family's cards under the choice of a family."""
    _families(FAMILY, persist_state="session")
    _cards(chosen_model().family)
    explain_equation(chosen_model())
    return chosen_model()


def model_row() -> ModelSpec:
    """The chosen model; draws its name and its sentence."""
    spec = chosen_model()
    with st.container(key="model_row", gap="xsmall"):
        st.markdown(f"**{md(spec.title)}**", help=in_full(spec))
        st.caption(md(spec.sentence))
    return spec


def other_models() -> None:
    """The button that opens the cards of all models; one that is chosen there is the form's."""
    if st.button("Other models", key="other_models", icon=":material/apps:", type="tertiary"):
        st.session_state[SHOWN] = chosen_model().family
        _cards_of_all()


def chosen_model() -> ModelSpec:
    """The model that was chosen last in the family that was chosen last."""
    family = st.session_state.get(FAMILY) or FAMILIES[0]
    specs = {spec.name: spec for spec in MODELS if spec.family == family}
    return specs[st.session_state.setdefault(_memory(family), next(iter(specs)))]


def remember_model(spec: ModelSpec) -> None:
    """Make it the chosen model of its family, and its family the one that is shown; before they are drawn."""
    st.session_state[FAMILY] = spec.family
    st.session_state[_memory(spec.family)] = spec.name


@st.dialog("Choose a model", width="large", icon=":material/apps:")
def _cards_of_all() -> None:
    family = _families(SHOWN)
    if _cards(family):
        st.rerun()


def _families(key: str, **more: str) -> str:
    st.session_state.setdefault(key, FAMILIES[0])
    return st.segmented_control(
        "Family of models", FAMILIES, required=True, key=key, format_func=str.capitalize, label_visibility="collapsed",
        **more,
    )  # fmt: skip


def _cards(family: str) -> bool:
    """A card for each model of a family; whether one was pressed."""
    with st.container(key="models"):
        pressed = [_card(spec, spec is chosen_model()) for spec in MODELS if spec.family == family]
    return any(pressed)


def _card(spec: ModelSpec, chosen: bool) -> bool:
    """The card is one button: the style sheet spreads it over the whole of it."""
    key = f"{'chosen_' if chosen else ''}model_{spec.name}"
    with st.container(border=True, key=key, gap="small", vertical_alignment="distribute"):
        with st.container(gap="xsmall"):
            st.markdown(f"**{spec.title}**")
            st.markdown(f":small[{md(spec.sentence)}]")
        st.latex(spec.equation)
        return st.button(
            # The model's name is for those who hear the page: the style sheet hides what is emphasised.
            f"{'Chosen' if chosen else 'Choose'} *{md(spec.title)}*",
            key=f"choose_{spec.name}",
            icon=":material/check:" if chosen else None,
            width="stretch",
            help=spec.reference or None,
            on_click=remember_model,
            args=(spec,),
        )


def _memory(family: str) -> str:
    return f"model_of_{family}"
