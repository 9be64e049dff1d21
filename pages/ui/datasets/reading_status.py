"""A file that is being read for good: how far it is, a way to stop it, and what came in."""

from __future__ import annotations

import streamlit as st

from pages.ui.datasets.draft_now import draft_now, forget_draft
from pages.ui.datasets.use import use
from pages.ui.shell.card_row import metrics
from pages.ui.shell.markdown import md
from pages.ui.shell.navigation import go
from reco_core.data.own import Dataset
from reco_core.data.own.adding import Adding

ADDING, CAME_IN, REFUSED = "adding", "came_in", "adding_refused"
TICK, AT_ONCE = 0.5, 1.5  # seconds


def begin(work: Adding) -> None:
    """Show from now on how far it is; what is read quickly is there at once."""
    st.session_state[ADDING] = work
    work.wait(AT_ONCE)
    st.rerun()


def reading_status() -> bool:
    """Whether a file is being read now, which is shown then; what came of the last one is said once."""
    work: Adding | None = st.session_state.get(ADDING)
    if work is None:
        if sentence := st.session_state.pop(REFUSED, ""):
            st.error(md(sentence), icon=":material/error:")
        return False
    if not work.active:
        _over(work)
        return False

    @st.fragment(run_every=TICK)
    def progress() -> None:
        if not work.active:
            st.rerun()
        with st.container(border=True, horizontal=True, vertical_alignment="center", key="reading"):
            share = work.watch.share
            st.progress(share, text=_words(share))
            st.button("Cancel", key="cancel_reading", icon=":material/close:", on_click=work.watch.cancel)

    progress()
    return True


def say_what_came_in(slug: str, in_full: bool = True) -> None:
    """What came in with the dataset that was added last, until it is closed; in full with its counts."""
    record: Dataset | None = st.session_state.get(CAME_IN)
    if record is None or record.slug != slug:
        return
    counts = record.counts
    with st.container(border=True, key="came_in"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f":green[:material/check_circle:] **{md(record.title)}** is here, from {md(record.filename)}.")
            st.button("Close", key="close_came_in", icon=":material/close:", type="tertiary", on_click=_close)
        if not in_full:
            return
        metrics(
            [
                ("Lines", f"{counts.lines:,}", "Of the file; rows of a parquet file, cells of a matrix."),
                ("Ratings", f"{counts.ratings:,}", f"By {counts.users:,} users, of {counts.items:,} items."),
                ("Refused", f"{counts.refused:,}", "Each with its reason on the tab Rows."),
                ("Merged", f"{counts.duplicates:,}", "Ratings of the same user and item."),
                ("Blank", f"{counts.empty:,}", None),
                ("Scale", f"{counts.scale[0]:,g} to {counts.scale[1]:,g}", None),
            ],
            key="came_in_counts",
        )
        for note in record.notes:
            st.caption(f":material/info: {md(note)}")
        go("train", "Train on it", key="train_on_it", primary=True)


def _words(share: float) -> str:
    if share >= 1:
        return "All lines are read; sorting ids and merging repeated pairs."
    return f"Reading the file: {share:.0%}. You can leave this page." if share else "The file is about to be read."


def _over(work: Adding) -> None:
    """The work is over: its dataset is used, or its reason said while the draft stays."""
    st.session_state.pop(ADDING)
    if work.dataset is None:
        st.session_state[REFUSED] = work.error
        st.rerun()
    draft = draft_now()
    if draft is not None and draft.work is work:
        forget_draft()
    st.session_state[CAME_IN] = work.dataset
    use(work.dataset.slug)


def _close() -> None:
    st.session_state.pop(CAME_IN, None)
