"""What the models reach on MovieLens 100K: random 80/20, mean over the seeds 0, 1 and 2."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reco_core.data import load
from reco_core.events import EpochEnded, Event
from reco_core.models import get_model
from reco_core.ratings import Ratings
from reco_core.split import SplitSettings, make_split
from reco_core.training.loop import Programs, Training

pytestmark = pytest.mark.data
PROGRAMS = Programs()
SEEDS = (0, 1, 2)


@pytest.fixture(scope="module")
def ratings(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Ratings:
    """MovieLens 100K."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECO_HOME", str(tmp_path_factory.mktemp("home")))
        return load(data_folder / "ml-100k.zip")


def trained(ratings: Ratings, model: str, preset: str | None = None, seed: int = 0, val_size: float = 0.1) -> dict:
    """RMSE and rounded MAE on the test rows, and the last epoch's validation MSE."""
    spec = get_model(model)
    settings, split = spec.parse(preset=preset), make_split(ratings, SplitSettings(seed=seed, val_size=val_size))
    run = Training(spec, settings, ratings, split, seed, PROGRAMS)
    events: list[Event] = list(run.events())
    scorer = spec.scorer(run.arrays(), run.shape, settings)
    predicted = scorer.score(ratings.user_index[split.test], ratings.item_index[split.test]).astype(float)
    stars = ratings.rating[split.test]
    return {
        "rmse": np.sqrt(np.mean((ratings.scale.clip(predicted) - stars) ** 2)),
        "rounded_mae": np.abs(ratings.scale.round(predicted) - stars).mean(),
        "val_loss": [event for event in events if isinstance(event, EpochEnded)][-1].val_loss,
        "least": min(array.min() for array in run.arrays().values()),
    }


def mean_of(ratings: Ratings, figure: str, model: str, preset: str | None = None, val_size: float = 0.1) -> float:
    """A figure's mean over the seeds."""
    return float(np.mean([trained(ratings, model, preset, seed, val_size)[figure] for seed in SEEDS]))


def test_mf_bias_as_in_notebook_a_has_a_lower_validation_mse_than_there(ratings: Ratings) -> None:
    assert mean_of(ratings, "val_loss", "mf_bias", "notebook-a", val_size=0.2) <= 0.875


def test_mf_bias_with_its_own_defaults(ratings: Ratings) -> None:
    assert mean_of(ratings, "rmse", "mf_bias") <= 0.912


def test_mf_with_three_numbers_as_in_notebook_e(ratings: Ratings) -> None:
    assert mean_of(ratings, "rounded_mae", "mf", "notebook-e") <= 0.70


def test_damped_biases(ratings: Ratings) -> None:
    assert mean_of(ratings, "rmse", "bias") <= 0.945


@pytest.mark.parametrize(
    ("model", "rmse"),
    [
        ("mf", 0.93),
        ("mf_nonneg", 0.93),
        ("mf_bce", 0.91),
        ("neural_bias", 0.94),
        ("neural", 0.94),
        ("neural_wide", 0.94),
        ("deep_mlp", 0.94),
        ("deep_regressor", 0.94),
    ],
)
def test_other_models_own_defaults(ratings: Ratings, model: str, rmse: float) -> None:
    assert trained(ratings, model)["rmse"] <= rmse


@pytest.mark.parametrize("preset", [None, "notebook-e"])
def test_no_weight_of_mf_nonneg_is_below_zero(ratings: Ratings, preset: str | None) -> None:
    assert trained(ratings, "mf_nonneg", preset)["least"] >= 0
