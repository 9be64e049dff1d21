"""Other numbers for a run while it trains or rests, behind a button of the run controls."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell.visitor import visitor
from pages.ui.training.steering import ask, current_values
from reco_core.models.parsing import limits
from reco_core.runs import Run
from reco_core.runs.requests import Change

LEAST_RATE, MOST = 1e-6, 10.0
FORM_WIDTH = 380
FACTORS = {"÷ 10": 0.1, "÷ 2": 0.5, "× 2": 2.0}


def change_form(run: Run, status: str) -> None:
    """The form; says from when the numbers hold. What is left empty stays as it is."""
    now = current_values(run)
    with (
        st.popover("Change", icon=":material/tune:", key="change", width="stretch"),
        st.container(width=FORM_WIDTH, key="change_form_body"),
    ):
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.markdown(f"Learning rate **{now['learning_rate']:.3g}**", width="stretch")
            for label, factor in FACTORS.items():
                change = Change("learning_rate", _within(now["learning_rate"] * factor), by=visitor())
                st.button(label, key=f"rate_{factor:g}", on_click=ask, args=(run, change))
        with st.form("change_form", clear_on_submit=True, border=False):
            for column, (name, value) in zip(st.columns(len(now), wrap=False), now.items(), strict=True):
                low, high = limits(run.spec.settings.model_fields[name])
                label = run.spec.settings.label(name)
                column.number_input(
                    label, float(low), float(high), None, format="%g", key=f"change_{name}", placeholder=f"{value:.3g}"
                )
            st.form_submit_button(
                "Apply", key="apply_change", type="primary", width="stretch", on_click=_apply, args=(run,)
            )
        epochs = run.epochs()
        goes_on = f"when the run goes on, in epoch {epochs[-1].epoch + 1 if epochs else 1}"
        begins = "with the next epoch" if status in ("running", "queued") else goes_on
        st.caption(f"Takes effect {begins}, and is marked there.")


def _apply(run: Run) -> None:
    """Ask for each number that was filled in. A callback."""
    for name in run.settings.flagged("changeable"):
        wanted = st.session_state.get(f"change_{name}")
        if wanted is not None:
            ask(run, Change(name, float(wanted), by=visitor()))


def _within(rate: float) -> float:
    """A learning rate that may be asked for, with three digits."""
    return float(f"{min(max(rate, LEAST_RATE), MOST):.3g}")
