"""What is done with a dataset that was added: renamed, described, exported, deleted with its runs, and restored."""

from __future__ import annotations

import io

import streamlit as st

from pages.ui.datasets.use import use
from pages.ui.shell import cache, selection
from pages.ui.shell.frame import errors_shown
from pages.ui.shell.markdown import md, plural
from pages.ui.shell.visitor import visitor
from reco_core import data
from reco_core.data.own import Dataset, sharing, store
from reco_core.data.own.adding import adopted
from reco_core.data.own.record import DESCRIPTION_LENGTH, KIND_LENGTH, TITLE_LENGTH
from reco_core.jobs.results.dataset_removal import Removal, remove_dataset, restore_dataset, runs_on
from reco_core.owners import may_change

DELETED = "dataset_deleted"


def origin(record: Dataset) -> str:
    """Description, file and day of a dataset, as Markdown."""
    parts = [md(record.description)] if record.description else []
    return "  \n".join([*parts, f"From {md(record.filename)}, added {record.added:%d %b %Y}."])


def manage(entry: data.DatasetEntry, in_use: bool) -> None:
    """A pop-over with all that can be done; only its owner may change it, anybody may export it."""
    mine = may_change(entry.own.owner if entry.own else "", visitor())
    with st.popover("Manage", key=f"manage_{entry.name}", icon=":material/more_horiz:"):
        if mine and entry.own is not None:
            _words(entry.own)
        with st.container(horizontal=True):
            _export(entry)
            if mine:
                _removal(entry, in_use)
        if mine:
            st.caption("A deleted dataset, and its runs, can be restored for a week.")
        else:
            st.caption("It belongs to another visitor, who alone can change or delete it.")


def say_deleted() -> None:
    """What was deleted a moment ago, with the button that undoes it."""
    gone: Removal | None = st.session_state.get(DELETED)
    if gone is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="dataset_deleted"):
        others = f" {plural(gone.left, 'run')} of other visitors stayed." if gone.left else ""
        st.markdown(f"**{md(gone.slug)}** is deleted, with {plural(len(gone.runs), 'run')}.{others}")
        if st.button("Undo", key="undo_delete", icon=":material/undo:"):
            st.session_state.pop(DELETED)
            with errors_shown():
                restore_dataset(cache.store(), gone.slug, visitor())
                use(gone.slug)


def damaged_datasets() -> None:
    """The datasets that cannot be read, each with its reason and a way to delete it."""
    for slug, reason in store.survey().damaged.items():
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"damaged_{slug}"):
            st.markdown(f":red[:material/error:] **{md(slug)}** cannot be read: {md(reason)}")
            if st.button("Delete", key=f"delete_damaged_{slug}", icon=":material/delete:"):
                with errors_shown():
                    _delete(slug)
                    st.rerun()


def _words(record: Dataset) -> None:
    with st.form(f"words_{record.slug}", border=False):
        left, right = st.columns([3, 2])
        title = left.text_input("Title", record.title, TITLE_LENGTH, key=f"title_{record.slug}")
        kind = right.text_input("An item is", record.kind, KIND_LENGTH, key=f"kind_{record.slug}", placeholder="book")
        description = st.text_input(
            "Description", record.description, DESCRIPTION_LENGTH, key=f"description_{record.slug}"
        )
        if st.form_submit_button("Save", key=f"save_{record.slug}", icon=":material/save:"):
            with errors_shown():
                store.change(record.slug, visitor(), title=title, description=description, kind=kind)
                cache.forget_ratings()
                st.rerun()


def _export(entry: data.DatasetEntry) -> None:
    st.download_button(
        "Export with its plan", lambda: _exported(entry.name), f"{entry.name}.zip", "application/zip",
        key=f"export_{entry.name}", icon=":material/download:",
        help="A zip with the file as it was added, dataset.json and a README: to keep, or to add elsewhere.",
    )  # fmt: skip


def _exported(slug: str) -> bytes:
    out = io.BytesIO()
    sharing.export(adopted(slug), out)
    return out.getvalue()


def _removal(entry: data.DatasetEntry, in_use: bool) -> None:
    """A dataset can be deleted with its runs, which are counted first."""
    runs = len(runs_on(cache.store(), entry.name))
    with_runs = f" with its {plural(runs, 'run')}" if runs else ""
    if st.button(f"Delete{with_runs}", key=f"remove_{entry.name}_yes", icon=":material/delete:"):
        with errors_shown():
            _delete(entry.name)
            if in_use:
                use(selection.DEFAULT_DATASET)
            cache.forget_ratings()
            st.rerun()


def _delete(slug: str) -> None:
    st.session_state[DELETED] = remove_dataset(cache.store(), slug, visitor())
