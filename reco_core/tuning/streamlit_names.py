"""Names of Streamlit that it does not document: each with what is used where they are not to be."""

from __future__ import annotations

import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager

from reco_core.tuning import is_on

BINARY = "application/octet-stream"


@contextmanager
def plotly_later() -> Iterator[None]:
    """While Streamlit is imported, plotly seems not to be installed, so that it is loaded with the first figure."""
    if "plotly" in sys.modules or not is_on():
        yield
        return
    sys.modules["plotly"] = None  # type: ignore[assignment]  # what the import system takes for: not there
    try:
        yield
    finally:
        del sys.modules["plotly"]


def set_plotly_theme() -> None:
    """Give figures Streamlit's theme, which it sets itself where it was imported with plotly."""
    if is_on():
        from streamlit.elements.lib.streamlit_plotly_theme import configure_streamlit_plotly_theme

        configure_streamlit_plotly_theme()


def address_of(content: bytes, key: str) -> str:
    """Where a browser finds the content: Streamlit's own media files, named by their hash; else a data URI.

    key: the place on the page; what an earlier run of it showed there may be forgotten.
    """
    if not is_on():
        return f"data:{BINARY};base64,{b64encode(content).decode()}"
    from streamlit.runtime import get_instance

    return get_instance().media_file_mgr.add(content, BINARY, key)
