"""What the two-sided SVD++ learns from real ratings: far below plain factorisation, on rows it has never seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reco_core import data
from reco_core.models import get_model
from reco_core.split import SplitSettings, make_split
from reco_core.training.loop import Programs, Training

SVDPP = get_model("svdpp")
PROGRAMS = Programs()
pytestmark = pytest.mark.data


def error(folder: Path, **more: object) -> float:
    """RMSE on the official test rows u1.test, with no validation rows held back."""
    ratings = data.load(folder / "ml-100k.zip")
    split = make_split(ratings, SplitSettings(kind="fold:u1", val_size=0.0))
    settings = SVDPP.parse(more)
    training = Training(SVDPP, settings, ratings, split, 0, PROGRAMS)
    list(training.events())
    scorer = SVDPP.scorer(training.arrays(), training.shape, settings)
    predicted = scorer.score(ratings.user_index[split.test], ratings.item_index[split.test])
    missed = ratings.scale.clip(predicted) - ratings.rating[split.test]
    return float(np.sqrt(np.mean(np.square(missed, dtype=np.float64))))


@pytest.mark.timeout(180)
def test_the_official_fold_u1_is_predicted_within_the_promised_error(data_folder: Path) -> None:
    assert error(data_folder) <= 0.893


@pytest.mark.timeout(180)
def test_what_was_rated_tells_more_than_the_stars_alone(data_folder: Path) -> None:
    bare = {"user_implicit": False, "item_implicit": False}
    assert error(data_folder, epochs=4, **bare) > error(data_folder, epochs=4) + 0.005
