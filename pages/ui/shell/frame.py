"""The frame of every page: heading, and the one place where a RecoError becomes a message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from pages.ui.shell import cache
from pages.ui.shell.markdown import md
from pages.ui.shell.menu import framed
from reco_core.errors import RecoError
from reco_core.storage import words_of

STYLE = Path(__file__).parent / "frame.css"


@contextmanager
def page(title: str, about: str = "") -> Iterator[None]:
    """The page under its heading and one line of what it is for; a RecoError inside ends it with its sentence."""
    framed()
    cache.look_anew()
    st.html(STYLE)
    if title:
        st.title(title, anchor=False)
    if about:
        st.caption(about)
    with errors_shown():
        yield
        return
    st.stop()  # reached only after an error


@contextmanager
def errors_shown() -> Iterator[None]:
    """A RecoError inside, or a full or closed disk, becomes its sentence on the page; what comes after goes on."""
    try:
        yield
    except RecoError as error:
        st.error(md(error), icon=":material/error:")
    except OSError as error:
        st.error(md(words_of(error)), icon=":material/error:")
