"""The legend of the curves: every line, area and mark that they can show, always all of them, so that nothing moves."""

from __future__ import annotations

from pages.ui.charts.curve_spec import MARK_LOOKS, TRAINING, VALIDATION
from pages.ui.charts.marks import CHANGED, CONTINUED, KEPT, OVERFITTING, PAUSED
from pages.ui.charts.palette import GREY

WORDS = {
    OVERFITTING: "overfitting",
    CHANGED: "changed",
    KEPT: "kept epoch",
    CONTINUED: "resumed",
    PAUSED: "paused or stopped",
}
SIGNS = {"triangle-down": "▼", "triangle-right": "▶", "diamond": "◆", "circle": "●", "square": "■"}


def legend_html(validation: str, training: str) -> str:
    """One line of HTML, from the CSS colours of the two curves, which are the theme's."""
    entries = [_entry(validation, "━", VALIDATION), _entry(training, "━", TRAINING), _entry(GREY, "╌╌", "to beat")]
    for kind, (colour, shape) in MARK_LOOKS.items():
        zone = "▒" if kind == OVERFITTING else ""
        entries.append(_entry(colour, SIGNS[shape] + zone, WORDS[kind]))
    return f"<div class='reco-legend'>{''.join(entries)}</div>"


def _entry(colour: str, sign: str, words: str) -> str:
    return f"<span><i style='color: {colour}' aria-hidden='true'>{sign}</i>{words}</span>"
