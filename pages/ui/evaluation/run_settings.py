"""What a run was set to, in a fold: what differs from the defaults first, a way to use it, and the command for it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.ui.shell import cache
from pages.ui.shell.markdown import md
from pages.ui.shell.navigation import switch
from pages.ui.shell.notices import refuse
from pages.ui.shell.shown_table import shown_table
from pages.ui.shell.visitor import visitor
from reco_core.errors import RecoError
from reco_core.jobs.results.comparison import by_hand
from reco_core.jobs.server.permissions import may_steer
from reco_core.runs.chosen import ENSEMBLE, Chosen, chosen, command_of
from reco_core.runs.reading import RunReading
from reco_core.shown_text import one_line

LIKE = "like"


def run_settings(run: RunReading, key: str = "run_settings", whole: bool = True) -> None:
    """The fold; whole: with name and pin, which its owner may change."""
    rows = chosen(run.info)
    different = [row for row in rows if row.differs]
    words = f"{len(different)} changed" if different else "all defaults"
    with st.expander(f"Settings of {md(run.name)} · {words}", icon=":material/tune:", key=key):
        if different:
            st.dataframe(shown_table(_table(different, "Default")), key=f"{key}_own", hide_index=True, width="stretch")
        if changed := by_hand(run):
            st.caption(f"Changed manually during training: {md('; '.join(changed))}. The command does not repeat that.")
        st.code(one_line(command_of(run.info)), language="bash", wrap_lines=True)
        with st.container(horizontal=True, vertical_alignment="center"):
            if run.spec.family != ENSEMBLE and st.button(
                "Use these settings",
                key=f"{key}_use",
                icon=":material/content_copy:",
                help="Fills in the form on Train: model, settings, split and seed.",
            ):
                switch("train", run=run.id, like=run.id)
            if whole and may_steer(run, visitor()):
                pin_button(run, key)
                _rename_form(run, key)
        with st.container(key=f"{key}_all"):
            st.caption("All settings")
            table = shown_table(_table(rows, "Default"))
            st.dataframe(table, key=f"{key}_table", hide_index=True, width="stretch", height=250)


def pin_button(run: RunReading, key: str) -> None:
    """Pins or unpins the run in one click."""
    pinned = run.info.pinned is not None
    st.button(
        "Unpin" if pinned else "Pin",
        key=f"{key}_pin",
        icon=":material/keep_off:" if pinned else ":material/keep:",
        help="Every page shows the pinned run unless you choose another.",
        on_click=_pin,
        args=(run.id, not pinned),
    )


def _rename_form(run: RunReading, key: str) -> None:
    with st.popover("Rename", icon=":material/edit:", key=f"{key}_rename"):
        name = f"{key}_name_{run.id}"
        st.text_input("New name", run.name, max_chars=80, key=name, on_change=_rename, args=(run.id, name))


def _table(rows: Sequence[Chosen], usual: str) -> pd.DataFrame:
    return pd.DataFrame(
        [{"Setting": row.label, "Value": row.value or "–", usual: row.usual or "–", "Name": row.name} for row in rows]
    )


def _pin(run_id: str, pinned: bool) -> None:
    try:
        cache.store().pin(run_id, pinned)
    except RecoError as error:
        refuse(error)


def _rename(run_id: str, key: str) -> None:
    try:
        cache.store().rename(run_id, st.session_state[key])
    except RecoError as error:
        refuse(error)
