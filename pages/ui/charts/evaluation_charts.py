"""Where a model's stars and lists are right and wrong, as charts. No Streamlit in here."""

from __future__ import annotations

import pandas as pd

from pages.ui.charts.palette import ACCENT, DOUBTFUL, QUIET, ink
from pages.ui.charts.vega import Drawing, Spec, category, mark, quantity
from reco_core.encode import RatingScale

HEIGHT = 250


def calibration_chart(table: pd.DataFrame, scale: RatingScale) -> Drawing:
    """Mean given against mean predicted stars of each tenth, over the line where both are equal."""
    ends = {"domain": [scale.min, scale.max], "nice": False}
    x = quantity("predicted", "Predicted rating", scale=ends, axis={"tickCount": 5, "format": "~f"})
    y = quantity("actual", "Mean actual rating", scale=ends, axis={"tickCount": 5, "format": "~f"})
    tips = [quantity("predicted", "Predicted, mean", format=".3f"), quantity("actual", "Actual, mean", format=".3f")]
    tips += [quantity("low", "From", format=".2f"), quantity("high", "To", format=".2f"), quantity("count", "Ratings")]
    corners = [{"x": scale.min, "y": scale.min}, {"x": scale.max, "y": scale.max}]
    along = {"x": x | {"field": "x"}, "y": y | {"field": "y"}}
    diagonal = {"data": {"values": corners}} | mark(
        "line", along | {"color": ink(QUIET)}, strokeDash=[5, 4], strokeWidth=1.4, aria=False
    )
    layers = [
        diagonal,
        mark("line", {"x": x, "y": y, "color": ink(ACCENT)}, strokeWidth=2.2, aria=False),
        mark("point", {"x": x, "y": y, "color": ink(ACCENT), "tooltip": tips}, filled=True, size=80, opacity=1),
    ]
    return Drawing(table, {"height": HEIGHT, "layer": layers})


def errors_chart(table: pd.DataFrame, most: float, scale: RatingScale) -> Drawing:
    """Share of the ratings by predicted minus given stars; `most` is the top of the axis: two charts then compare."""
    width = (table["error"].iloc[1] - table["error"].iloc[0]) / 2 if len(table) > 1 else 0.5
    table = table.assign(left=table["error"] - width, right=table["error"] + width)
    span = scale.max - scale.min
    axis = {"tickCount": 5, "format": "+~f", "grid": False}
    x = quantity("left", "Predicted minus actual rating", axis=axis, scale={"domain": [-span, span], "nice": False})
    y = quantity("share", None, axis={"format": ".0%", "tickCount": 4}, scale={"domain": [0, most], "nice": False})
    tips = [quantity("error", "Error about", format="+.2f"), quantity("share", "Ratings", format=".1%")]
    where = {"x": x, "x2": {"field": "right"}, "y": y, "y2": {"datum": 0}, "tooltip": tips}
    bars = mark("rect", where | {"color": ink(ACCENT)})
    zero = mark("rule", {"x": {"datum": 0}, "color": ink(QUIET)}, strokeDash=[4, 3], aria=False)
    return Drawing(table, {"height": 200, "layer": [bars, zero]})


def residual_chart(table: pd.DataFrame) -> Drawing:
    """Predicted minus actual rating by the actual one: 80 % of the ratings thin, 50 % thick, the mean a point."""
    axis = {"labelAngle": 0 if table["name"].str.len().max() < 5 else -40}
    x = category("name", "Actual rating", sort=list(table["name"]), axis=axis)
    title = "Predicted minus actual"
    tips = [category("name", "Actual"), quantity("mean", "Mean error", format="+.3f")]
    tips += [quantity("rmse", "RMSE", format=".3f"), quantity("count", "Ratings", format=",")]

    def bar(low: str, high: str, width: float, opacity: float) -> Spec:
        where = {"x": x, "y": quantity(low, title), "y2": {"field": high}, "color": ink(ACCENT), "tooltip": tips}
        return mark("rule", where, strokeWidth=width, opacity=opacity)

    layers = [
        mark("rule", {"y": {"datum": 0}, "color": ink(QUIET)}, strokeDash=[4, 3], aria=False),
        bar("q10", "q90", 2, 0.7),
        bar("q25", "q75", 14, 0.4),
        mark(
            "point",
            {"x": x, "y": quantity("mean", title), "color": ink(ACCENT), "tooltip": tips},
            filled=True,
            size=80,
            opacity=1,
        ),
    ]
    return Drawing(table, {"height": HEIGHT, "layer": layers})


def tenths_chart(own: pd.DataFrame, rival: pd.DataFrame, value: str, title: str, what: str, rival_name: str) -> Drawing:
    """A bar per tenth, and a tick where the model without learning is; both tables by `tenth`, `low` and `high`.

    what: `ratings per user`. Tenth 0 holds what has no known rating.
    """
    table = own[["tenth", "low", "high", "units", value]].rename(columns={value: "own"})
    table = table.merge(rival[["tenth", value]].rename(columns={value: "rival"}), on="tenth", how="left")
    table["band"] = [_band(low, high) for low, high in zip(table["low"], table["high"], strict=True)]
    axis = {"labelAngle": -40, "labelOverlap": False}
    x = category("band", f"Training {what}, by decile", sort=list(table["band"]), axis=axis)
    tips = [category("band", f"Training {what}"), quantity("own", title, format=".4f")]
    tips += [quantity("rival", rival_name, format=".4f"), quantity("units", "In this decile", format=",")]
    up = {"tickCount": 4}
    bars = {"x": x, "y": quantity("own", title, axis=up), "color": ink(ACCENT), "tooltip": tips}
    ticks = {"x": x, "y": quantity("rival", title, axis=up), "color": ink(DOUBTFUL), "tooltip": tips}
    layers = [
        mark("bar", bars, cornerRadiusEnd=4, opacity=0.85),
        mark("tick", ticks, thickness=3, bandSize=26),
    ]
    return Drawing(table, {"height": HEIGHT, "layer": layers})


def _band(low: int, high: int) -> str:
    """`0`, `12` or `12–19`."""
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"
