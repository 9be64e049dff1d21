"""Bring your own ratings: a file comes in, its plan is shown and changed, and it becomes a dataset."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.ui.datasets.draft import Draft, Look
from pages.ui.datasets.draft_now import (
    draft_now,
    drop_draft,
    forget_draft,
    is_new_source,
    keep_draft,
    source_changed,
    upload_round,
)
from pages.ui.datasets.plan_form import choose_table, plan_form
from pages.ui.datasets.preview_table import preview_counts, preview_table
from pages.ui.datasets.question_cards import question_cards
from pages.ui.datasets.reading_status import begin, reading_status
from pages.ui.shell.frame import errors_shown
from pages.ui.shell.markdown import md
from pages.ui.shell.visitor import visitor
from reco_core.data.own.incoming import Incoming, take_in, take_path
from reco_core.data.own.record import DESCRIPTION_LENGTH, KIND_LENGTH, TITLE_LENGTH
from reco_core.data.reading.plan import NEEDED
from reco_core.errors import DataError
from reco_core.owners import is_here

STYLE = Path(__file__).parent / "add_dataset.css"


def add_dataset() -> None:
    """The whole way from a file to a dataset, in one card."""
    st.html(STYLE)
    with st.container(border=True, key="add_dataset"):
        st.header("Bring your own ratings", anchor=False)
        st.caption(
            "Any table with a user, an item and a rating in each line: CSV, TSV, JSON lines, parquet, a matrix, "
            "a zip or gzip of them, a MovieLens folder as a zip, or a dataset exported here. It stays on this computer."
        )
        _incoming()
        draft = draft_now()
        if not reading_status() and draft is not None:
            _plan(draft)


def _incoming() -> None:
    """The boxes by which a file comes in; a new one takes the place of the old."""
    turn = upload_round()
    with st.container(key="incoming"):
        file = st.file_uploader(
            "File",
            key=f"upload_file_{turn}",
            on_change=source_changed,
            help="Up to 400 MB; give the path of a larger one.",
        )
        path = ""
        if is_here(visitor()):
            path = st.text_input(
                "or a path on this computer", key=f"upload_path_{turn}", placeholder="~/ratings.csv", max_chars=4096,
                on_change=source_changed,
            ).strip()  # fmt: skip
    if not is_new_source():
        return
    drop_draft()
    if file is None and not path:
        return
    with errors_shown(), st.spinner("Taking the file in ..."):
        keep_draft(_draft(take_in(file.name, file) if file is not None else take_path(Path(path))))


def _draft(incoming: Incoming) -> Draft:
    try:
        return Draft.of(incoming)
    except DataError:
        incoming.discard()
        raise


def _plan(draft: Draft) -> None:
    """How the file is read, what that gives, and the button that keeps it."""
    if draft.exported is not None:
        counts = draft.exported.counts
        sizes = f"{counts.ratings:,} ratings by {counts.users:,} users"
        st.markdown(
            f":material/inventory_2: **An exported dataset**, {md(draft.exported.title)}: {sizes}, with its own plan."
        )
        _finish(draft, None)
        return
    try:
        look = draft.look()
    except DataError as error:
        st.error(_named(draft, error), icon=":material/error:")
        choose_table(draft)
        return
    st.markdown(f":material/description: **{md(draft.incoming.filename)}** is read like this:")
    plan_form(draft, look)
    if look.error:
        st.error(f"{_named(draft, look.error)} What is shown is from before.", icon=":material/error:")
    question_cards(draft, look)
    preview_counts(look)
    if look.preview.reason and not look.guess.open:
        st.error(_named(draft, look.preview.reason), icon=":material/error:")
    for note in look.guess.notes:
        st.caption(f":material/info: {md(note)}")
    preview_table(look)
    _finish(draft, look)


def _finish(draft: Draft, look: Look | None) -> None:
    """Title, description and word for an item, and the button; it says what is missing."""
    with st.container(key="naming"):
        title = st.text_input("Title", draft.title, TITLE_LENGTH, key=f"{draft.id}_title")
        before = draft.exported
        kind = st.text_input(
            "An item is called", before.kind if before else "", KIND_LENGTH, key=f"{draft.id}_kind",
            placeholder="book (optional)",
        )  # fmt: skip
        description = st.text_input(
            "Description", before.description if before else "", DESCRIPTION_LENGTH, key=f"{draft.id}_description",
            placeholder="Where it comes from, what the ratings mean (optional)",
        )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center", key="finish"):
        pressed = st.button("Add dataset", key="upload_add", type="primary", icon=":material/add:")
        st.button("Start over with another file", key="upload_cancel", type="tertiary", on_click=forget_draft)
    if not pressed:
        return
    if missing := _missing(look, title):
        st.warning(missing, icon=":material/help:")
        return
    with errors_shown():
        begin(draft.add(look, title, description, kind, visitor()))


def _missing(look: Look | None, title: str) -> str:
    """What stands in the way of adding, in words; "" for nothing."""
    if not title.strip():
        return "The dataset needs a title."
    if look is None:
        return ""
    if look.guess.open:
        question = look.guess.open[0]
        needed = [role for role in NEEDED if role not in look.guess.plan.columns]
        if question.about == "columns" and needed:
            return f"Choose the column of the {' and the '.join(needed)} first: nothing can be read without."
        return f"Answer this first: {md(question.text)}"
    return md(look.preview.reason)


def _named(draft: Draft, error: object) -> str:
    """The sentence with the file's own name in it."""
    return md(str(error).replace(draft.incoming.path.name, draft.incoming.filename))
