"""Nothing is learned from test rows or chosen on them: whatever they hold, the same model comes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from reco_core.events import EpochEnded, Event
from reco_core.models import get_model
from reco_core.ratings import Ratings
from reco_core.training.loop import Training
from tests.planted import planted, planted_split
from tests.planted_runs import EVERY, PROGRAMS, small_settings, trained


@cache
def with_other_test_rows() -> Ratings:
    """The planted ratings, with other items and stars in the test rows."""
    ratings, test = planted(), planted_split().test
    rng = np.random.default_rng(8)
    items, stars = ratings.item_index.copy(), ratings.rating.copy()
    items[test], stars[test] = rng.permutation(items[test]), ratings.scale.min + ratings.scale.max - stars[test]
    return replace(ratings, item_index=items, rating=stars)


def curve(events: Iterable[Event]) -> list[float]:
    """Every figure of every epoch on training and validation rows."""
    ended = [event for event in events if isinstance(event, EpochEnded)]
    figures = [value for one in ended for value in (one.loss, one.val_loss, one.rmse, one.val_rmse, one.val_ndcg)]
    return [value for value in figures if value is not None]


@pytest.mark.parametrize("name", EVERY)
def test_test_rows_change_neither_weights_nor_curve_nor_the_epoch_that_is_kept(name: str) -> None:
    spec = get_model(name)
    other = Training(spec, small_settings(spec), with_other_test_rows(), planted_split(), 0, PROGRAMS)
    assert curve(other.events()) == pytest.approx(curve(trained(name).events), rel=1e-5)
    arrays = other.arrays()
    assert arrays.keys() == trained(name).arrays.keys()
    for key, array in arrays.items():
        np.testing.assert_allclose(array, trained(name).arrays[key], rtol=1e-5, atol=1e-6, err_msg=key)
