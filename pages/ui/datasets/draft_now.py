"""The draft of this visitor's session: kept until it is added, given up, or another file comes in."""

from __future__ import annotations

import streamlit as st

from pages.ui.datasets.draft import Draft

DRAFT, CHANGED, ROUND = "draft", "draft_source_changed", "upload_round"


def draft_now() -> Draft | None:
    """The file that is on its way, also after a look at another page."""
    return st.session_state.get(DRAFT)


def keep_draft(draft: Draft) -> None:
    """From now on this file is on its way."""
    st.session_state[DRAFT] = draft


def drop_draft() -> None:
    """The file that was on its way is not wanted any more."""
    draft = st.session_state.pop(DRAFT, None)
    if draft is not None:
        draft.discard()


def forget_draft() -> None:
    """The same, and the boxes by which it came in are empty again."""
    drop_draft()
    st.session_state[ROUND] = upload_round() + 1


def source_changed() -> None:
    """Another file was chosen, or none. A callback."""
    st.session_state[CHANGED] = True


def is_new_source() -> bool:
    """Whether another file was chosen since this was last asked; coming back to the page is no choice."""
    return bool(st.session_state.pop(CHANGED, False))


def upload_round() -> int:
    """How often the boxes were emptied: part of their keys."""
    return int(st.session_state.get(ROUND, 0))
