"""The figures of a run at this moment, in one line: epoch, errors, learning rate, speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui.shell.markdown import html
from reco_core.evaluation.catalogue import figure_text
from reco_core.events import EpochEnded

NAMES = {"rmse": "RMSE", "ndcg": "NDCG@10", "loss": "loss"}


def strip(
    epochs: Sequence[EpochEnded], planned: int, measure: str, test: Mapping[str, float | None] | None = None
) -> None:
    """Draw the line, of one height throughout: with dashes before the first epoch, with test figures after the last."""
    cells = figures(epochs, planned, test) if epochs else nothing_yet(planned, measure)
    st.html(f"<div class='reco-strip'>{''.join(_cell(*figure) for figure in cells)}</div>")


def nothing_yet(planned: int, measure: str) -> list[tuple[str, str, str]]:
    """The same labels as of an epoch, with nothing in them; measure: `rmse`, `ndcg` or `loss`."""
    labels = (f"Validation {NAMES[measure]}", f"Training {NAMES[measure]}", "Learning rate", "Ratings per second")
    return [("Epoch", "–", f"of {planned}"), *((label, "–", "") for label in labels)]


def figures(
    epochs: Sequence[EpochEnded], planned: int, test: Mapping[str, float | None] | None = None
) -> list[tuple[str, str, str]]:
    """(label, value, what is said beside it) of the last epoch; test: the figures of a run that is over."""
    last, before = epochs[-1], epochs[-2] if len(epochs) > 1 else None
    measure = next((field for field in NAMES if getattr(last, field) is not None), "loss")
    found = [("Epoch", str(last.epoch), f"of {max(planned, last.epoch)}")]
    for field, label in ((f"val_{measure}", f"Validation {NAMES[measure]}"), (measure, f"Training {NAMES[measure]}")):
        value = getattr(last, field)
        if value is not None:
            old = getattr(before, field) if before else None
            found.append((label, figure_text(value), "" if old is None else figure_text(value - old, "+")))
    if test:
        titles = {"rmse": "Test RMSE", "ndcg@10": "Test NDCG@10"}
        return found + [
            (title, figure_text(value), "") for key, title in titles.items() if (value := test.get(key)) is not None
        ]
    if last.learning_rate:
        found.append(("Learning rate", f"{last.learning_rate:.3g}", ""))
    found.append(("Ratings per second", short(last.ratings_per_second), f"{last.seconds * 1000:,.0f} ms per epoch"))
    return found


def short(count: float) -> str:
    """`850`, `12.3 k`, `1.25 M`."""
    for size, unit in ((1e6, " M"), (1e3, " k")):
        if count >= size:
            return f"{count / size:.3g}{unit}"
    return f"{count:.0f}"


def _cell(label: str, value: str, beside: str) -> str:
    turn = " down" if beside.startswith("-") else " up" if beside.startswith("+") else ""
    small = f"<small class='beside{turn}'>{html(beside)}</small>" if beside else ""
    return f"<div><span>{html(label)}</span><b>{html(value)}</b>{small}</div>"
