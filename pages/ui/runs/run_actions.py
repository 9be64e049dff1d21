"""What can be done with a run that is there: open, rename, export, delete; and taking one in from a file."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.evaluation.run_settings import pin_button, run_settings
from pages.ui.runs.removed_runs import KEPT, delete
from pages.ui.runs.repeats import REFUSED, repeat_form
from pages.ui.runs.run_exports import export_form
from pages.ui.shell import cache, dataset_choices
from pages.ui.shell.markdown import md
from pages.ui.shell.navigation import go
from pages.ui.shell.run_list import LOOKS
from pages.ui.shell.visitor import visitor
from reco_core.errors import RecoError
from reco_core.owners import may_change
from reco_core.runs import RunView

LARGEST_UPLOAD = 400


def run_card(run: RunView) -> None:
    """One run with its buttons."""
    icon, color = LOOKS[run.word]
    pin = " :material/keep:" if run.info.pinned is not None else ""
    with st.container(border=True, key=f"picked_{run.id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{md(run.name)}**{pin}  \n:small[:gray[{md(run.spec.title)} · {md(run.info.dataset)}]]")
            st.badge(run.word, icon=f":material/{icon}:", color=color)
        with st.container(horizontal=True, gap="xsmall"):
            go(
                "train",
                "Open",
                key=f"compare_open_{run.id}",
                icon=":material/open_in_new:",
                dataset=dataset_choices.dataset_of(run),
                run=run.id,
            )
            export_form(run)
            repeat_form(run)
            with st.popover("More", icon=":material/more_horiz:", key=f"more_{run.id}"):
                if not may_change(run.info.owner, visitor()):
                    st.caption("This run belongs to another visitor; only its owner can pin, rename or delete it.")
                    return
                pin_button(run, f"compare_{run.id}")
                st.text_input("New name", run.name, max_chars=80, key=f"name_{run.id}", on_change=_rename, args=(run,))
                st.divider()
                st.markdown(f"Delete **{md(run.name)}** with its curves, metrics and weights? {KEPT}")
                st.button(
                    "Delete", key=f"delete_{run.id}", icon=":material/delete:", disabled=run.active,
                    on_click=delete, args=(run.id, run.name),
                )  # fmt: skip


def settings_of(runs: Sequence[RunView]) -> None:
    """What each chosen run was set to, in a fold each."""
    for run in runs:
        run_settings(run, key=f"settings_{run.id}", whole=False)


def import_form() -> None:
    """A place for a zip that was exported here or elsewhere; a file that is no run gets one sentence."""
    with st.popover("Import a run", icon=":material/upload:", key="import"):
        file = st.file_uploader(
            "A run exported as .zip", type="zip", key="import_file", max_upload_size=LARGEST_UPLOAD,
            help="Only numbers and settings are read; nothing in the file is executed.",
        )  # fmt: skip
        if st.button("Import", key="import_go", type="primary", disabled=file is None):
            try:
                run = cache.store().import_(file.getvalue())
            except RecoError as error:
                st.error(md(error), icon=":material/error:")
                return
            st.session_state["said"] = f"Imported {run.name} ({run.word})."
            st.rerun()


def say_what_was_done() -> None:
    """The outcome of the last action, once, as a toast; a refusal as an error."""
    if done := st.session_state.pop("said", None):
        st.toast(md(done), icon=":material/check_circle:")
    if refused := st.session_state.pop(REFUSED, None):
        st.error(md(refused), icon=":material/error:")


def _rename(run: RunView) -> None:
    try:
        renamed = cache.store().rename(run.id, st.session_state[f"name_{run.id}"], visitor())
        st.session_state["said"] = f"The run is now called {renamed.name}."
    except RecoError as error:
        st.session_state[REFUSED] = str(error)
