"""The way on from what is wrong with a run: the run that would help, trained by one button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.shell import cache, selection
from pages.ui.shell.markdown import md
from pages.ui.shell.navigation import switch
from pages.ui.shell.visitor import visitor
from reco_core.errors import RecoError
from reco_core.jobs.results.remedied import is_another_model, remedied, trained_already
from reco_core.models import get_model
from reco_core.models.parsing import as_text
from reco_core.runs import RunReading


def next_step(run: RunReading, alarms: Sequence[Mapping[str, Any]] | None, key: str = "next_step") -> None:
    """One button for the gravest alarm that another run would mend; nothing where there is none.

    Another model is trained and both are compared, in the picture of stars against lists; the same model is trained
    again with the remedy set.
    """
    wanted = next((alarm["next"] for alarm in alarms or () if alarm.get("next")), None)
    if wanted is None:
        return
    request = remedied(run, wanted, visitor())
    there = trained_already(request, cache.runs(run.info.dataset)) if is_another_model(run, wanted) else None
    if there is not None:
        label, icon = f"Compare with {md(there.name)}", "compare_arrows"
    elif is_another_model(run, wanted):
        label, icon = f"Train {get_model(wanted['model']).title} and compare both", "compare_arrows"
    else:
        changed = ", ".join(f"{name} {as_text(value)}" for name, value in wanted["settings"].items())
        label, icon = f"Train again with {md(changed)}", "replay"
    if not st.button(label, key=key, type="primary", icon=f":material/{icon}:"):
        return
    try:
        made = there.id if there is not None else cache.manager().start(request).id
    except RecoError as error:
        st.error(md(error), icon=":material/error:")
        return
    if is_another_model(run, wanted):
        switch("compare", run=run.id, runs=f"{run.id},{made}")
    selection.choose("run", made)
    switch("train", run=made, like=made)
