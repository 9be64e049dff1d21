"""What the curves of a training say, on curves made by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from reco_core.events import EpochEnded
from reco_core.inspect.curves import read_curves, smoothed


def curve(*pairs: tuple[float | None, float | None], measure: str = "rmse") -> list[EpochEnded]:
    """One epoch for each (training, validation) error."""
    both = [(pair, (None, None)) if measure == "rmse" else ((None, None), pair) for pair in pairs]
    return [
        EpochEnded(n, 1, loss, val_loss, rmse, val_rmse, 0.1, 0.1 * n, 1e5, 0.01)
        for n, ((rmse, val_rmse), (loss, val_loss)) in enumerate(both, start=1)
    ]


def test_overfitting_starts_where_validation_is_least_and_rises_while_training_falls():
    reading = read_curves(curve((1.0, 1.1), (0.9, 1.0), (0.8, 1.02), (0.7, 1.05)))
    assert reading.overfitting
    assert (reading.best, reading.last, reading.least, reading.validation) == (2, 4, 1.0, 1.05)
    assert reading.gap == pytest.approx(0.35)


@pytest.mark.parametrize(
    "pairs",
    [
        ((1.0, 1.1), (0.9, 1.0), (0.8, 1.02)),  # one worse epoch
        ((1.0, 1.1), (0.9, 1.0), (0.8, 1.0), (0.7, 1.0005)),  # as good as level
        ((1.0, 1.1), (0.9, 1.0), (0.95, 1.02), (0.96, 1.05)),  # both rise: that is another trouble
        ((1.0, 1.1), (0.9, 1.0), (0.8, 0.9), (0.7, 0.8)),
    ],
)
def test_no_overfitting_is_named_where_there_is_none(pairs):
    assert not read_curves(curve(*pairs)).overfitting


def test_loss_is_read_where_the_model_predicts_no_stars():
    assert read_curves(curve((0.7, 0.8), (0.5, 0.6), measure="loss")).measure == "loss"


def test_without_validation_there_is_nothing_to_read():
    assert read_curves(curve((1.0, None), (0.9, None))) is None
    assert read_curves([]) is None


def test_smoothing_of_a_level_curve_changes_nothing():
    assert smoothed([2.0, 2.0, 2.0]) == pytest.approx([2.0, 2.0, 2.0])


def test_smoothing_weighs_the_newest_value_most():
    assert smoothed([1.0, 0.0], weight=0.5) == pytest.approx([1.0, 1 / 3])


@given(some.lists(some.floats(-1e6, 1e6), max_size=50))
def test_smoothed_values_stay_within_those_seen_so_far(values):
    for place, value in enumerate(smoothed(values)):
        seen = values[: place + 1]
        slack = 1e-9 * max(map(abs, seen)) + 1e-12
        assert min(seen) - slack <= value <= max(seen) + slack
