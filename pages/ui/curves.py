"""Curves of training, as Altair charts. No Streamlit in here.

A chart's specification stays the same from tick to tick (only its data grows), so that the browser draws it without a
flicker. Baselines and the noise floor are data too: they may come later than the frame. Colours are the theme's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from reco_core.events import EpochEnded

TRAINING, VALIDATION = "training", "validation"
LINE_TITLES = {"global_mean": "Global mean", "bias": "Bias baseline", "noise_floor": "Noise floor"}
QUIET = "#8a8799"
HEIGHT = 290


def loss_chart(epochs: Sequence[EpochEnded], planned: int, log: bool = False) -> alt.LayerChart:
    """Loss and validation loss (the data term without penalties) by epoch; `planned` epochs fix the axis."""
    table = series_table(epochs, "loss", "val_loss")
    if log:
        table = table[table["value"] > 0]
    return _curves(table, planned, "Loss", alt.Scale(type="log") if log else alt.Scale(zero=False, nice=True))


def rmse_chart(epochs: Sequence[EpochEnded], planned: int, lines: Mapping[str, float]) -> alt.LayerChart:
    """RMSE in stars by epoch, with a labelled line for each baseline and for the noise floor."""
    table = series_table(epochs, "rmse", "val_rmse")
    return alt.layer(*_reference(lines), _curves(table, planned, "RMSE in stars", alt.Scale(zero=False, nice=True)))


def series_table(epochs: Sequence[EpochEnded], training: str, validation: str) -> pd.DataFrame:
    """Long table: epoch, series, value, learning rate; one row per epoch and curve that has a value there."""
    rows = [
        (e.epoch, name, value, e.learning_rate)
        for e in epochs
        for name, value in ((TRAINING, getattr(e, training)), (VALIDATION, getattr(e, validation)))
        if value is not None
    ]
    return pd.DataFrame(rows, columns=["epoch", "series", "value", "learning_rate"]).astype(
        {"epoch": "int64", "value": "float64", "learning_rate": "float64"}
    )


def overlay_chart(curves: Mapping[str, Sequence[EpochEnded]], measure: str, title: str, by_time: bool) -> alt.Chart:
    """One curve per run: `measure` (a field of EpochEnded) by epoch, or by seconds since the start."""
    rows = [
        (name, e.epoch, e.elapsed, getattr(e, measure))
        for name, epochs in curves.items()
        for e in epochs
        if getattr(e, measure) is not None
    ]
    table = pd.DataFrame(rows, columns=["run", "epoch", "seconds", "value"])
    across = alt.X("seconds:Q", title="Seconds") if by_time else _epoch_axis(int(table["epoch"].max() or 1))
    return (
        alt.Chart(table)
        .mark_line(point=alt.OverlayMarkDef(size=28), strokeWidth=2.2, interpolate="monotone")
        .encode(
            x=across,
            y=alt.Y("value:Q", title=title, scale=alt.Scale(zero=False)),
            color=alt.Color("run:N", title=None, sort=list(curves), legend=alt.Legend(orient="bottom", columns=2)),
            tooltip=[
                "run",
                "epoch",
                alt.Tooltip("seconds", format=".2f"),
                alt.Tooltip("value", title=title, format=".4f"),
            ],
        )
        .properties(height=HEIGHT + 60)
    )


def _curves(table: pd.DataFrame, planned: int, title: str, scale: alt.Scale) -> alt.LayerChart:
    base = alt.Chart(table).encode(
        x=_epoch_axis(planned),
        y=alt.Y("value:Q", title=title, scale=scale),
        color=alt.Color(
            "series:N", title=None, sort=[VALIDATION, TRAINING], legend=alt.Legend(orient="top", offset=4)
        ).scale(domain=[VALIDATION, TRAINING]),
    )
    lines = base.mark_line(strokeWidth=2.4, interpolate="monotone")
    nearest = alt.selection_point(name="near", on="pointerover", nearest=True, fields=["epoch"], empty=False)
    points = base.mark_point(filled=True, size=34 if planned <= 60 else 10, opacity=1).encode(
        size=alt.when(nearest).then(alt.value(110)).otherwise(alt.value(34 if planned <= 60 else 8)),
        tooltip=[
            alt.Tooltip("epoch:Q", title="Epoch"),
            alt.Tooltip("series:N", title="Rows"),
            alt.Tooltip("value:Q", title=title, format=".4f"),
            alt.Tooltip("learning_rate:Q", title="Learning rate", format="~g"),
        ],
    )
    return alt.layer(lines, points.add_params(nearest)).properties(height=HEIGHT)


def _reference(lines: Mapping[str, float]) -> tuple[alt.Chart, alt.Chart]:
    """A dashed line across the chart for each reference, and its name at the right."""
    table = pd.DataFrame(
        [
            (LINE_TITLES.get(name, name), value, f"{LINE_TITLES.get(name, name)} {value:.3f}")
            for name, value in lines.items()
        ],
        columns=["line", "value", "label"],
    ).astype({"value": "float64"})
    base = alt.Chart(table).encode(y=alt.Y("value:Q"))
    rules = base.mark_rule(strokeDash=[5, 4], strokeWidth=1.4, color=QUIET)
    words = base.mark_text(align="right", dy=-7, fontSize=11, color=QUIET).encode(x=alt.value("width"), text="label:N")
    return rules, words


def _epoch_axis(planned: int) -> alt.X:
    """Whole epochs from 1 to the planned one, so that the axis stands still while the curve grows."""
    low, high = (1, planned) if planned > 1 else (0.5, 1.5)
    axis = alt.Axis(format="d", tickMinStep=1, tickCount=min(planned, 10), grid=False)
    return alt.X("epoch:Q", title="Epoch", axis=axis, scale=alt.Scale(domain=[low, high], nice=False))
