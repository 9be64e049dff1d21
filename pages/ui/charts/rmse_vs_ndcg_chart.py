"""Stars against lists: each model a point, by RMSE and by NDCG. No Streamlit in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pages.ui.charts.label_places import LETTER, LINE, Picture, Place, Point, places
from pages.ui.charts.palette import QUIET, ink
from pages.ui.charts.vega import Drawing, Spec, category, mark, only, quantity
from reco_core.shown_text import shortened

STARS, LISTS = "rmse", "ndcg@10"
RUN, BASELINE = "run", "baseline"
HEIGHT = 380
FLOOR = HEIGHT - 77  # where the axis is, from the top
# The chart is as wide as its place, so its names are put where they are free at each of these widths. On a phone the
# strip and the margins are narrow, and points have their numbers instead of their names.
WIDE, SMALL, TURN = (520, 700, 950, 1400), (210, 300, 400), 420
STRIP, MARGIN = (118, 66), (44, 16)  # wide, small
INNER = 26
NARROW = f"width < {TURN}"
STRIP_NOW, EDGE = (f"({NARROW} ? {small} : {wide})" for wide, small in (STRIP, MARGIN))
LONGEST = 22
NO_STARS, WORDS_UP = "no stars", -9
COLUMNS = ("name", "label", "kind", "stars", "lists", "number")


def lesson_chart(
    runs: Mapping[str, Mapping[str, float | None]], baselines: Mapping[str, Mapping[str, float | None]]
) -> Drawing | None:
    """One point per model that has NDCG, better to the right and up; what predicts no stars stands on a strip at the
    left. Figures by name, of runs and of baselines; None where no model has NDCG.
    """
    table = points(runs, baselines)
    if table.empty:
        return None
    strip = bool(table["stars"].isna().any())
    ends = [
        {"expr": f"width - {EDGE}"},
        {"expr": f"{STRIP_NOW} + {INNER}" if strip else EDGE},
    ]  # RMSE grows to the left
    across = quantity(
        "stars", "RMSE in stars, better →", axis={"tickCount": 6, "format": "~f"},
        scale={"domain": _span(table), "nice": False, "range": ends},
    )  # fmt: skip
    up = quantity(
        "lists", "NDCG@10, better →", axis={"tickCount": 5}, scale={"domain": [0, _top(table)], "nice": False}
    )
    layers = _strip() if strip else []
    if table["stars"].notna().any():
        layers += _marks(table, {"x": across, "y": up}, "isValid(datum.stars)")
    if strip:
        layers += _marks(table, {"x": {"value": {"expr": f"{STRIP_NOW} / 2"}}, "y": up}, "!isValid(datum.stars)")
    return Drawing(table, {"height": HEIGHT, "layer": layers})


def points(
    runs: Mapping[str, Mapping[str, float | None]], baselines: Mapping[str, Mapping[str, float | None]]
) -> pd.DataFrame:
    """name, label, kind, stars (nan without), lists, number, and the places of label and number; baselines that are
    runs too stand once. A label that has no free place is the number."""
    rows: list[tuple[Any, ...]] = []
    for kind, several in ((RUN, runs), (BASELINE, baselines)):
        for name, figures in several.items():
            stars, lists = figures.get(STARS), figures.get(LISTS)
            if lists is None or (kind == BASELINE and any(row[3:5] == (stars, lists) for row in rows)):
                continue
            rows.append((name, shortened(name, LONGEST), kind, stars, lists, str(len(rows) + 1)))
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["stars"] = table["stars"].astype("float64")
    return _labelled(table)


def lesson(table: pd.DataFrame) -> str:
    """What the points say in a sentence; empty where one model is best in both, or there are no stars."""
    with_stars = table.dropna(subset="stars")
    if with_stars.empty:
        return ""
    stars, lists = with_stars.loc[with_stars["stars"].idxmin()], table.loc[table["lists"].idxmax()]
    if stars["name"] == lists["name"]:
        return ""
    rest = "and it predicts no stars at all" if pd.isna(lists["stars"]) else f"RMSE {lists['stars']:.3f}"
    return (
        f"{stars['name']} is best at stars (RMSE {stars['stars']:.3f}, NDCG@10 {stars['lists']:.3f}), {lists['name']} "
        f"at lists (NDCG@10 {lists['lists']:.3f}, {rest})."
    )


def pixels(table: pd.DataFrame, width: float) -> list[Point]:
    """Where each point is drawn in a picture of this width, from its left and top."""
    small = width < TURN
    strip, margin = STRIP[small], MARGIN[small]
    low, high = _span(table)
    left = strip + INNER if table["stars"].isna().any() else margin
    across = left + (width - margin - left) * (high - table["stars"]) / (high - low)
    down = FLOOR * (1 - table["lists"] / _top(table))
    return list(zip(across.fillna(strip / 2).tolist(), down.tolist(), strict=True))


def picture(table: pd.DataFrame, width: float) -> Picture:
    """What is drawn at this width beside the names: points, and the words of the strip."""
    words = []
    if table["stars"].isna().any():
        middle, half = STRIP[width < TURN] / 2, LETTER * len(NO_STARS) / 2
        words = [(middle - half, FLOOR + WORDS_UP - LINE / 2, middle + half, FLOOR + WORDS_UP + LINE / 2)]
    return Picture(pixels(table, width), width, FLOOR, words)


def _span(table: pd.DataFrame) -> list[float]:
    """The ends of the axis of stars: the least and the greatest RMSE, and a little more."""
    low, high = table["stars"].min(), table["stars"].max()
    if pd.isna(low):
        return [0.0, 1.0]
    more = 0.06 * (high - low) or 0.01
    return [float(low - more), float(high + more)]


def _top(table: pd.DataFrame) -> float:
    """The end of the axis of lists, with room for a name above the best."""
    return max(float(table["lists"].max()) * 1.14, 0.01)


def _labelled(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `align`, `dx`, `dy` of each label, and of each number where it is narrow (`number_align`, ...)."""
    labels, numbers = table["label"].tolist(), table["number"].tolist()
    found = _places(table, WIDE, labels)
    if None in found:
        labels = [label if at else number for label, number, at in zip(labels, numbers, found, strict=True)]
        found = _places(table, WIDE, labels)
    columns: dict[str, list[Any]] = {"label": labels}
    for before, several in (("", found), ("number_", _places(table, SMALL, numbers))):
        sure = [place or Place("center", 0, -16) for place in several]
        columns |= {f"{before}{name}": [getattr(place, name) for place in sure] for name in ("align", "dx", "dy")}
    return table.assign(**columns)


def _places(table: pd.DataFrame, widths: Sequence[int], texts: Sequence[str]) -> list[Place | None]:
    if table.empty:
        return []
    return places([picture(table, width) for width in widths], texts)


def _strip() -> list[Spec]:
    """The ground of the models without stars, and what it is called."""
    box = {"x": {"value": 0}, "x2": {"value": {"expr": STRIP_NOW}}, "y": {"value": 0}, "y2": {"value": "height"}}
    one = {"data": {"values": [{}]}}
    middle = {"value": {"expr": f"{STRIP_NOW} / 2"}}
    words = {"x": middle, "y": {"value": "height"}, "text": {"value": NO_STARS}, "color": ink(QUIET)}
    return [
        one | mark("rect", box | {"color": ink(QUIET)}, opacity=0.1, cornerRadius=6, aria=False),
        one | mark("text", words, dy=WORDS_UP, fontSize=11),
    ]


def _marks(table: pd.DataFrame, where: Spec, test: str) -> list[Spec]:
    """The points of runs and of baselines that pass the test, each with its name beside it, on a phone its number."""
    stars = table["stars"].isna() if test.startswith("!") else table["stars"].notna()
    tips = [
        category("name", "Model"),
        quantity("stars", "RMSE", format=".4f"),
        quantity("lists", "NDCG@10", format=".4f"),
    ]
    layers = []
    for kind in (RUN, BASELINE):
        if not (stars & (table["kind"] == kind)).any():
            continue  # a layer without rows would have axes without ends
        steps = [{"filter": test}, only("kind", kind)]
        look = {"shape": "diamond", "size": 110, "strokeWidth": 2}
        colour = ink(QUIET)
        if kind == RUN:
            look = {"shape": "circle", "size": 150, "filled": True, "opacity": 1}
            colour = category("name", None, legend=None, sort=None)
        layers.append(mark("point", where | {"color": colour, "tooltip": tips}, steps, **look))
        for column, before, shown in (("label", "", "0 : 1"), ("number", "number_", "1 : 0")):
            place = {name: {"expr": f"datum.{before}{name}"} for name in ("align", "dx", "dy")}
            weight, opacity = 650 if kind == RUN else 400, {"expr": f"{NARROW} ? {shown}"}
            text = where | {"text": category(column), "color": ink(QUIET)}
            layers.append(
                mark("text", text, steps, **place, fontWeight=weight, fontSize=12, opacity=opacity, aria=False)
            )
    return layers
