"""Stars against lists: each model a point, by RMSE and by NDCG. No Streamlit in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import pandas as pd

from pages.ui.charts.vega import Drawing, Spec, category, mark, only, quantity

STARS, LISTS = "rmse", "ndcg@10"
RUN, BASELINE = "run", "baseline"
HEIGHT, WIDTH = 380, 760  # the width is a guess, for placing names; the chart is as wide as its place
FLOOR = HEIGHT - 78  # about where the axis is
STRIP, MARGIN = 118, 44
# On a phone the strip and the margins are narrow, and points have their numbers instead of their names.
NARROW = "width < 420"
STRIP_NOW, EDGE = f"({NARROW} ? 66 : {STRIP})", f"({NARROW} ? 16 : {MARGIN})"
PLACES = {
    "above": {"align": "center", "dy": -13},
    "below": {"align": "center", "dy": 16},
    "right": {"align": "left", "dx": 11},
    "left": {"align": "right", "dx": -11},
}
LETTER, LINE = 6.4, 14
LONGEST = 22
QUIET = "#8a8799"
COLUMNS = ("name", "label", "kind", "stars", "lists", "number", "place")


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
    ends = [{"expr": f"width - {EDGE}"}, {"expr": f"{STRIP_NOW} + 26" if strip else EDGE}]  # RMSE grows to the left
    across = quantity(
        "stars", "RMSE in stars, better →", axis={"tickCount": 6, "format": "~f"},
        scale={"zero": False, "nice": True, "range": ends},
    )  # fmt: skip
    top = max(float(table["lists"].max()) * 1.1, 0.01)  # room for a name above the best
    up = quantity("lists", "NDCG@10, better →", axis={"tickCount": 5}, scale={"domain": [0, top], "nice": False})
    tips = [
        category("name", "Model"),
        quantity("stars", "RMSE", format=".4f"),
        quantity("lists", "NDCG@10", format=".4f"),
    ]
    known, none = {"filter": "isValid(datum.stars)"}, {"filter": "!isValid(datum.stars)"}
    layers = _strip() if strip else []
    for where, step in ((across, known), ({"value": {"expr": f"{STRIP_NOW} / 2"}}, none)):
        if where is across or strip:
            layers += _marks({"x": where, "y": up}, step, tips)
    return Drawing(table, {"height": HEIGHT, "layer": layers})


def points(
    runs: Mapping[str, Mapping[str, float | None]], baselines: Mapping[str, Mapping[str, float | None]]
) -> pd.DataFrame:
    """name, label, kind, stars (nan without), lists, place of the label; baselines that are runs too stand once."""
    rows: list[tuple[Any, ...]] = []
    for kind, several in ((RUN, runs), (BASELINE, baselines)):
        for name, figures in several.items():
            stars, lists = figures.get(STARS), figures.get(LISTS)
            if lists is None or (kind == BASELINE and any(row[3:5] == (stars, lists) for row in rows)):
                continue
            label = name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"
            rows.append((name, label, kind, stars, lists, str(len(rows) + 1)))
    table = pd.DataFrame(rows, columns=COLUMNS[:-1])
    table["stars"] = table["stars"].astype("float64")
    return table.assign(place=_places(table))


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
        f"The best stars are those of {stars['name']} (RMSE {stars['stars']:.3f}, NDCG@10 {stars['lists']:.3f}), "
        f"the best lists those of {lists['name']} (NDCG@10 {lists['lists']:.3f}, {rest})."
    )


def _strip() -> list[Spec]:
    """The ground of the models without stars, and what it is called."""
    box = {"x": {"value": 0}, "x2": {"value": {"expr": STRIP_NOW}}, "y": {"value": 0}, "y2": {"value": "height"}}
    one = {"data": {"values": [{}]}}
    middle = {"value": {"expr": f"{STRIP_NOW} / 2"}}
    words = {"x": middle, "y": {"value": "height"}, "text": {"value": "no stars"}}
    return [
        one | mark("rect", box, color=QUIET, opacity=0.1, cornerRadius=6),
        one | mark("text", words, dy=-9, fontSize=11, color=QUIET),
    ]


def _marks(where: Spec, step: Spec, tips: Sequence[Spec]) -> list[Spec]:
    """Points of runs and of baselines, each with its name beside it."""
    encoding = where | {"tooltip": list(tips)}
    coloured = encoding | {"color": category("name", None, legend=None, sort=None)}
    layers = [
        mark("point", encoding, [step, only("kind", BASELINE)], shape="diamond", size=110, strokeWidth=2, color=QUIET),
        mark("point", coloured, [step, only("kind", RUN)], shape="circle", size=150, filled=True, opacity=1),
    ]
    for (place, look), kind in product(PLACES.items(), (RUN, BASELINE)):
        base = coloured if kind == RUN else encoding
        weight = {"fontWeight": 650} if kind == RUN else {"color": QUIET}
        steps = [step, only("kind", kind), only("place", place)]
        for column, shown in (("label", "0 : 1"), ("number", "1 : 0")):
            opacity = {"expr": f"{NARROW} ? {shown}"}
            text = base | {"text": category(column)}
            layers.append(mark("text", text, steps, **look, **weight, fontSize=12, opacity=opacity))
    return layers


def _places(table: pd.DataFrame) -> list[str]:
    """Where each label goes, so that few cover one another: the first of PLACES that is free, else above."""
    if table.empty:
        return []
    x, y = _pixels(table)
    taken = [(left - 7, top - 7, left + 7, top + 7) for left, top in zip(x, y, strict=True)]
    chosen = []
    for left, top, label, alone in zip(x, y, table["label"], table["stars"].isna(), strict=True):
        boxes = {place: _box(place, left, top, len(label) * LETTER) for place in PLACES}
        allowed = ("above", "below") if alone else PLACES
        free = [place for place in allowed if _is_free(boxes[place], taken)]
        chosen.append(free[0] if free else "above")
        taken.append(boxes[chosen[-1]])
    return chosen


def _pixels(table: pd.DataFrame) -> tuple[list[float], list[float]]:
    """About where each point will be drawn."""
    stars, lists = table["stars"], table["lists"]
    span = (stars.max() - stars.min()) or 1.0
    x = STRIP + 26 + (WIDTH - STRIP - 26 - MARGIN) * (stars.max() - stars) / span
    y = FLOOR - (FLOOR / 1.1) * lists / (lists.max() or 1.0)
    return x.fillna(STRIP / 2).tolist(), y.tolist()


def _box(place: str, x: float, y: float, width: float) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a label."""
    left = {"right": x + 10, "left": x - 10 - width}.get(place, x - width / 2)
    top = {"above": y - 13 - LINE / 2, "below": y + 16 - LINE / 2}.get(place, y - LINE / 2)
    return left, top, left + width, top + LINE


def _is_free(box: tuple[float, ...], taken: Sequence[tuple[float, ...]]) -> bool:
    """Whether a label lies within the picture and on nothing else."""
    left, top, right, bottom = box
    within = left >= 0 and right <= WIDTH and top >= 0 and bottom <= FLOOR + 12
    return within and not any(left < t[2] and t[0] < right and top < t[3] and t[1] < bottom for t in taken)
