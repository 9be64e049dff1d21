"""The settings that are recommended for a dataset, beside the defaults and the damped biases, on data of many kinds."""

from __future__ import annotations

import numpy as np

from benchmarks import lookalikes
from benchmarks.dataset import rated
from benchmarks.fitting import fit
from benchmarks.goals import Goal
from benchmarks.section import Section
from reco_core import data
from reco_core.evaluation.cold_start import cold_aware
from reco_core.evaluation.rating import rating_metrics
from reco_core.jobs.running.load_tensorflow import load
from reco_core.models import MODELS, get_model
from reco_core.models.recommended import recommended
from reco_core.models.spec import ModelSpec
from reco_core.ratings import Ratings
from reco_core.split import SplitSettings, make_split
from reco_core.training.loop import Programs

FIRST, SEEDS, WORSE = "mf_bias", (0, 1, 2), 1.005
TEXT = (
    "RMSE as a share of that of the damped biases (`bias`), on the test rows of a random 80/20; below 1 is better. "
    "`bias` learns from all rows outside the test; the models choose their epochs on a tenth of these and then learn "
    "anew from all (`--refit`). The first figure is with what is recommended for the dataset, the one in brackets with "
    f"the defaults. {FIRST}: the mean over splits and trainings of seeds 0 to 2, the others seed 0. Books, jokes and "
    "the small sets are generated (benchmarks/lookalikes.py): books with 0 to 10 stars, most users and books with one "
    "to three ratings, 62 % of them 0, or none; jokes from -10 to 10, 65 users. Models without biases (mf, mf_nonneg, "
    "neural, neural_wide, deep_mlp) have nothing to fall back on where ratings are few."
)


def run() -> Section:
    """Every model of stars that learns by epochs on every dataset."""
    load()
    datasets = {"MovieLens 100K": rated(), "demo": data.load("demo"), **lookalikes.all_kinds()}
    specs = [spec for spec in MODELS if spec.predicts_stars and spec.suits is not None]
    rows, worst = [], {}
    for name, ratings in datasets.items():
        floors = [_rmse(get_model("bias"), ratings, seed, False) for seed in SEEDS]
        cells = []
        for spec in specs:
            shares = _shares(spec, ratings, floors)
            cells.append(f"{shares[0]:.3f} ({shares[1]:.3f})")
            worst[spec.name] = max(worst.get(spec.name, (0.0, "")), (shares[0], name))
        rows.append([name, f"{len(ratings):,}", f"{np.mean(floors):.4f}", *cells])
        print("  ".join(rows[-1]), flush=True)
    columns = ["dataset", "ratings", "RMSE of bias", *(spec.name for spec in specs)]
    share, where = worst[FIRST]
    goal = Goal(f"{FIRST}, RMSE as a share of that of bias, at worst ({where})", WORSE, share, digits=4)
    return Section("Recommended settings", TEXT, columns, rows, [goal])


def _shares(spec: ModelSpec, ratings: Ratings, floors: list[float]) -> tuple[float, float]:
    """RMSE over that of bias, with what is recommended and with the defaults."""
    seeds, programs = SEEDS if spec.name == FIRST else SEEDS[:1], Programs()

    def mean(suited: bool) -> float:
        found = [_rmse(spec, ratings, seed, suited, programs) / floors[n] for n, seed in enumerate(seeds)]
        return float(np.mean(found))

    share = mean(True)
    return share, mean(False) if recommended(spec, ratings).values else share


def _rmse(spec: ModelSpec, ratings: Ratings, seed: int, suited: bool, programs: Programs | None = None) -> float:
    """On the test rows, of the model trained with what is recommended or with its defaults."""
    values = recommended(spec, ratings).values if suited else {}
    split = make_split(ratings, SplitSettings(kind="random", test_size=0.2, val_size=0.0, seed=seed))
    trained = fit(spec, ratings, split, seed, values, programs=programs)
    scorer, rows = cold_aware(trained.scorer, ratings, trained.trained_rows), split.test
    score = scorer.score(ratings.user_index[rows], ratings.item_index[rows])
    return rating_metrics(score, ratings.rating[rows], ratings.scale)["rmse"]
