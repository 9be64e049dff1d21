"""Runs side by side: a table, the settings that differ, and whether a comparison is fair. No Streamlit in here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from reco_core.runs import Run

SHOWN = (("rmse", "RMSE"), ("mae", "MAE"), ("ndcg@10", "NDCG@10"), ("recall@10", "Recall@10"))


def runs_table(runs: Sequence[Run]) -> pd.DataFrame:
    """One row per run: name, status, model, dataset, figures on its test rows, and what it cost."""
    return pd.DataFrame([_row(run) for run in runs])


def _row(run: Run) -> dict[str, Any]:
    test = (run.metrics or {}).get("test", {})
    started, finished, epochs = run.started, run.finished, run.epochs()
    seconds = finished.seconds if finished else {}
    return {
        "Run": run.name,
        "Status": run.status,
        "Model": run.spec.title,
        "Dataset": run.info.dataset,
        **{title: test.get(name) for name, title in SHOWN},
        "Epochs": len(epochs) or None,
        "Seconds": seconds.get("fit", epochs[-1].elapsed if epochs else None),
        "Parameters": started.parameters if started else None,
        "Started": run.info.created,
    }


def differing_settings(runs: Sequence[Run]) -> pd.DataFrame:
    """Rows: the settings in which the runs differ; columns: the runs. A setting that a model lacks is a dash."""
    values = {run.name: _all_settings(run) for run in runs}
    names = dict.fromkeys(name for settings in values.values() for name in settings)
    rows = {name: [_text(settings.get(name, "–")) for settings in values.values()] for name in names}
    different = {name: row for name, row in rows.items() if len(set(row)) > 1}
    return pd.DataFrame.from_dict(different, orient="index", columns=list(values)).rename_axis("Setting")


def _all_settings(run: Run) -> dict[str, Any]:
    info = run.info
    split = {f"split {name}".removesuffix(" kind"): value for name, value in info.split.model_dump().items()}
    around = {"dataset": info.dataset, "model": info.model, "preset": info.preset or "–"}
    return around | info.settings | split | {"seed": info.seed, "refit": info.refit, "base run": info.base_run or "–"}


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(entry) for entry in value) or "none"
    return "none" if value is None else str(value)


def unfair(runs: Sequence[Run]) -> list[str]:
    """Why the figures of these runs must not be compared, one sentence for each reason; empty where they may."""
    reasons = []
    if len({run.info.dataset_fingerprint for run in runs}) > 1:
        reasons.append(f"They were trained on different ratings: {_each(runs, lambda run: run.info.dataset)}.")
    begun = [run for run in runs if run.info.split_fingerprint is not None]
    if len({run.info.split_fingerprint for run in begun}) > 1:
        reasons.append(f"They were scored on different test rows: {_each(begun, _split)}.")
    return reasons


def _split(run: Run) -> str:
    split = run.info.split
    return f"{split.kind}, {split.test_size:g} test, {split.val_size:g} validation, seed {split.seed}"


def _each(runs: Sequence[Run], words: Any) -> str:
    return "; ".join(f"{run.name} ({words(run)})" for run in runs)
