"""`python -m benchmarks.serving_work ml1m | large USERS ITEMS DIM RATINGS`: what serving.py times, in this process."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.dataset import ml_1m
from reco_core.encode import IdEncoder, RatingScale
from reco_core.evaluation import evaluate
from reco_core.inspect.neighbours import first_k
from reco_core.models import get_model
from reco_core.models.folding import fold_in
from reco_core.models.output_scale import ACTIVATIONS
from reco_core.models.scorers import DotScorer, Finish, Tables, with_mean_row
from reco_core.ratings import ITEM_COLUMNS, Ratings, Source
from reco_core.recommend.batch import top_of_all
from reco_core.runs import Run, RunRequest, RunStore
from reco_core.split import SplitSettings, make_split

VISITORS, RATED, TOP = 200, 15, 10
SPLIT = SplitSettings(kind="random", test_size=0.1, val_size=0.0, seed=0)


def main() -> None:
    """Prints the figures as JSON."""
    found = ml1m() if sys.argv[1] == "ml1m" else large(*map(int, sys.argv[2:]))
    print(json.dumps(found))


def ml1m() -> dict[str, float | str]:
    """Seconds of: command (the lists from the command line), lists, fold_median, fold_p95, evaluation."""
    ratings = ml_1m()
    with tempfile.TemporaryDirectory() as folder:
        run = trained(ratings, Path(folder))
        scorer = run.scorer()
        found = command(run, Path(folder)) | {"lists": lists(scorer, ratings)} | folding(run, ratings)
        began = time.perf_counter()
        evaluate(get_model("mf_bias"), scorer, ratings, make_split(ratings, SPLIT))
        return found | {"evaluation": time.perf_counter() - began}


def trained(ratings: Ratings, folder: Path) -> Run:
    """A run of mf_bias of one epoch: as large as any, which is all that serving sees of it."""
    from reco_core.jobs.running.training_job import train_run

    source = folder / "ratings.csv"
    columns = {"user_id": ratings.users.ids[ratings.user_index], "item_id": ratings.items.ids[ratings.item_index]}
    pd.DataFrame(columns | {"rating": ratings.rating}).to_csv(source, index=False)
    settings = {"dim": 40, "epochs": 1, "patience": None}
    asked = RunRequest(source=str(source), dataset="ratings", model="mf_bias", settings=settings, split=SPLIT)
    run = RunStore(folder / "runs").create(asked)
    train_run(run)
    return run


def command(run: Run, folder: Path) -> dict[str, float | str]:
    """Seconds of `reco recommend RUN --all`, or why there are none."""
    words = ["recommend", run.id, "--all", "-k", str(TOP), "--out", str(folder / "top.parquet")]
    began = time.perf_counter()
    line = [sys.executable, "-m", "reco_core.cli", *words, "--runs", str(run.folder.parent)]
    done = subprocess.run(line, capture_output=True, text=True)
    if done.returncode:
        return {"why": f"The command ended with {done.stderr.strip().splitlines()[-1]}"}
    return {"command": time.perf_counter() - began}


def lists(scorer: DotScorer, ratings: Ratings) -> float:
    """Seconds of all users' lists, the first time."""
    began = time.perf_counter()
    for _ in top_of_all(scorer, ratings, TOP):
        pass
    return time.perf_counter() - began


def folding(run: Run, ratings: Ratings) -> dict[str, float]:
    """Median and 95th percentile of the seconds in which a new visitor has a list."""
    model, rng = run.fitted(), np.random.default_rng(0)
    times = []
    for _ in range(VISITORS):
        items = rng.choice(ratings.n_items, RATED, replace=False)
        stars = rng.integers(1, 6, RATED).astype(np.float32)
        began = time.perf_counter()
        score = fold_in(model, items, stars).score.copy()
        score[items] = -np.inf
        first_k(score, TOP)
        times.append(time.perf_counter() - began)
    return {"fold_median": float(np.median(times)), "fold_p95": float(np.quantile(times, 0.95))}


def large(n_users: int, n_items: int, dim: int, n_ratings: int) -> dict[str, float]:
    """CPU seconds and seconds of all users' lists, and the peak memory of this process in MB."""
    rng = np.random.default_rng(0)
    ratings = generated(n_users, n_items, n_ratings, rng)
    vectors = [with_mean_row(rng.normal(0, 0.3, (n, dim)).astype(np.float32), n) for n in (n_users, n_items)]
    biases = [with_mean_row(rng.normal(0, 0.3, (n, 1)).astype(np.float32), n)[:, 0] for n in (n_users, n_items)]
    scorer = DotScorer(Tables(*vectors, *biases), Finish(ACTIVATIONS["sigmoid"], 4.0, 1.0))
    cpu, began = time.process_time(), time.perf_counter()
    for _ in top_of_all(scorer, ratings, TOP):
        pass
    return {
        "cpu": time.process_time() - cpu,
        "seconds": time.perf_counter() - began,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def generated(n_users: int, n_items: int, n_ratings: int, rng: np.random.Generator) -> Ratings:
    """Random pairs with random stars."""
    return Ratings(
        name="generated",
        user_index=rng.integers(0, n_users, n_ratings, dtype=np.int32),
        item_index=rng.integers(0, n_items, n_ratings, dtype=np.int32),
        rating=rng.integers(1, 6, n_ratings, dtype=np.int8).astype(np.float32),
        timestamp=None,
        users=IdEncoder(np.arange(n_users)),
        items=IdEncoder(np.arange(n_items)),
        scale=RatingScale(1, 5, 1),
        item_table=pd.DataFrame({name: [""] * n_items for name in ITEM_COLUMNS}),
        source=Source("generated"),
    )


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main()
