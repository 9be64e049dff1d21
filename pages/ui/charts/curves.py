"""Curves of training, as tables beside the specification that draws them (curve_spec). No Streamlit in here.

The specification of a live chart does not change from tick to tick, only its table grows: so the browser draws the new
points into the chart that is there, without a flicker. Baselines, the noise floor, marks and the zone of over-fitting
are rows of the table too, as they may come later than the frame. Colours are the theme's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pages.ui.charts.curve_spec import FRAME, MARK, REFERENCE, TRAINING, VALIDATION, ZONE, epoch_axis, live_spec
from pages.ui.charts.marks import Mark
from pages.ui.charts.vega import Drawing, category, quantity
from reco_core.events import EpochEnded
from reco_core.inspect.curves import Reading, smoothed

LINE_TITLES = {
    "global_mean": "Global mean",
    "bias": "Bias baseline",
    "noise_floor": "Noise floor",
    "popularity": "Popularity",
}
GOALS = {"rmse": "RMSE in stars", "ndcg": "NDCG@10"}
COLUMNS = {
    "epoch": "float64",
    "series": "object",
    "value": "float64",  # what was measured
    "line": "float64",  # what is drawn as a line: the same, or smoothed
    "other": "float64",  # the other edge of the zone
    "learning_rate": "float64",
    "label": "object",
    "kind": "object",
}
HEIGHT = 290
MOST_POINTS = 300
STEPS = (60, 120, 300, 600, 1200)


@dataclass(frozen=True)
class Notes:
    """What is written onto the curves: marks, and the zone of over-fitting."""

    marks: Sequence[Mark] = ()
    reading: Reading | None = None


NOTHING = Notes()


def loss_chart(
    epochs: Sequence[EpochEnded], planned: int, log: bool = False, notes: Notes = NOTHING, smooth: bool = False
) -> Drawing:
    """Loss and validation loss (the data term without penalties) by epoch, with an axis that stands still."""
    table = series_table(epochs, "loss", {}, notes, smooth)
    if log:
        table = table[(table["value"] > 0) | (table["series"] == MARK)]
    return Drawing(_framed(table), live_spec(horizon(planned, len(epochs)), "Loss", "log" if log else "linear"))


def goal_chart(
    epochs: Sequence[EpochEnded],
    planned: int,
    lines: Mapping[str, float],
    notes: Notes = NOTHING,
    smooth: bool = False,
    measure: str = "rmse",
) -> Drawing:
    """RMSE in stars (or `ndcg`) by epoch, with a labelled line for each baseline and for the noise floor."""
    table = series_table(epochs, measure, lines, notes, smooth)
    return Drawing(_framed(table), live_spec(horizon(planned, len(epochs)), GOALS[measure], "linear"))


def horizon(planned: int, done: int) -> int:
    """The last epoch on the axis: the planned one, or for a long plan a round number ahead of what is done.

    So the axis stands still for most ticks, and a plan of 2,000 epochs does not press its first ones into a corner.
    """
    return min(planned, next((step for step in STEPS if step >= 1.25 * done), planned))


def series_table(
    epochs: Sequence[EpochEnded],
    measure: str,
    lines: Mapping[str, float] | None = None,
    notes: Notes = NOTHING,
    smooth: bool = False,
) -> pd.DataFrame:
    """Long table (COLUMNS): one row per epoch and curve that has a value there, per reference line, and per mark.

    measure: `loss`, `rmse` or `ndcg`, with `val_` before it for the validation rows.
    """
    shown = set(thinned([e.epoch for e in epochs]))
    curves = {
        name: [point for point in _curve(epochs, field, smooth) if point[0].epoch in shown]
        for name, field in ((TRAINING, measure), (VALIDATION, f"val_{measure}"))
    }
    rows: list[dict[str, Any]] = [
        {"epoch": e.epoch, "series": name, "value": value, "line": line, "learning_rate": e.learning_rate}
        for name, curve in curves.items()
        for e, value, line in curve
    ]
    for name, value in (lines or {}).items():
        figure = f"{value:.3f}" if value < 1000 else f"{value:,.0f}"
        label = f"{LINE_TITLES.get(name, name)} {figure}"
        rows.append({"series": REFERENCE, "value": value, "line": value, "label": label})
    rows += _zone(curves, notes.reading)
    rows += [{"epoch": max(m.epoch, 1), "series": MARK, "kind": m.kind, "label": m.words} for m in notes.marks]
    # A column at a time: three times as fast as from rows, and a live chart asks for it twice a second.
    return pd.DataFrame({name: np.array([row.get(name) for row in rows], dtype=kind) for name, kind in COLUMNS.items()})


def thinned(numbers: Sequence[int], most: int = MOST_POINTS) -> list[int]:
    """All of the numbers, or evenly `most` of them or a few less with the last: a chart has no more pixels."""
    step = -(-len(numbers) // most) or 1
    return [number for place, number in enumerate(numbers) if place % step == 0 or place == len(numbers) - 1]


def overlay_chart(curves: Mapping[str, Sequence[EpochEnded]], measure: str, title: str, by_time: bool) -> Drawing:
    """One curve per run: `measure` (a field of EpochEnded) by epoch, or by seconds since the start."""
    rows = [
        (name, e.epoch, e.elapsed, getattr(e, measure))
        for name, epochs in curves.items()
        for e in epochs
        if getattr(e, measure) is not None
    ]
    table = pd.DataFrame(rows, columns=["run", "epoch", "seconds", "value"])
    across = quantity("seconds", "Seconds") if by_time else epoch_axis(max((row[1] for row in rows), default=1))
    legend = {"orient": "top", "columns": 2, "labelLimit": 150}
    encoding = {
        "x": across,
        "y": quantity("value", title, scale={"zero": False}),
        "color": category("run", None, sort=list(curves), legend=legend),
        "tooltip": [
            category("run"),
            quantity("epoch"),
            quantity("seconds", format=".2f"),
            quantity("value", title, format=".4f"),
        ],
    }
    line = {"type": "line", "point": {"size": 28}, "strokeWidth": 2.2, "interpolate": "monotone"}
    return Drawing(table, {"height": HEIGHT + 30, "mark": line, "encoding": encoding})


def _framed(table: pd.DataFrame) -> pd.DataFrame:
    """The table with a row that gives every layer something to measure, and is a point only before the first epoch."""
    lines, begun = table["line"].dropna(), table["series"].isin([TRAINING, VALIDATION]).any()
    level = lines.iloc[0] if len(lines) else 1.0
    value = np.nan if begun else level
    other = level if begun else 0.8 * level  # an axis of one value would show it with all its digits
    row = {"epoch": 1, "series": FRAME, "value": value, "line": level, "other": other, "label": ""}
    return pd.concat([table, pd.DataFrame([row], columns=list(COLUMNS)).astype(COLUMNS)], ignore_index=True)


def _curve(epochs: Sequence[EpochEnded], measure: str, smooth: bool) -> list[tuple[EpochEnded, float, float]]:
    """(epoch, value, value on the line) where the measure has a value."""
    known = [(e, value) for e in epochs if (value := getattr(e, measure)) is not None]
    values = [value for _, value in known]
    line = smoothed(values) if smooth else values
    return [(e, value, drawn) for (e, value), drawn in zip(known, line, strict=True)]


def _zone(curves: Mapping[str, list[tuple[EpochEnded, float, float]]], reading: Reading | None) -> list[dict[str, Any]]:
    """The area between the two lines from where over-fitting starts."""
    if reading is None or not reading.overfitting:
        return []
    training = {e.epoch: drawn for e, _, drawn in curves[TRAINING]}
    return [
        {"epoch": e.epoch, "series": ZONE, "value": drawn, "line": drawn, "other": training[e.epoch]}
        for e, _, drawn in curves[VALIDATION]
        if e.epoch >= reading.best and e.epoch in training
    ]
