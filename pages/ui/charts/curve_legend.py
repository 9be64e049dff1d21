"""The legend of the curves: every line, area and mark that they can show, always all of them, so that nothing moves."""

from __future__ import annotations

from pages.ui.charts.curve_spec import MARK_LOOKS, QUIET
from pages.ui.charts.marks import CHANGED, CONTINUED, KEPT, OVERFITTING, PAUSED

WORDS = {
    OVERFITTING: "overfitting starts",
    CHANGED: "changed",
    KEPT: "kept",
    CONTINUED: "resumed",
    PAUSED: "paused or stopped",
}
SIGNS = {"triangle-down": "▼", "triangle-right": "▶", "diamond": "◆", "circle": "●", "square": "■"}


def legend_html() -> str:
    """One line of HTML; the two curves themselves are named in the chart, as their colours are the theme's."""
    entries = [_entry(QUIET, "╌╌", "to beat"), _entry(MARK_LOOKS[OVERFITTING][0], "▒", "overfitting")]
    entries += [_entry(colour, SIGNS[shape], WORDS[kind]) for kind, (colour, shape) in MARK_LOOKS.items()]
    return f"<div class='reco-legend'>{''.join(entries)}</div>"


def _entry(colour: str, sign: str, words: str) -> str:
    return f"<span><i style='color: {colour}' aria-hidden='true'>{sign}</i>{words}</span>"
