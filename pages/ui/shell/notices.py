"""The sentence of a request that was refused: it stays to be read until the next request, or for some seconds."""

from __future__ import annotations

import time

import streamlit as st

from pages.ui.shell.markdown import md

SENTENCE, SINCE = "train_refused", "train_refused_since"
SECONDS = 12.0


def refuse(reason: object) -> None:
    """Keep a sentence for the page to say."""
    st.session_state[SENTENCE] = str(reason)
    st.session_state[SINCE] = time.monotonic()


def forget_refusal() -> None:
    """Something else was asked: what was refused before is history."""
    st.session_state.pop(SENTENCE, None)
    st.session_state.pop(SINCE, None)


def say_refused() -> None:
    """The last refusal while it is fresh, as often as the page is drawn meanwhile; else nothing."""
    if not st.session_state.get(SENTENCE):
        return
    if time.monotonic() - st.session_state.setdefault(SINCE, time.monotonic()) > SECONDS:
        forget_refusal()
        return
    st.error(md(st.session_state[SENTENCE]), icon=":material/error:")
