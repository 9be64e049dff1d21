"""Runs side by side: a table, and the settings that differ. No Streamlit in here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from reco_core.jobs.results.comparison import differing
from reco_core.runs import RunView

LACKS = "–"
SHOWN = (("rmse", "RMSE"), ("mae", "MAE"), ("ndcg@10", "NDCG@10"), ("recall@10", "Recall@10"))


def runs_table(runs: Sequence[RunView]) -> pd.DataFrame:
    """One row per run: name, status, model, dataset, figures on its test rows, and what it cost."""
    return pd.DataFrame([_row(run) for run in runs])


def _row(run: RunView) -> dict[str, Any]:
    test = (run.metrics or {}).get("test", {})
    started, finished, epochs = run.started, run.finished, run.epochs()
    seconds = finished.seconds if finished else {}
    return {
        "Run": f"📌 {run.name}" if run.info.pinned is not None else run.name,
        "Status": run.word,
        "Model": run.spec.title,
        "Dataset": run.info.dataset,
        **{title: test.get(name) for name, title in SHOWN},
        "Epochs": len(epochs) or None,
        "Seconds": seconds.get("fit", epochs[-1].elapsed if epochs else None),
        "Parameters": started.parameters if started else None,
        "Started": run.info.created,
    }


def differing_settings(runs: Sequence[RunView]) -> pd.DataFrame:
    """Rows: the settings in which the runs differ; columns: the runs. A setting that a model lacks is a dash."""
    rows = {
        name.replace("_", " ") if name.startswith("split") else name: [_text(values.get(run.id, LACKS)) for run in runs]
        for name, values in differing(runs).items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=[run.name for run in runs]).rename_axis("Setting")


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(entry) for entry in value) or "none"
    return "none" if value is None else str(value)
