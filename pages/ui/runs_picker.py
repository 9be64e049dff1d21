"""The table of all runs, in which some are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import streamlit as st

from pages.ui.runs_table import runs_table
from reco_core.runs import Run

AT_FIRST = 2


def pick_runs(runs: Sequence[Run], with_dataset: bool) -> list[Run]:
    """The runs that are chosen in the table (the newest with a result at first); a click on a head sorts it."""
    first = [row for row, run in enumerate(runs) if run.has_result][:AT_FIRST]
    figure = st.column_config.NumberColumn(format="%.4f", width="small")
    table = runs_table(runs)
    picked = st.dataframe(
        table,
        key=f"runs_{crc32(repr([run.id for run in runs]).encode())}",
        hide_index=True,
        placeholder="–",
        column_order=None if with_dataset else [name for name in table.columns if name != "Dataset"],
        width="stretch",
        height=min(38 + 35 * len(runs), 360),
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": first}},
        column_config={
            "Run": st.column_config.TextColumn(pinned=True, width="medium"),
            "RMSE": figure,
            "MAE": figure,
            "NDCG@10": figure,
            "Recall@10": figure,
            "Seconds": st.column_config.NumberColumn(format="%.2f", width="small", help="Time of fitting."),
            "Parameters": st.column_config.NumberColumn(format="localized"),
            "Started": st.column_config.DatetimeColumn(format="distance"),
        },
    )
    return [runs[row] for row in picked.selection.rows if row < len(runs)]
