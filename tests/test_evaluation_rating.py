import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reco_core.encode import RatingScale
from reco_core.errors import DataError
from reco_core.evaluation.rating import rating_metrics

SCALE = RatingScale(1, 5, 1)
HALVES = RatingScale(0.5, 5, 0.5)


def test_figures_of_three_predictions_are_those_worked_out_by_hand() -> None:
    metrics = rating_metrics(np.array([3.4, 2.0, 4.5]), np.array([4.0, 2.0, 3.0]), SCALE)
    assert metrics["mse"] == pytest.approx((0.36 + 0 + 2.25) / 3)
    assert metrics["rmse"] == pytest.approx(math.sqrt(0.87))
    assert metrics["mae"] == pytest.approx(2.1 / 3)
    assert metrics["rounded_mae"] == pytest.approx((1 + 0 + 2) / 3)  # 3.4 -> 3 and 4.5 -> 5: halves go up


def test_predictions_are_clipped_to_the_scale_first() -> None:
    outside = rating_metrics(np.array([-7.0, 99.0]), np.array([1.0, 5.0]), SCALE)
    assert outside == {"mse": 0, "rmse": 0, "mae": 0, "rounded_mae": 0}


def test_rounding_goes_to_the_steps_of_the_scale() -> None:
    assert rating_metrics(np.array([3.7]), np.array([3.5]), HALVES)["rounded_mae"] == 0


def test_a_prediction_that_is_not_a_number_shows_in_every_figure() -> None:
    assert all(math.isnan(v) for v in rating_metrics(np.array([np.nan, 3]), np.array([3.0, 3.0]), SCALE).values())


def test_float32_input_of_many_rows_is_averaged_in_float64() -> None:
    n = 1_000_000
    metrics = rating_metrics(np.full(n, 3.1, np.float32), np.full(n, 3.0, np.float32), SCALE)
    assert metrics["mae"] == pytest.approx(0.1, abs=1e-6)


def test_no_rows_and_unequal_lengths_are_refused() -> None:
    with pytest.raises(DataError, match="at least one held-out rating; got none"):
        rating_metrics(np.array([]), np.array([]), SCALE)
    with pytest.raises(ValueError, match="both be"):
        rating_metrics(np.zeros(2), np.zeros(3), SCALE)


@given(
    st.integers(1, 40).flatmap(
        lambda n: st.tuples(
            arrays(np.float64, n, elements=st.floats(-1e6, 1e6)),
            arrays(np.float64, n, elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0])),
        )
    )
)
def test_errors_stay_within_the_scale_and_mae_never_exceeds_rmse(pair: tuple[np.ndarray, np.ndarray]) -> None:
    metrics = rating_metrics(*pair, SCALE)
    assert 0 <= metrics["mae"] <= metrics["rmse"] + 1e-12 <= 4 + 1e-9
    assert metrics["mse"] == pytest.approx(metrics["rmse"] ** 2)
    assert 0 <= metrics["rounded_mae"] <= 4
    assert abs(metrics["rounded_mae"] - metrics["mae"]) <= 0.5 + 1e-9


@given(arrays(np.float64, st.integers(1, 40), elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0])))
def test_the_truth_itself_has_no_error(actual: np.ndarray) -> None:
    assert set(rating_metrics(actual, actual, SCALE).values()) == {0.0}
