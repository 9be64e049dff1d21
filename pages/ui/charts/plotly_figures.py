"""`plotly.graph_objects`, loaded with the first figure that is drawn: a quarter of a second that a start need not wait.

Streamlit would load it when it is itself imported; `reco app` keeps it from that
(reco_core/tuning), so its theme for figures is set here.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import Any

from reco_core.shown_text import TITLE, unlike
from reco_core.tuning.streamlit_names import set_plotly_theme


def literal(texts: Iterable[object], most: int = TITLE) -> list[str]:
    """Names for an axis or a hover, which Plotly reads as a kind of HTML: escaped, shortened, no two alike."""
    return [html.escape(text, quote=False) for text in unlike(texts, most)]


@cache
def _graph_objects() -> ModuleType:
    from plotly import graph_objects

    set_plotly_theme()
    return graph_objects


def __getattr__(name: str) -> Any:
    return getattr(_graph_objects(), name)
