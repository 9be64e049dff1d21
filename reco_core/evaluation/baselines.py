"""The figures of the models without learning, to hold beside every trained model."""

from __future__ import annotations

import numpy as np

from reco_core.evaluation import evaluate
from reco_core.evaluation.cold_start import ColdAware, cold_aware
from reco_core.evaluation.rating import rating_metrics
from reco_core.models import get_model
from reco_core.models.spec import ModelSpec, Scorer, Shape
from reco_core.ratings import Ratings
from reco_core.split import Split

BASELINES = ("global_mean", "user_mean", "item_mean", "bias", "popularity")
LINES = ("global_mean", "bias")


def baseline_metrics(
    ratings: Ratings, split: Split, k: int = 10, seed: int = 0, relevant_from: float | None = None
) -> dict[str, dict[str, float]]:
    """Every metric of each baseline by its name: fitted on the known rows, scored on the test rows."""
    specs = [get_model(name) for name in BASELINES]
    return {
        spec.name: evaluate(
            spec, _fitted(spec, ratings, split.known), ratings, split, k, seed, split.known, relevant_from
        )
        for spec in specs
    }


def reference_lines(ratings: Ratings, split: Split) -> dict[str, float]:
    """RMSE in stars of global_mean and bias on the validation rows, fitted on the train rows: lines for a chart.

    Where there are no validation rows, the train rows are scored. noise_floor is the RMSE of the planted truth on
    the same rows, where the truth is known.
    """
    rows = split.validation if len(split.validation) else split.train
    users, items, actual = ratings.user_index[rows], ratings.item_index[rows], ratings.rating[rows]
    lines = {}
    for name in LINES:
        scorer = fitted(name, ratings, split.train)
        lines[name] = rating_metrics(scorer.score(users, items), actual, ratings.scale)["rmse"]
    if ratings.expected is not None:
        lines["noise_floor"] = rating_metrics(ratings.expected[rows], actual, ratings.scale)["rmse"]
    return lines


def fitted(name: str, ratings: Ratings, rows: np.ndarray) -> ColdAware:
    """A baseline fitted on the rows, for which users and items outside them are unknown ids."""
    return cold_aware(_fitted(get_model(name), ratings, rows), ratings, rows)


def _fitted(spec: ModelSpec, ratings: Ratings, rows: np.ndarray) -> Scorer:
    """A closed-form model with its default settings, fitted on the rows."""
    users, items, stars = ratings.user_index[rows], ratings.item_index[rows], ratings.rating[rows]
    shape = Shape(ratings.n_users, ratings.n_items, ratings.scale, float(stars.mean(dtype=np.float64)))
    settings = spec.parse()
    if spec.fit is None:
        raise ValueError(f"a baseline is fitted in closed form; got {spec.name}")
    return spec.scorer(spec.fit(users, items, stars, shape, settings), shape, settings)
