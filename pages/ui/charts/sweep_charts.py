"""A sweep as parallel coordinates: a line for each run, from its settings to its error. No Streamlit in here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from pages.ui.charts import plotly_figures as go
from pages.ui.charts.palette import FIFTH, FIRST, SECOND, SIXTH
from reco_core.jobs.sweeps.search_space import Axis
from reco_core.models.spec import Goal

SCALE = [[0.0, FIRST], [0.3, FIFTH], [0.65, SECOND], [1.0, SIXTH]]
HEIGHT = 330
TICKS = 5


def parallel(
    rows: pd.DataFrame, axes: tuple[Axis, ...], titles: dict[str, str], goal: Goal = "val_rmse"
) -> go.Figure | None:
    """The lines of the runs that have a figure on validation rows, coloured by it; None for fewer than two."""
    known = rows[rows[goal].notna()]
    if len(known) < 2:
        return None
    figure = known[goal].astype(float)
    error = -figure if goal == "val_ndcg" else figure
    dimensions = [_dimension(known[axis.setting], axis, titles[axis.setting]) for axis in axes]
    label = "NDCG (val.)" if goal == "val_ndcg" else "RMSE (val.)"
    dimensions.append({"label": label, "values": figure, "tickformat": ".4f"})
    line = {"color": error, "colorscale": SCALE, "cmin": error.min(), "cmax": error.quantile(0.9)}
    drawn = go.Figure(go.Parcoords(line=line, dimensions=dimensions, labelfont={"size": 12}, tickfont={"size": 11}))
    return drawn.update_layout(height=HEIGHT, margin={"l": 56, "r": 56, "t": 56, "b": 24})


def _dimension(values: pd.Series, axis: Axis, label: str) -> dict[str, Any]:
    """One axis: the few values of a list in equal steps, a range as it is, or by factors."""
    distinct = sorted(values.unique(), key=lambda value: (str(type(value)), value))
    if not axis.is_range or is_bool_dtype(values) or not is_numeric_dtype(values):
        place = {value: number for number, value in enumerate(distinct)}
        return {
            "label": label,
            "values": [place[value] for value in values],
            "tickvals": list(range(len(distinct))),
            "ticktext": [_short(value) for value in distinct],
        }
    if not axis.log:
        return {"label": label, "values": values.astype(float), "range": [axis.low, axis.high]}
    ticks = np.geomspace(axis.low, axis.high, TICKS)
    return {
        "label": label,
        "values": np.log10(values.astype(float)),
        "range": [float(np.log10(axis.low)), float(np.log10(axis.high))],
        "tickvals": np.log10(ticks),
        "ticktext": [f"{tick:.2g}" for tick in ticks],
    }


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
