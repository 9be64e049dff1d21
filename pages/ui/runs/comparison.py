"""Chosen runs together: curves in one chart, figures in one table, and the settings that differ."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.charts import curves
from pages.ui.charts.rmse_vs_ndcg_chart import lesson, lesson_chart
from pages.ui.evaluation.results import BESIDE, draw_figures, figure_table, titled
from pages.ui.runs.runs_table import differing_settings
from pages.ui.shell.markdown import md
from pages.ui.shell.neighbour_cache import test_figures
from pages.ui.shell.shown_table import shown_table
from pages.ui.shell.vega_chart import vega_chart
from reco_core.events import EpochEnded
from reco_core.runs import RunView
from reco_core.runs.metrics import Figures

MEASURES = {
    "val_rmse": "Validation RMSE in stars",
    "rmse": "Training RMSE in stars",
    "val_ndcg": "Validation NDCG@10",
    "ndcg": "Training NDCG@10",
    "val_loss": "Validation loss",
    "loss": "Training loss",
}


def curves_together(runs: Sequence[RunView]) -> None:
    """One curve per run, by epoch or by seconds; nothing where no run was trained in epochs."""
    trained = {run.name: run.epochs() for run in runs if run.spec.build is not None}
    if not trained:
        st.caption("These models are computed in closed form, so they have no curve.")
    if not any(trained.values()):
        return
    st.header("Curves", anchor=False)
    with st.container(border=True, key="curves"):
        with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
            known = {name: sum(_has(epochs, name) for epochs in trained.values()) for name in MEASURES}
            shown = [name for name, runs_with in known.items() if runs_with]
            measure = st.selectbox(
                "Curve",
                shown,
                index=shown.index(max(shown, key=lambda name: known[name] * ("loss" not in name))),
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
        vega_chart(chart, "overlay", words)


def _has(epochs: Sequence[EpochEnded], measure: str) -> bool:
    return any(getattr(epoch, measure) is not None for epoch in epochs)


def lesson_together(runs: Sequence[RunView]) -> None:
    """Stars against lists: the runs and the models without learning on the same rows, in one picture."""
    figures, baselines = _figures(runs)
    drawn = lesson_chart(figures, titled(baselines))
    if drawn is None:
        return
    st.header("Stars against lists", anchor=False)
    if coming := [run.name for run in runs if run.active]:
        st.info(f"Shown once trained: {md(', '.join(coming))}.", icon=":material/hourglass_top:")
    with st.container(border=True, key="lesson"):
        words = lesson(drawn.table)
        st.markdown(f"A model can be best at one and poor at the other. {md(words)}")
        vega_chart(drawn, "lesson_chart", "RMSE against NDCG@10")
        numbers = (drawn.table["label"] == drawn.table["number"]).any()
        with st.container(key="lesson_all_names" if numbers else "lesson_names"):
            names = zip(drawn.table["number"], drawn.table["name"], strict=True)
            st.caption(" · ".join(f"**{number}** {md(name)}" for number, name in names))


def figures_together(runs: Sequence[RunView], ranked: bool) -> None:
    """The figures on the test rows beside those of the models without learning, where all have the same rows."""
    figures, baselines = _figures(runs)
    if not figures:
        return
    st.header("Test metrics", anchor=False)
    beside = titled({name: row for name, row in baselines.items() if name in BESIDE}) if ranked else {}
    draw_figures(figure_table(figures | beside), "figures_together", ranked)
    st.caption(md(next(run.metrics["protocol"] for run in runs if run.metrics)))


def _figures(runs: Sequence[RunView]) -> tuple[dict[str, Figures], dict[str, Figures]]:
    """(figures by the name of each run that was scored, numbered where two have one name; those of the baselines)."""
    figures: dict[str, Figures] = {}
    baselines: dict[str, Figures] = {}
    for run in runs:
        if metrics := run.metrics:
            same = sum(name == run.name or name.startswith(f"{run.name} (") for name in figures)
            figures[f"{run.name} ({same + 1})" if same else run.name] = test_figures(run)
            baselines = baselines or metrics["baselines"]
    return figures, baselines


def differences(runs: Sequence[RunView]) -> None:
    """Only the settings that differ."""
    st.header("Differences", anchor=False)
    table = differing_settings(runs)
    if table.empty:
        st.markdown("None: same model, settings, split and seed.")
    else:
        st.dataframe(shown_table(table.reset_index()), key="differences", width="stretch", hide_index=True)
