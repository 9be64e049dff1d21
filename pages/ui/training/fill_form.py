"""The form of a run filled as another run was set: by `?like=RUN` in the address, once."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import cache
from pages.ui.training.forms import OWN, fill
from pages.ui.training.model_cards import remember_model
from pages.ui.training.split_form import fill_split
from reco_core.errors import RecoError
from reco_core.models import MODELS
from reco_core.runs.reading import RunReading

LIKE = "like"


def fill_as_asked() -> None:
    """Fill the form like the run that the address names, before it is drawn, and take that out of the address."""
    wanted = st.query_params.pop(LIKE, None)
    if wanted is None:
        return
    try:
        fill_form(cache.store().open(wanted))
    except RecoError as error:
        st.warning(str(error), icon=":material/link_off:")


def fill_form(run: RunReading) -> None:
    """Put model, settings, split and seed of a run into the form, before it is drawn."""
    if run.spec not in MODELS:
        return
    info = run.info
    remember_model(run.spec)
    fill(run.spec, {name: getattr(run.settings, name) for name in run.spec.settings.model_fields})
    st.session_state[f"preset_{run.spec.name}"] = info.preset or OWN
    fill_split(info.split)
    st.session_state.update({"run_seed": info.seed, "refit": info.refit})
    if run.spec.before is not None:
        st.session_state["base_run"] = info.base_run or "together"
