"""`plotly.graph_objects`, loaded with the first figure that is drawn: a quarter of a second that a start need not wait.

Streamlit would load it when it is itself imported; `reco app` keeps it from that
(reco_core/cli/server_tuning.py), so its theme for figures is set here.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any


@cache
def _graph_objects() -> ModuleType:
    from plotly import graph_objects
    from streamlit.elements.lib.streamlit_plotly_theme import configure_streamlit_plotly_theme

    configure_streamlit_plotly_theme()
    return graph_objects


def __getattr__(name: str) -> Any:
    return getattr(_graph_objects(), name)
