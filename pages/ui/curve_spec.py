"""The Vega-Lite specification of a live curve: what of the table (curves.py) is drawn how. No Streamlit in here."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from pages.ui.marks import CHANGED, CONTINUED, KEPT, OVERFITTING, PAUSED

TRAINING, VALIDATION, REFERENCE, MARK, ZONE = "training", "validation", "reference", "mark", "zone"
HEIGHT = 290
MANY = 30
QUIET = "#8a8799"
MARK_LOOKS = {
    OVERFITTING: ("#e0567c", "triangle-down"),
    CHANGED: ("#d6336c", "diamond"),
    KEPT: ("#0e9f77", "circle"),
    CONTINUED: (QUIET, "triangle-right"),
    PAUSED: (QUIET, "square"),
}
WITH_LINES = [OVERFITTING, CHANGED, KEPT]
MARKS_FROM_TOP = 7


@lru_cache(maxsize=128)
def live_spec(planned: int, title: str, scale: str) -> str:
    """Two curves with their points, over reference lines with their names, marks and the zone of over-fitting, as JSON.

    Kept, because Altair takes 50 ms to check one, and a live chart asks for it twice a second.
    """
    across = epoch_axis(planned)
    up = alt.Y("line:Q", title=title, scale=alt.Scale(type=scale, zero=False, nice=True))
    curves = (
        alt.Chart()
        .transform_filter(alt.FieldOneOfPredicate("series", [TRAINING, VALIDATION]))
        .encode(
            x=across,
            color=alt.Color(
                "series:N",
                title=None,
                scale=alt.Scale(domain=[VALIDATION, TRAINING]),
                legend=alt.Legend(orient="top", offset=4),
            ),
        )
    )
    lines = curves.mark_line(strokeWidth=2.4, interpolate="monotone").encode(y=up)
    layers = [_zone(across, up), *_references(up), lines, _points(curves, planned, title, scale), *_marks(across)]
    return alt.layer(*layers).properties(height=HEIGHT).to_json(indent=None)


def epoch_axis(planned: int) -> alt.X:
    """Whole epochs from 1 to the planned one, so that the axis stands still while the curve grows."""
    low, high = (1, planned) if planned > 1 else (0.5, 1.5)
    axis = alt.Axis(format="d", tickMinStep=1, tickCount=min(planned, 10), grid=False)
    return alt.X("epoch:Q", title="Epoch", axis=axis, scale=alt.Scale(domain=[low, high], nice=False))


def _of(series: str) -> alt.Chart:
    return alt.Chart().transform_filter(alt.datum.series == series)


def _zone(across: alt.X, up: alt.Y) -> alt.Chart:
    """The gap between the curves from where over-fitting starts."""
    colour = MARK_LOOKS[OVERFITTING][0]
    return _of(ZONE).mark_area(color=colour, opacity=0.16, interpolate="monotone").encode(x=across, y=up, y2="other:Q")


def _references(up: alt.Y) -> tuple[alt.Chart, alt.Chart]:
    """A dashed line for each figure to beat, with its name at the right."""
    reference = _of(REFERENCE).encode(y=up)
    rules = reference.mark_rule(strokeDash=[5, 4], strokeWidth=1.4, color=QUIET)
    words = reference.mark_text(align="right", dy=-7, fontSize=11, color=QUIET)
    return rules, words.encode(x=alt.value("width"), text="label:N")


def _marks(across: alt.X) -> tuple[alt.Chart, alt.Chart]:
    """A small figure at the top for everything that was done by hand, its words on hover; a line down from some."""
    marks = _of(MARK).encode(x=across, color=_by_kind(0), tooltip=[alt.Tooltip("label:N", title="Mark")])
    lined = marks.transform_filter(alt.FieldOneOfPredicate("kind", WITH_LINES))
    rules = lined.mark_rule(strokeWidth=1.6, strokeDash=[2, 3])
    heads = marks.mark_point(filled=True, size=90, opacity=1)
    return rules, heads.encode(y=alt.value(MARKS_FROM_TOP), shape=_by_kind(1))


def _by_kind(which: int) -> dict:
    """The colour (0) or shape (1) of a mark; without a scale, as the layers share those of the curves."""
    tests = [{"test": f"datum.kind === '{kind}'", "value": look[which]} for kind, look in MARK_LOOKS.items()]
    return {"condition": tests, "value": MARK_LOOKS[PAUSED][which]}


def _points(curves: alt.Chart, planned: int, title: str, scale: str) -> alt.Chart:
    """A point for each value as it was measured; the one nearest to the pointer grows and says its numbers."""
    nearest = alt.selection_point(name="near", on="pointerover", nearest=True, fields=["epoch"], empty=False)
    size = 34 if planned <= MANY else 8
    return (
        curves.mark_point(filled=True, opacity=0.9)
        .encode(
            y=alt.Y("value:Q", title=title, scale=alt.Scale(type=scale, zero=False, nice=True)),
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
