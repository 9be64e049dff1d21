"""Figures with their uncertainty, as charts: intervals of differences, and points of seeds. No Streamlit in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from pages.ui.charts.palette import DOUBTFUL, GOOD, QUIET, ink
from pages.ui.charts.vega import Drawing, Spec, category, mark, quantity
from reco_core.jobs.results.comparison import RMSE, Difference

SURE, UNSURE = "significant", "not significant"
ROW, AROUND = 30, 62


def interval_chart(differences: Mapping[str, Difference]) -> Drawing:
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
    title, axis = f"Lead in {unit}", {"tickCount": 4, "format": "~f"}
    colour = category("is", None, scale={"domain": [SURE, UNSURE], "range": [GOOD, DOUBTFUL]}, legend=None)
    tips = [category("run"), category("is", "The difference is")]
    tips += [quantity(name, format=".4f") for name in ("gain", "low", "high", "wide_low", "wide_high")]
    base = {"y": _down(differences), "color": colour, "tooltip": tips}

    def across(name: str, end: str = "") -> Spec:
        return base | {"x": quantity(name, title, axis=axis)} | ({"x2": {"field": end}} if end else {})

    layers = [
        mark("rule", {"x": {"datum": 0}, "color": ink(QUIET)}, strokeDash=[4, 3], aria=False),
        mark("rule", across("wide_low", "wide_high"), strokeWidth=1.6),
        mark("rule", across("low", "high"), strokeWidth=6, opacity=0.55),
        mark("point", across("gain"), size=90, filled=True, opacity=1),
    ]
    return Drawing(table, {"height": AROUND + ROW * len(differences), "layer": layers})


def _title(differences: Mapping[str, Difference]) -> str:
    return next(iter(differences.values())).figure.upper()


def seeds_chart(values: Mapping[str, Sequence[tuple[int, float]]], title: str) -> Drawing:
    """A point for each (seed, value) of each run repeated, by name, and a bar at their mean."""
    rows = [(name, seed, value) for name, several in values.items() for seed, value in several]
    table = pd.DataFrame(rows, columns=["run", "seed", "value"])
    base = {"y": _down(values), "color": category("run", sort=list(values), legend=None)}
    across = quantity("value", title, scale={"zero": False, "nice": True}, axis={"tickCount": 4})
    tips = [category("run"), quantity("seed"), quantity("value", title, format=".4f")]
    mean = quantity("value", title, aggregate="mean")
    layers = [
        mark("point", base | {"x": across, "tooltip": tips}, size=70, filled=True, opacity=0.75),
        mark("tick", base | {"x": mean}, thickness=3, size=26),
    ]
    return Drawing(table, {"height": AROUND + ROW * len(values), "layer": layers})


def _down(names: Mapping[str, object]) -> Spec:
    """A line for each run, in this order."""
    return category("run", None, sort=list(names), axis={"labelLimit": 190, "ticks": False, "domain": False})
