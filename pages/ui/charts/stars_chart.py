"""Predicted beside true stars of a few ratings, as a table and a Vega-Lite specification. No Streamlit in here.

As with the live curves, the specification stands still while its table changes, so nothing flickers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from pages.ui.charts.palette import QUIET, ink
from pages.ui.charts.vega import Drawing
from reco_core.encode import RatingScale
from reco_core.shown_text import shortened
from reco_core.stars_text import stars_word

MOST = 10
STEP = 23
AROUND = 92  # pixels for legend, axis and its title
LONGEST = 26
GIVEN, PREDICTED = "given", "predicted"
COLUMNS = {"item": "object", "place": "int64", GIVEN: "float64", PREDICTED: "float64"}


def stars_chart(
    held_out: Sequence[Sequence[float]], titles: Sequence[str], scale: RatingScale, noun: str = "Item"
) -> Drawing:
    """A line per rating from the given stars to the predicted: the shorter, the better.

    held_out: [item_index, true stars, predicted stars]; the first MOST are drawn, the highest given stars on top.
    noun: what an item is called.
    """
    table = stars_table(held_out, titles)
    return Drawing(table, _spec(scale, len(table), noun))


def stars_table(held_out: Sequence[Sequence[float]], titles: Sequence[str]) -> pd.DataFrame:
    """One row per rating (COLUMNS); place is its line from the top. Titles that would be equal get a number."""
    rows = sorted(list(held_out)[:MOST], key=lambda row: -row[1])
    names: list[str] = []
    for index, _, _ in rows:
        name = shortened(titles[int(index)], LONGEST)
        names.append(name if name not in names else f"{name} ({len(names)})")
    cells = [(name, place, row[1], row[2]) for place, (name, row) in enumerate(zip(names, rows, strict=True))]
    return pd.DataFrame(cells, columns=list(COLUMNS)).astype(COLUMNS)


def mean_miss(held_out: Sequence[Sequence[float]]) -> float | None:
    """Mean distance of predicted from true stars; None without ratings."""
    misses = [abs(true - predicted) for _, true, predicted in held_out]
    return sum(misses) / len(misses) if misses else None


def _spec(scale: RatingScale, rows: int, noun: str) -> dict[str, Any]:
    """Per item a quiet line between two marks: a diamond for what was given, a dot for what is predicted."""
    stars = {"type": "quantitative", "scale": {"domain": [scale.min, scale.max], "nice": False}}
    axis = {"title": stars_word(scale).capitalize(), "format": ",~f", "tickCount": 6}
    axis |= {"tickMinStep": 1} if scale.max - scale.min >= 3 else {}
    every = {"ticks": False, "domain": False, "labelOverlap": False}
    item = {"field": "item", "type": "nominal", "title": None, "sort": {"field": "place"}, "axis": every}
    colours = {"scale": {"domain": [PREDICTED, GIVEN]}, "title": None, "legend": {"orient": "top", "offset": 4}}
    tooltip = [
        {"field": "item", "title": noun},
        {"field": "given", "type": "quantitative", "title": "Actual", "format": ",.3~f"},
        {"field": "predicted", "type": "quantitative", "title": "Predicted", "format": ".2f"},
    ]

    def marks(field: str, shape: str) -> dict[str, Any]:
        mark = {"type": "point", "filled": True, "size": 90, "opacity": 1, "shape": shape}
        return {"mark": mark, "encoding": {"x": {"field": field, **stars}, "color": {"datum": field, **colours}}}

    gap = {
        "mark": {"type": "rule", "strokeWidth": 3, "opacity": 0.4, "aria": False},
        "encoding": {"x": {"field": GIVEN, "axis": axis, **stars}, "x2": {"field": PREDICTED}, "color": ink(QUIET)},
    }
    return {
        "height": AROUND + STEP * max(rows, 1),
        "encoding": {"y": item, "tooltip": tooltip},
        "layer": [gap, marks(GIVEN, "diamond"), marks(PREDICTED, "circle")],
    }
