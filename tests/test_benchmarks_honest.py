"""No figure of the benches is chosen on test rows: settings are the repository's, and a fit does not see these rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import fitting, folds, quality, ranking
from benchmarks.fitting import fit
from benchmarks.peer_settings import PEERS
from reco_core.models import get_model
from reco_core.models.spec import ModelSpec
from reco_core.ratings import Ratings
from reco_core.split import Split, SplitSettings, make_split
from reco_core.training.loop import Programs, Training
from tests.small_ratings import random_ratings

PROGRAMS = Programs()


def timed(seed: int = 6) -> Ratings:
    """Random ratings, given one a minute."""
    ratings = random_ratings(seed)
    return replace(ratings, timestamp=60 * np.arange(len(ratings), dtype=np.int64))


def held(ratings: Ratings) -> Split:
    return make_split(ratings, SplitSettings(test_size=0.2, val_size=0.0, seed=0))


def with_other_test_rows(ratings: Ratings, split: Split) -> Ratings:
    """The same, but the test rows are of other items, with the lowest stars, and given much later."""
    rows = split.test
    items, stars, seconds = ratings.item_index.copy(), ratings.rating.copy(), ratings.timestamp.copy()
    items[rows] = (items[rows] + 1) % ratings.n_items
    stars[rows], seconds[rows] = ratings.scale.min, seconds.max() + 86_400
    return replace(ratings, item_index=items, rating=stars, timestamp=seconds)


@pytest.mark.parametrize(
    ("name", "preset"),
    [("mf_bias", None), ("bpr", None), ("ease", "sittings"), ("implicit_als", None), ("popularity", None)],
)
def test_a_fit_is_the_same_whatever_the_test_rows_say(name: str, preset: str | None) -> None:
    ratings, spec = timed(), get_model(name)
    split, small = held(ratings), {"dim": 3, "epochs": 3} if spec.build else {}
    first, other = (
        fit(spec, data, split, 0, small, preset, PROGRAMS) for data in (ratings, with_other_test_rows(ratings, split))
    )
    users = np.arange(ratings.n_users)
    assert len(first.epochs) == len(other.epochs)
    assert np.array_equal(first.scorer.score_all(users), other.scorer.score_all(users))


class Asked(Exception):
    """What a bench would train."""

    def __init__(self, spec: ModelSpec, settings: object, split: Split) -> None:
        self.spec, self.settings, self.split = spec, settings, split


@pytest.fixture
def stopped_at_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def training(spec: ModelSpec, settings: object, ratings: Ratings, split: Split, *_: object) -> Training:
        raise Asked(spec, settings, split)

    monkeypatch.setattr(fitting, "Training", training)


@pytest.mark.usefixtures("stopped_at_training")
@pytest.mark.parametrize("name", ["mf_bias", "svdpp", "ease", "bpr"])
def test_every_section_trains_what_stands_in_the_repository_on_rows_outside_the_test(name: str) -> None:
    ratings, spec = timed(), get_model(name)
    split = held(ratings)
    sections = [
        lambda: quality.figures(spec, ratings, 0, None, PROGRAMS),
        lambda: ranking._own(ratings, [split], [replace(spec, predicts_stars=False)], []),
        lambda: folds.measured(spec, ratings, split, (0,), PROGRAMS),
    ]
    for section in sections:
        with pytest.raises(Asked) as asked:
            section()
        assert asked.value.settings == spec.parse()
        assert len(np.intersect1d(asked.value.split.known, split.test)) == 0


def test_other_libraries_have_one_row_of_fixed_settings_for_every_split() -> None:
    assert all(set(peer.rows) <= {"defaults", "defaults, dim 40", "tuned"} for peer in PEERS)
