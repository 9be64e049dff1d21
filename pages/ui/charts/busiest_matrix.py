"""Given beside predicted stars of the busiest corner, as two figures; no streamlit here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pages.ui.charts import data_charts
from pages.ui.charts import plotly_figures as go
from pages.ui.charts.palette import FAINT, SECOND
from reco_core.encode import RatingScale
from reco_core.jobs.results.predictions import HELD_OUT, UNSEEN, Corner
from reco_core.stars_text import number

CELL = 0.44
LINES = {
    UNSEEN: {"color": FAINT, "width": 1.4, "dash": "dot"},
    HELD_OUT: {"color": SECOND, "width": 2.2},
}


def corner_figures(corner: Corner, titles: Sequence[str], scale: RatingScale) -> tuple[go.Figure, go.Figure]:
    """(given, predicted): users down, items across, one colour scale.

    Cells that nobody rated are dotted: empty where stars are given, and what the model fills in where they are
    predicted. Cells that were held out are framed. titles: of every item index.
    """
    names = _distinct([titles[item] for item in corner.given.columns])
    given, predicted = (table.set_axis(names, axis=1) for table in (corner.given, corner.predicted))
    shown = data_charts.heat(given, scale), data_charts.heat(predicted, scale, predicted=True)
    for figure in shown:
        figure.update_traces(
            customdata=_words(corner, scale), hovertemplate="%{y}<br>%{x}<br>%{customdata}<extra></extra>"
        )
        figure.update_layout(shapes=_frames(corner.part))
    return shown


def _words(corner: Corner, scale: RatingScale) -> np.ndarray:
    """What a cell says when it is pointed at: [users, items] of text."""
    words = np.empty(corner.part.shape, dtype=object)
    for place, given in np.ndenumerate(corner.given.to_numpy()):
        said = "" if np.isnan(given) else f"actual {number(scale, given)}, "
        words[place] = f"{said}predicted {corner.predicted.iat[place]:.2f}<br>{corner.part.iat[place]}"
    return words


def _frames(part: pd.DataFrame) -> list[dict]:
    """A dotted frame for each unseen cell, a full one for each that was held out."""
    return [
        {"type": "rect", "x0": x - CELL, "x1": x + CELL, "y0": y - CELL, "y1": y + CELL, "line": LINES[kind]}
        for (y, x), kind in np.ndenumerate(part.to_numpy())
        if kind in LINES
    ]


def _distinct(names: list[str]) -> list[str]:
    """The names, numbered where one was there before."""
    before = [names[:at].count(name) for at, name in enumerate(names)]
    return [f"{name} ({n + 1})" if n else name for name, n in zip(names, before, strict=True)]
