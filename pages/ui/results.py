"""What a run reached, beside the models without learning on the same rows, and the ways on from there."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from pages.ui.links import go
from reco_core.models import get_model
from reco_core.runs import Run

# (figure, title, form, smaller is better)
STARS = (("rmse", "RMSE", True), ("mae", "MAE", True), ("rounded_mae", "Rounded MAE", True), ("mse", "MSE", True))
RANKING = (
    ("ndcg@10", "NDCG@10", False),
    ("recall@10", "Recall@10", False),
    ("precision@10", "Precision@10", False),
    ("map@10", "MAP@10", False),
    ("coverage", "Coverage", False),
    ("novelty", "Novelty", False),
)
FIGURES = (*STARS, *RANKING)
# What kind of lists these are: more of it is not simply better.
NEITHER = {"Coverage", "Novelty"}


def headline(run: Run) -> None:
    """The two figures to look at first, what they cost, and the next steps; nothing where there is no result."""
    metrics = run.metrics
    if metrics:
        _cards(run, metrics["test"], metrics["baselines"])
    if run.has_result:
        with st.container(horizontal=True, key="next_steps"):
            if run.spec.has_vectors:
                go("embeddings", "See the map it drew", key="next_embeddings", icon=":material/bubble_chart:")
                go("similar", "Similar movies", key="next_similar", icon=":material/join_inner:")
            go("recommend", "Recommendations", key="next_recommend", icon=":material/recommend:")


def beside_baselines(run: Run) -> None:
    """All figures of a run that was scored, in one table with the models without learning, and their protocol."""
    metrics = run.metrics
    if metrics:
        st.subheader("Beside the baselines", anchor=False)
        st.dataframe(
            styled(figure_table({run.name: metrics["test"]} | _titled(metrics["baselines"]))),
            key="figures",
            width="stretch",
            placeholder="–",
        )
        st.caption(metrics["protocol"])


def figure_table(figures: Mapping[str, Mapping[str, float | None]]) -> pd.DataFrame:
    """One row per model, one column per figure that any of them has."""
    table = pd.DataFrame(
        [{title: row.get(name) for name, title, _ in FIGURES} for row in figures.values()],
        index=pd.Index(list(figures), name="Model"),
        dtype="float64",
    )
    return table.dropna(axis="columns", how="all")


def styled(table: pd.DataFrame):
    """The table with three digits, and the best of each column in bold on the accent colour."""
    smaller = {title for _, title, less in FIGURES if less}

    def best(column: pd.Series) -> list[str]:
        if column.name in NEITHER:
            return [""] * len(column)
        mark = "background-color: rgb(124 104 240 / 0.2); font-weight: 650"
        top = column.min() if column.name in smaller else column.max()
        return [mark if value == top else "" for value in column]

    return table.style.format("{:.4f}", na_rep="–").apply(best)


def _cards(run: Run, test: Mapping[str, float | None], baselines: Mapping[str, Mapping[str, float | None]]) -> None:
    """The two figures to look at first, each against its baseline, and what they cost."""
    with st.container(horizontal=True, key="cards_result"):
        _metric("RMSE in stars", test.get("rmse"), baselines.get("bias", {}).get("rmse"), "bias", "inverse")
        _metric("NDCG@10", test.get("ndcg@10"), baselines.get("popularity", {}).get("ndcg@10"), "popularity", "normal")
        started, finished = run.started, run.finished
        if started and finished:
            st.metric("Parameters", f"{started.parameters:,}", border=True, height="stretch")
            seconds = finished.seconds.get("fit") or finished.seconds.get("total")
            best = f"epoch {finished.best_epoch} kept" if finished.best_epoch else None
            st.metric(
                "Fitting", f"{seconds:.2f} s" if seconds is not None else "–", border=True, height="stretch",
                delta=best, delta_color="off", delta_arrow="off",
            )  # fmt: skip


def _metric(label: str, value: float | None, rival: float | None, rival_name: str, colour: str) -> None:
    if value is None:
        return
    delta = None if rival is None else f"{value - rival:+.3f} vs {rival_name}"
    st.metric(label, f"{value:.4f}", delta=delta, delta_color=colour, border=True, height="stretch")


def _titled(baselines: Mapping[str, Mapping[str, float | None]]) -> dict[str, Mapping[str, float | None]]:
    return {get_model(name).title: row for name, row in baselines.items()}
