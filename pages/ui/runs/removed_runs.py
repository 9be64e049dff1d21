"""Runs that are damaged, and runs that were deleted or set aside: each with its reason and a way out of it or back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import streamlit as st

from pages.ui.runs.repeats import REFUSED
from pages.ui.shell import cache
from pages.ui.shell.markdown import md, plural
from pages.ui.shell.visitor import visitor
from reco_core.errors import RecoError
from reco_core.owners import may_change
from reco_core.runs.run_spec import name_in, owner_of
from reco_core.runs.trash import DAYS_KEPT

UNDO, THOROUGH = "undo_delete", "damaged_thorough"
SHOWN = 20
KEPT = f"It can be restored for {DAYS_KEPT:g} days."


def undo_row() -> None:
    """The run that was deleted last in this tab, with a button that brings it back."""
    if UNDO not in st.session_state:
        return
    run_id, name = st.session_state[UNDO]
    with st.container(horizontal=True, vertical_alignment="center", key="undo_row", border=True):
        st.markdown(f":material/delete: **{md(name)}** is deleted. {KEPT}")
        st.button("Undo", key="undo", icon=":material/undo:", on_click=_restore, args=(run_id,))
        st.button("Dismiss", key="undo_dismiss", type="tertiary", on_click=st.session_state.pop, args=(UNDO, None))


def manage_runs() -> None:
    """A pop-over: runs that are damaged, runs that can be restored, and a look into every file of every run."""
    found = cache.damaged() | st.session_state.get(THOROUGH, {})
    label, icon = (plural(len(found), "damaged run"), "heart_broken") if found else ("Manage", "folder_managed")
    with st.popover(label, icon=f":material/{icon}:", key="manage"):
        _damaged(found)
        _deleted()
        st.button(
            "Check all files", key="check_files", icon=":material/fact_check:", on_click=_check_files,
            help="Reads weights, checkpoints and snapshots of every run, which may take a while.",
        )  # fmt: skip


def _damaged(found: Mapping[str, str]) -> None:
    """Each damaged run, why it is so, and its buttons."""
    if found:
        st.markdown("**Damaged**  \n:small[Left out of every list; other runs are not affected.]")
    for run_id, reason in list(found.items())[:SHOWN]:
        with st.container(key=f"damaged_{run_id}", gap="xxsmall", border=True):
            st.markdown(f"{md(run_id)}  \n:small[{md(_short(reason))}]")
            if not may_change(owner_of(cache.store().root / run_id), visitor()):
                continue
            with st.container(horizontal=True, gap="xsmall"):
                st.button(
                    "Delete", key=f"damaged_delete_{run_id}", icon=":material/delete:", help=KEPT,
                    on_click=delete, args=(run_id, run_id),
                )  # fmt: skip
                st.button(
                    "Set aside", key=f"damaged_aside_{run_id}", icon=":material/inventory_2:",
                    help="Keeps its files in the folder “aside”, where they can be repaired.",
                    on_click=_set_aside, args=(run_id,),
                )  # fmt: skip
    if len(found) > SHOWN:
        st.caption(f"And {len(found) - SHOWN} more: `reco runs --damaged` lists all.")


def _deleted() -> None:
    """The runs that this visitor can restore."""
    mine = [one for one in cache.store().removed() if may_change(owner_of(one.folder), visitor())]
    if not mine:
        st.caption("Nothing to restore: no run was deleted.")
        return
    st.markdown(f"**Deleted or set aside**  \n:small[Deleted runs are kept for {DAYS_KEPT:g} days.]")
    for one in mine[:SHOWN]:
        with st.container(
            horizontal=True, vertical_alignment="center", horizontal_alignment="distribute",
            key=f"deleted_{one.folder.name}",
        ):  # fmt: skip
            when = datetime.fromtimestamp(one.time).astimezone()
            st.markdown(f"{md(name_in(one.folder))}  \n:small[:gray[{when:%d %b %Y, %H:%M} · {md(one.run_id)}]]")
            st.button("Restore", key=f"restore_{one.folder.name}", on_click=_restore, args=(one.run_id,))


def delete(run_id: str, name: str) -> None:
    """Delete a run, and offer to undo that. A callback."""
    try:
        cache.store().delete(run_id, visitor())
    except RecoError as error:
        st.session_state[REFUSED] = str(error)
        return
    st.session_state[UNDO] = run_id, name
    _forget(run_id)


def _set_aside(run_id: str) -> None:
    try:
        place = cache.store().set_aside(run_id, visitor())
    except RecoError as error:
        st.session_state[REFUSED] = str(error)
        return
    st.session_state["said"] = f"{run_id} is now in {Path(place).parent.name}/{Path(place).name}."
    _forget(run_id)


def _restore(run_id: str) -> None:
    try:
        back = cache.store().restore(run_id, visitor())
        st.session_state["said"] = f"{back} is back."
    except RecoError as error:
        st.session_state[REFUSED] = str(error)
    st.session_state.pop(UNDO, None)


def _check_files() -> None:
    st.session_state[THOROUGH] = cache.store().damaged(thorough=True)


def _forget(run_id: str) -> None:
    """What this tab knew of a run that has left the list."""
    st.session_state.get(THOROUGH, {}).pop(run_id, None)
    if st.query_params.get("run") == run_id:
        st.query_params.pop("run")


def _short(reason: str) -> str:
    return reason if len(reason) <= 400 else reason[:399] + "…"
