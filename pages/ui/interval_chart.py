"""Figures with their uncertainty, as charts: intervals of differences, and points of seeds. No Streamlit in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from reco_core.jobs.comparison import RMSE, Difference

SURE, UNSURE = "more than chance", "not more than chance"
QUIET = "#8a8799"
ROW, AROUND = 30, 62


def interval_chart(differences: Mapping[str, Difference]) -> alt.Chart:
    """By how much the best is ahead of each other run (by name): a point, its 95 % interval, and a line at 0.

    Green is more than chance, orange is not. For RMSE the thin line is the interval where whole users are drawn.
    """
    rows = []
    for name, one in differences.items():
        low, high = one.bounds
        wide = one.user_bounds or one.bounds
        rows.append((name, one.gain, low, high, *wide, SURE if one.more_than_chance else UNSURE))
    table = pd.DataFrame(rows, columns=["run", "gain", "low", "high", "wide_low", "wide_high", "is"])
    unit = "stars of RMSE" if next(iter(differences.values())).figure == RMSE else _title(differences)
    title, axis = f"Ahead by, in {unit}", alt.Axis(tickCount=4, format="~g")
    down = alt.Y("run:N", title=None, sort=list(differences), axis=alt.Axis(labelLimit=190, ticks=False, domain=False))
    colour = alt.Color(
        "is:N",
        title=None,
        scale=alt.Scale(domain=[SURE, UNSURE], range=["#0e9f77", "#e08a00"]),
        legend=None,
    )
    tips = [alt.Tooltip("run:N"), alt.Tooltip("is:N", title="The difference is")]
    tips += [alt.Tooltip(f"{name}:Q", format=".4f") for name in ("gain", "low", "high", "wide_low", "wide_high")]
    base = alt.Chart(table).encode(y=down, color=colour, tooltip=tips)
    zero = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=QUIET, strokeDash=[4, 3]).encode(x="at:Q")
    wide = base.mark_rule(strokeWidth=1.6).encode(x=alt.X("wide_low:Q", title=title, axis=axis), x2="wide_high:Q")
    narrow = base.mark_rule(strokeWidth=6, opacity=0.55).encode(x=alt.X("low:Q", title=title, axis=axis), x2="high:Q")
    points = base.mark_point(size=90, filled=True, opacity=1).encode(x=alt.X("gain:Q", title=title, axis=axis))
    return alt.layer(zero, wide, narrow, points).properties(height=AROUND + ROW * len(differences))


def _title(differences: Mapping[str, Difference]) -> str:
    return next(iter(differences.values())).figure.upper()


def seeds_chart(values: Mapping[str, Sequence[tuple[int, float]]], title: str) -> alt.Chart:
    """A point for each (seed, value) of each run repeated, by name, and a bar at their mean."""
    rows = [(name, seed, value) for name, several in values.items() for seed, value in several]
    table = pd.DataFrame(rows, columns=["run", "seed", "value"])
    down = alt.Y("run:N", title=None, sort=list(values), axis=alt.Axis(labelLimit=190, ticks=False, domain=False))
    across = alt.X("value:Q", title=title, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(tickCount=4))
    base = alt.Chart(table).encode(y=down, color=alt.Color("run:N", sort=list(values), legend=None))
    points = base.mark_point(size=70, filled=True, opacity=0.75).encode(
        x=across, tooltip=["run:N", "seed:Q", alt.Tooltip("value:Q", title=title, format=".4f")]
    )
    means = base.mark_tick(thickness=3, size=26).encode(x=alt.X("mean(value):Q", title=title))
    return alt.layer(points, means).properties(height=AROUND + ROW * len(values))
