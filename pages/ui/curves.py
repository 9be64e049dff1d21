"""Curves of training, as tables and Vega-Lite specifications. No Streamlit in here.

The specification of a live chart does not change from tick to tick, only its table grows: so the browser draws the new
points into the chart that is there, without a flicker. Baselines and the noise floor are rows of the table too, as they
may come later than the frame. Colours are the theme's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from reco_core.events import EpochEnded

TRAINING, VALIDATION, REFERENCE = "training", "validation", "reference"
LINE_TITLES = {"global_mean": "Global mean", "bias": "Bias baseline", "noise_floor": "Noise floor"}
COLUMNS = {"epoch": "float64", "series": "object", "value": "float64", "learning_rate": "float64", "label": "object"}
QUIET = "#8a8799"
HEIGHT = 290
MANY = 30
STEPS = (60, 120, 300, 600, 1200)


@dataclass(frozen=True, eq=False)
class LiveChart:
    """A table, and the specification that draws it: constant for one run."""

    table: pd.DataFrame
    spec: dict[str, Any]


def loss_chart(epochs: Sequence[EpochEnded], planned: int, log: bool = False) -> LiveChart:
    """Loss and validation loss (the data term without penalties) by epoch, with an axis that stands still."""
    table = series_table(epochs, "loss", "val_loss")
    if log:
        table = table[table["value"] > 0]
    return LiveChart(table, json.loads(_spec(horizon(planned, len(epochs)), "Loss", "log" if log else "linear")))


def rmse_chart(epochs: Sequence[EpochEnded], planned: int, lines: Mapping[str, float]) -> LiveChart:
    """RMSE in stars by epoch, with a labelled line for each baseline and for the noise floor."""
    table = series_table(epochs, "rmse", "val_rmse", lines)
    return LiveChart(table, json.loads(_spec(horizon(planned, len(epochs)), "RMSE in stars", "linear")))


def horizon(planned: int, done: int) -> int:
    """The last epoch on the axis: the planned one, or for a long plan a round number ahead of what is done.

    So the axis stands still for most ticks, and a plan of 2,000 epochs does not press its first ones into a corner.
    """
    return min(planned, next((step for step in STEPS if step >= 1.25 * done), planned))


def series_table(
    epochs: Sequence[EpochEnded], training: str, validation: str, lines: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Long table (COLUMNS): one row per epoch and curve that has a value there, and one per reference line."""
    rows = [
        (e.epoch, name, value, e.learning_rate, None)
        for e in epochs
        for name, value in ((TRAINING, getattr(e, training)), (VALIDATION, getattr(e, validation)))
        if value is not None
    ]
    for name, value in (lines or {}).items():
        rows.append((None, REFERENCE, value, None, f"{LINE_TITLES.get(name, name)} {value:.3f}"))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def overlay_chart(curves: Mapping[str, Sequence[EpochEnded]], measure: str, title: str, by_time: bool) -> alt.Chart:
    """One curve per run: `measure` (a field of EpochEnded) by epoch, or by seconds since the start."""
    rows = [
        (name, e.epoch, e.elapsed, getattr(e, measure))
        for name, epochs in curves.items()
        for e in epochs
        if getattr(e, measure) is not None
    ]
    table = pd.DataFrame(rows, columns=["run", "epoch", "seconds", "value"])
    across = alt.X("seconds:Q", title="Seconds") if by_time else _epoch_axis(max((row[1] for row in rows), default=1))
    return (
        alt.Chart(table)
        .mark_line(point=alt.OverlayMarkDef(size=28), strokeWidth=2.2, interpolate="monotone")
        .encode(
            x=across,
            y=alt.Y("value:Q", title=title, scale=alt.Scale(zero=False)),
            color=alt.Color(
                "run:N", title=None, sort=list(curves), legend=alt.Legend(orient="top", columns=2, labelLimit=150)
            ),
            tooltip=[
                "run:N",
                "epoch:Q",
                alt.Tooltip("seconds:Q", format=".2f"),
                alt.Tooltip("value:Q", title=title, format=".4f"),
            ],
        )
        .properties(height=HEIGHT + 30)
    )


@lru_cache(maxsize=128)
def _spec(planned: int, title: str, scale: str) -> str:
    """The two curves with their points, over a dashed line with its name for each reference, as JSON.

    Kept, because Altair takes 50 ms to check one, and a live chart asks for it twice a second.
    """
    y = alt.Y("value:Q", title=title, scale=alt.Scale(type=scale, zero=False, nice=True))
    reference = alt.Chart().transform_filter(alt.datum.series == REFERENCE).encode(y=y)
    rules = reference.mark_rule(strokeDash=[5, 4], strokeWidth=1.4, color=QUIET)
    words = reference.mark_text(align="right", dy=-7, fontSize=11, color=QUIET)
    curves = (
        alt.Chart()
        .transform_filter(alt.datum.series != REFERENCE)
        .encode(
            x=_epoch_axis(planned),
            y=y,
            color=alt.Color(
                "series:N",
                title=None,
                scale=alt.Scale(domain=[VALIDATION, TRAINING]),
                legend=alt.Legend(orient="top", offset=4),
            ),
        )
    )
    lines = curves.mark_line(strokeWidth=2.4, interpolate="monotone")
    chart = alt.layer(rules, words.encode(x=alt.value("width"), text="label:N"), lines, _points(curves, planned, title))
    return chart.properties(height=HEIGHT).to_json(indent=None)


def _points(curves: alt.Chart, planned: int, title: str) -> alt.Chart:
    """A point for each value; the one nearest to the pointer grows and says its numbers."""
    nearest = alt.selection_point(name="near", on="pointerover", nearest=True, fields=["epoch"], empty=False)
    size = 34 if planned <= MANY else 8
    return (
        curves.mark_point(filled=True, opacity=1)
        .encode(
            size=alt.when(nearest).then(alt.value(110)).otherwise(alt.value(size)),
            tooltip=[
                alt.Tooltip("epoch:Q", title="Epoch"),
                alt.Tooltip("series:N", title="Rows"),
                alt.Tooltip("value:Q", title=title, format=".4f"),
                alt.Tooltip("learning_rate:Q", title="Learning rate", format="~g"),
            ],
        )
        .add_params(nearest)
    )


def _epoch_axis(planned: int) -> alt.X:
    """Whole epochs from 1 to the planned one, so that the axis stands still while the curve grows."""
    low, high = (1, planned) if planned > 1 else (0.5, 1.5)
    axis = alt.Axis(format="d", tickMinStep=1, tickCount=min(planned, 10), grid=False)
    return alt.X("epoch:Q", title="Epoch", axis=axis, scale=alt.Scale(domain=[low, high], nice=False))
