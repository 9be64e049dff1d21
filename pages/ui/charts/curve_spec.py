"""The Vega-Lite specification of a live curve: what of the table (curves.py) is drawn how. No Streamlit in here."""

from __future__ import annotations

from pages.ui.charts.marks import CHANGED, CONTINUED, KEPT, OVERFITTING, PAUSED
from pages.ui.charts.palette import GREEN, GREY, QUIET, RED, ROSE, ink
from pages.ui.charts.vega import Spec, category, mark, only, quantity

TRAINING, VALIDATION, REFERENCE, MARK, ZONE = "training", "validation", "reference", "mark", "zone"
# A row that nobody sees, so that every layer has one: axes of nothing have no ends.
FRAME = "frame"
UNSEEN = {"condition": {"test": f"datum.series === '{FRAME}'", "value": 0}}
MANY = 30
PADDING = {"left": 0, "top": 4, "right": 4, "bottom": 0}
MARK_LOOKS = {
    OVERFITTING: (ROSE, "triangle-down"),
    CHANGED: (RED, "diamond"),
    KEPT: (GREEN, "circle"),
    CONTINUED: (GREY, "triangle-right"),
    PAUSED: (GREY, "square"),
}
WITH_LINES = [OVERFITTING, CHANGED, KEPT]
MARKS_FROM_TOP = 7


def live_spec(planned: int, title: str, scale: str) -> Spec:
    """Two curves with their points, over reference lines with their names, marks and the zone of over-fitting."""
    across = epoch_axis(planned)
    scale_up = {"type": scale, "zero": False, "nice": True}
    line, value = (quantity(field, None, scale=scale_up, axis={"tickCount": 5}) for field in ("line", "value"))
    colour = category("series", None, scale={"domain": [VALIDATION, TRAINING]}, legend=None)
    curves, both = {"x": across, "color": colour}, [only("series", TRAINING, VALIDATION, FRAME)]
    layers = [
        _zone(across, line),
        *_references(line),
        mark("line", curves | {"y": line}, both, strokeWidth=2.4, interpolate="monotone", aria=False),
        _points(curves | {"y": value}, both, planned, title),
        *_marks(across),
    ]
    return {"layer": layers, "padding": PADDING, "config": {"padding": PADDING}}


def epoch_axis(planned: int) -> Spec:
    """Whole epochs from 1 to the planned one, so that the axis stands still while the curve grows."""
    low, high = (1, planned) if planned > 1 else (0.5, 1.5)
    axis = {"format": "d", "tickMinStep": 1, "tickCount": min(planned, 10), "grid": False}
    return quantity("epoch", "Epoch", axis=axis, scale={"domain": [low, high], "nice": False})


def _zone(across: Spec, up: Spec) -> Spec:
    """The gap between the curves from where over-fitting starts."""
    where = {"x": across, "y": up, "y2": {"field": "other"}, "detail": category("series")}
    look = {"color": MARK_LOOKS[OVERFITTING][0], "opacity": 0.16, "interpolate": "monotone", "aria": False}
    return mark("area", where, [only("series", ZONE, FRAME)], **look)


def _references(up: Spec) -> tuple[Spec, Spec]:
    """A dashed line for each figure to beat, with its name at the right."""
    rows = [only("series", REFERENCE, FRAME)]
    seen = {"y": up, "color": ink(QUIET), "opacity": UNSEEN | {"value": 1}}
    rules = mark("rule", seen, rows, strokeDash=[5, 4], strokeWidth=1.4, aria=False)
    where = seen | {"x": {"value": "width"}, "text": category("label")}
    return rules, mark("text", where, rows, align="right", dy=-7, fontSize=11)


def _marks(across: Spec) -> tuple[Spec, Spec]:
    """A small figure at the top for everything that was done by hand, its words on hover; a line down from some."""
    where = {"x": across, "color": _by_kind(0), "tooltip": [category("label", "Mark")]}
    rows = [only("series", MARK)]
    rules = mark("rule", where, [*rows, only("kind", *WITH_LINES)], strokeWidth=1.6, strokeDash=[2, 3], aria=False)
    heads = where | {"y": {"value": MARKS_FROM_TOP}, "shape": _by_kind(1)}
    return rules, mark("point", heads, rows, filled=True, size=90, opacity=1, aria=False)


def _by_kind(which: int) -> Spec:
    """The colour (0) or shape (1) of a mark; without a scale, as the layers share those of the curves."""
    tests = [{"test": f"datum.kind === '{kind}'", "value": look[which]} for kind, look in MARK_LOOKS.items()]
    return {"condition": tests, "value": MARK_LOOKS[PAUSED][which]}


def _points(where: Spec, rows: list[Spec], planned: int, title: str) -> Spec:
    """A point for each value as it was measured; the one nearest to the pointer grows and says its numbers."""
    near = {"type": "point", "on": "pointerover", "nearest": True, "fields": ["epoch"]}
    grown = {"param": "near", "empty": False, "value": 110}
    where = where | {
        "size": {"condition": [grown], "value": 34 if planned <= MANY else 8},
        "opacity": UNSEEN | {"value": 0.9},
        "tooltip": [
            quantity("epoch", "Epoch"),
            category("series", "Rows"),
            quantity("value", title, format=".4f"),
            quantity("learning_rate", "Learning rate", format="~g"),
        ],
    }
    points = mark("point", where, rows, filled=True)
    return points | {"params": [{"name": "near", "select": near}]}
