"""Chosen runs together: curves in one chart, figures in one table, and the settings that differ."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import curves
from pages.ui.results import figure_table, styled
from pages.ui.runs_table import differing_settings
from reco_core.events import EpochEnded
from reco_core.runs import Run

MEASURES = {
    "val_rmse": "Validation RMSE in stars",
    "rmse": "Training RMSE in stars",
    "val_loss": "Validation loss",
    "loss": "Training loss",
}


def curves_together(runs: Sequence[Run]) -> None:
    """One curve per run, by epoch or by seconds; nothing where no run was trained in epochs."""
    trained = {run.name: run.epochs() for run in runs if run.spec.build is not None}
    if not trained:
        st.caption("These models are computed at once: they have no curve.")
    if not any(trained.values()):
        return
    st.subheader("Curves", anchor=False)
    with st.container(border=True, key="curves"):
        with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
            measure = st.selectbox(
                "Curve",
                [name for name in MEASURES if _has(trained, name)],
                key="measure_curve",
                format_func=MEASURES.__getitem__,
                width=260,
                persist_state="session",
            )
            across = st.segmented_control(
                "By", ("Epoch", "Seconds"), default="Epoch", required=True, key="across", persist_state="session"
            )
        chart = curves.overlay_chart(trained, measure, MEASURES[measure], by_time=across == "Seconds")
        words = f"{MEASURES[measure]} of the chosen runs"
        st.vega_lite_chart(chart.table, chart.spec, key="overlay", width="stretch", alt=words)


def _has(trained: dict[str, list[EpochEnded]], measure: str) -> bool:
    return any(getattr(epoch, measure) is not None for epochs in trained.values() for epoch in epochs)


def figures_together(runs: Sequence[Run], ranked: bool) -> None:
    """The figures on the test rows, the best of each marked where runs may be ranked; the protocol beside them."""
    figures = {run.name: run.metrics for run in runs if run.metrics}
    if not figures:
        return
    st.subheader("Figures on the test rows", anchor=False)
    table = figure_table({name: metrics["test"] for name, metrics in figures.items()})
    st.dataframe(
        styled(table) if ranked else table.style.format("{:.4f}", na_rep="–"),
        key="figures_together",
        width="stretch",
        placeholder="–",
    )
    st.caption(next(iter(figures.values()))["protocol"])


def differences(runs: Sequence[Run]) -> None:
    """Only the settings that differ."""
    st.subheader("What differs", anchor=False)
    table = differing_settings(runs)
    if table.empty:
        st.markdown("Nothing: the same model, settings, split and seed.")
    else:
        st.dataframe(table.reset_index(), key="differences", width="stretch", hide_index=True)
