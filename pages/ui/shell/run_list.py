"""Runs as rows: name, state, figures, and a button that opens one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.shell import dataset_choices
from pages.ui.shell.markdown import md
from pages.ui.shell.navigation import go
from reco_core.runs import RunView

LOOKS = {
    "queued": ("schedule", "gray"),
    "running": ("progress_activity", "blue"),
    "paused": ("pause_circle", "violet"),
    "finished": ("check_circle", "green"),
    "stopped": ("stop_circle", "orange"),
    "diverged": ("warning", "red"),
    "failed": ("error", "red"),
    "interrupted": ("power_off", "orange"),
}


def last_runs(runs: Sequence[RunView]) -> None:
    """One row per run, newest first; a sentence and a button where there is none."""
    if not runs:
        with st.container(border=True, key="no_runs", horizontal=True, vertical_alignment="center"):
            st.markdown("Nothing trained yet. The quickest model takes a few seconds.", width="stretch")
            go("train", "Train your first model", key="first_run", icon=":material/play_circle:")
    for run in runs:
        _row(run)


def _row(run: RunView) -> None:
    icon, color = LOOKS[run.word]
    pin = " :material/keep:" if run.info.pinned is not None else ""
    with st.container(border=True, key=f"run_{run.id}", horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":{color}[:material/{icon}:] **{md(run.name)}**{pin}  \n:small[{md(run.info.dataset)} · {run.word}]",
            width="stretch",
        )
        reached = figures(run)
        if reached:
            st.markdown("  \n".join(f":small[:gray[{label}]] **{value}**" for label, value in reached), width="content")
        go("train", "Open", key=f"open_{run.id}", dataset=dataset_choices.dataset_of(run), run=run.id)


def figures(run: RunView) -> list[tuple[str, str]]:
    """(label, value) of what this run reached on the test rows: RMSE where it predicts stars, and NDCG@10."""
    test = (run.metrics or {}).get("test", {})
    shown = (("RMSE", test.get("rmse")), ("NDCG@10", test.get("ndcg@10")))
    return [(label, f"{value:.3f}") for label, value in shown if value is not None]
