"""Chosen runs made one: a small form that combines them into an ensemble."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.shell import cache
from pages.ui.shell.markdown import md
from reco_core.errors import RecoError
from reco_core.runs import RunView


def combine_form(runs: Sequence[RunView]) -> None:
    """A button that combines the runs; nothing where fewer than two of them are finished and single."""
    single = [run for run in runs if run.spec.members is None and run.has_result]
    if len(single) < 2 or len(single) < len(runs):
        return
    with st.popover("Combine these runs", icon=":material/join_inner:", key="combine"):
        st.caption(
            f"A new run that predicts the weighted mean of these {len(single)}. The weights are fitted on the "
            "validation rows, or equal if a run was trained on them."
        )
        name = st.text_input("Name", max_chars=80, key="combine_name", placeholder="optional")
        if st.button("Combine", key="combine_go", type="primary"):
            _combine(single, name.strip() or None)


def _combine(runs: Sequence[RunView], name: str | None) -> None:
    """Combines the runs and shows the page anew; a refusal is one sentence."""
    from reco_core.jobs.results.ensembling import combine

    try:
        with st.spinner("Combining…"):
            made = combine(cache.store(), runs, name)
    except RecoError as error:
        st.error(md(error), icon=":material/error:")
        return
    st.session_state["said"] = f"{made.name} is ready: choose it in the table."
    st.rerun()
