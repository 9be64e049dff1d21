"""The table of all runs, in which some are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import streamlit as st

from pages.ui.runs.runs_table import runs_table
from pages.ui.shell.shown_table import shown_table
from reco_core.runs import RunView

AT_FIRST = 2
PARAMETER = "runs"
WIDTH = 84
# Those of the other figures stand in the table below.
ELSEWHERE = ("MAE", "Recall@10")


def pick_runs(runs: Sequence[RunView], with_dataset: bool) -> list[RunView]:
    """The runs that are chosen in the table, kept in the URL.

    At first the newest with a result, of those that did not diverge.
    """
    wanted = st.query_params.get(PARAMETER, "").split(",")
    first = [row for row, run in enumerate(runs) if run.id in wanted]
    first = first or [row for row, run in enumerate(runs) if run.has_result and not run.diverged][:AT_FIRST]
    figure = st.column_config.NumberColumn(format="%.4f", width=WIDTH)
    table = shown_table(runs_table(runs))
    picked = st.dataframe(
        table,
        key=f"runs_{crc32(repr([run.id for run in runs]).encode())}",
        hide_index=True,
        placeholder="–",
        column_order=[
            name for name in table.columns if name not in (*ELSEWHERE, *(() if with_dataset else ("Dataset",)))
        ],
        width="stretch",
        height=min(38 + 35 * len(runs), 360),
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": first}},
        column_config={
            "Run": st.column_config.TextColumn(pinned=True, width="medium"),
            "RMSE": figure,
            "NDCG@10": figure,
            "Seconds": st.column_config.NumberColumn(format="%.2f", width="small", help="Training time."),
            "Parameters": st.column_config.NumberColumn(format="localized"),
            "Started": st.column_config.DatetimeColumn(format="distance"),
        },
    )
    chosen = [runs[row] for row in picked.selection.rows if isinstance(row, int) and 0 <= row < len(runs)]
    if chosen:
        st.query_params[PARAMETER] = ",".join(run.id for run in chosen)
    else:
        st.query_params.pop(PARAMETER, None)
    return chosen
