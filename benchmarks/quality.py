"""What each model reaches on held-out rows: random 80/20, mean over three seeds."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.dataset import rated
from benchmarks.section import Section
from reco_core.evaluation import PROTOCOL, evaluate
from reco_core.events import EpochEnded
from reco_core.models import get_model
from reco_core.ratings import Ratings
from reco_core.split import SplitSettings, make_split
from reco_core.training.loop import Programs, Training

SEEDS = (0, 1, 2)
FIGURES = ("rmse", "mae", "rounded_mae", "ndcg@10", "recall@10")


@dataclass(frozen=True)
class Case:
    """One row of the table: a model, a preset or settings of its own, and the share of validation rows."""

    model: str
    preset: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    val_size: float = 0.1
    note: str = ""


CASES = (
    Case("popularity"),
    Case("global_mean"),
    Case("user_mean"),
    Case("item_mean"),
    Case("bias"),
    Case("mf_bias", note="own defaults"),
    Case("mf_bias", "notebook-a", val_size=0.2),
    Case("mf", note="own defaults"),
    Case("mf", "notebook-e"),
    Case("mf_nonneg", note="own defaults"),
    Case("mf_bce", note="own defaults"),
    Case("neural_bias", note="own defaults"),
    Case("neural", note="own defaults"),
    Case("neural_wide", note="own defaults"),
    Case("deep_mlp", note="own defaults"),
    Case("deep_regressor", note="own defaults"),
)


def run() -> Section:
    """Trains every case with three seeds and scores its test rows once."""
    ratings, programs = rated(), Programs()
    rows = []
    for case in CASES:
        results = [_one(case, ratings, seed, programs) for seed in SEEDS]
        cells = [_cell([result[name] for result in results if name in result]) for name in FIGURES]
        validation = _cell([result["val_mse"] for result in results if "val_mse" in result])
        seconds = f"{np.median([result['seconds'] for result in results]):.2f}"
        rows.append([case.model, case.preset or case.note, *cells, validation, seconds])
        print("  ".join(rows[-1]), flush=True)
    text = (
        f"{ratings.source.title}, random 80/20, mean of seeds {', '.join(map(str, SEEDS))}. Models that learn keep "
        f"10 % of the training rows (the notebook-a preset 20 %) for validation. {PROTOCOL} Validation MSE is the "
        "last epoch's. Seconds: median time of fitting; the first seed's holds the compiling."
    )
    columns = ["model", "settings", "RMSE", "MAE", "rounded MAE", "NDCG@10", "Recall@10", "validation MSE", "seconds"]
    return Section("Quality of every model", text, columns, rows)


def _one(case: Case, ratings: Ratings, seed: int, programs: Programs) -> dict[str, float]:
    spec = get_model(case.model)
    settings = spec.parse(case.values, case.preset)
    split = make_split(ratings, SplitSettings(kind="random", test_size=0.2, val_size=case.val_size, seed=seed))
    began = time.perf_counter()
    training = Training(spec, settings, ratings, split, seed, programs)
    epochs = [event for event in training.events() if isinstance(event, EpochEnded)]
    seconds = time.perf_counter() - began
    scorer = spec.scorer(training.arrays(), training.shape, settings)
    result = dict(evaluate(spec, scorer, ratings, split), seconds=seconds)
    if epochs[-1].val_rmse is not None:
        result["val_mse"] = epochs[-1].val_rmse ** 2
    return result


def _cell(values: list[float]) -> str:
    if not values:
        return ""
    return f"{np.mean(values):.4f} ± {np.std(values):.4f}" if np.std(values) > 0 else f"{np.mean(values):.4f}"
