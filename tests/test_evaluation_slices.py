import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from reco_core.encode import RatingScale
from reco_core.evaluation.slices import (
    COLD,
    calibration,
    calibration_error,
    cold_rows,
    error_by_tenths,
    error_distribution,
    known_counts,
    mean_by_tenths,
    residuals_by_star,
    share_by_tenths,
    tenths,
)
from tests.small_ratings import small_ratings


def drawn(seed: int, n: int = 300, units: int = 40) -> tuple[np.ndarray, ...]:
    """(predicted, actual, unit, known)."""
    rng = np.random.default_rng(seed)
    known = rng.integers(0, 30, units)
    return rng.uniform(1, 5, n), rng.integers(1, 6, n).astype(float), rng.integers(0, units, n), known


def test_perfect_predictions_are_calibrated() -> None:
    stars = np.repeat([1.0, 2.0, 3.0, 4.0, 5.0], 20)
    table = calibration(stars, stars)
    assert table["predicted"].tolist() == table["actual"].tolist() == [1, 2, 3, 4, 5]
    assert calibration_error(table) == 0


def test_one_prediction_for_all_is_one_part_with_the_mean() -> None:
    table = calibration(np.full(10, 3.0), np.arange(10) % 5 + 1.0)
    assert table.to_dict("records") == [{"predicted": 3, "actual": 3, "count": 10, "low": 3, "high": 3}]


def test_predictions_too_high_by_half_a_star_have_that_calibration_error() -> None:
    actual = np.random.default_rng(0).uniform(1, 4, 200)
    table = calibration(actual + 0.5, actual)
    assert len(table) == 10 and table["count"].tolist() == [20] * 10
    assert calibration_error(table) == pytest.approx(0.5)


@given(st.integers(0, 10_000), st.integers(1, 500))
@settings(max_examples=40, deadline=None)
def test_every_row_is_in_one_part_and_equal_values_in_the_same(seed: int, n: int) -> None:
    values = np.random.default_rng(seed).integers(0, 12, n).astype(float)
    part = tenths(values)
    assert ((part >= 0) & (part < 10)).all()
    assert pd.Series(part).groupby(values).nunique().max() == 1
    assert (np.diff(part[np.argsort(values, kind="stable")]) >= 0).all()


def test_residuals_of_each_star_are_predicted_minus_given() -> None:
    table = residuals_by_star(np.array([2.0, 4.0, 5.0]), np.array([1.0, 5.0, 5.0]), RatingScale(1, 5, 1))
    assert table[["stars", "count", "mean", "q50"]].values.tolist() == [[1, 1, 1, 1], [5, 2, -0.5, -0.5]]
    assert table["rmse"].tolist() == pytest.approx([1, np.sqrt(0.5)])
    assert list(table.columns[5:]) == ["q10", "q25", "q50", "q75", "q90"]


def test_distribution_of_errors_holds_every_row_once() -> None:
    table = error_distribution(np.array([1.0, 5.0, 3.0, 3.0]), np.array([5.0, 1.0, 3.0, 3.0]), RatingScale(1, 5, 1))
    assert table["share"].sum() == pytest.approx(1)
    assert table["share"].max() == 0.5 and table["error"][table["share"].idxmax()] == pytest.approx(0)
    assert (table["share"].iloc[0], table["share"].iloc[-1]) == (0.25, 0.25)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_errors_of_each_tenth_are_those_of_scikit_learn_on_its_rows(seed: int) -> None:
    predicted, actual, unit, known = drawn(seed)
    table = error_by_tenths(predicted, actual, unit, known)
    assert table["count"].sum() == len(actual)
    for row in table.itertuples():
        inside = (known[unit] >= row.low) & (known[unit] <= row.high)
        assert inside.sum() == row.count
        assert len(np.unique(unit[inside])) == row.units
        assert row.rmse == pytest.approx(sk.root_mean_squared_error(actual[inside], predicted[inside]), abs=1e-6)
        assert row.mae == pytest.approx(sk.mean_absolute_error(actual[inside], predicted[inside]), abs=1e-6)


def test_units_without_a_known_rating_are_tenth_0() -> None:
    table = error_by_tenths(np.array([3.0, 3.0]), np.array([1.0, 3.0]), np.array([0, 1]), np.array([0, 7]))
    assert table[["tenth", "low", "units", "rmse"]].values.tolist() == [[0, 0, 1, 2], [1, 7, 1, 0]]


def test_tenths_are_of_units_not_of_rows() -> None:
    known, unit = np.arange(1, 21), np.repeat(np.arange(20), np.arange(1, 21))
    table = error_by_tenths(np.zeros(len(unit)), np.zeros(len(unit)), unit, known)
    assert table["units"].tolist() == [2] * 10
    assert table["low"].tolist() == list(range(1, 20, 2))


def test_share_found_of_what_was_wanted_by_tenths() -> None:
    table = share_by_tenths(np.array([0, 1, 0, 4]), np.array([2, 2, 0, 4]), np.array([5, 5, 9, 9]))
    assert table[["low", "units", "count", "share"]].values.tolist() == [[5, 2, 4, 0.25], [9, 1, 4, 1.0]]


def test_mean_of_a_users_figure_by_tenths() -> None:
    table = mean_by_tenths(np.array([0.2, 0.4, 1.0]), np.array([0, 1, 3]), np.array([3, 3, 8, 9]))
    assert table[["low", "units", "mean"]].values.tolist() == [[3, 2, pytest.approx(0.3)], [9, 1, 1.0]]


def test_cold_rows_are_counted_with_their_own_error() -> None:
    predicted, actual = np.array([3.0, 3.0, 3.0, 3.0]), np.array([3.0, 4.0, 5.0, 5.0])
    user, item = np.array([True, False, True, True]), np.array([True, True, False, False])
    table = cold_rows(predicted, actual, user, item)
    assert table["kind"].tolist() == list(COLD)
    assert table["count"].tolist() == [1, 1, 2, 0]
    assert table["rmse"].tolist()[:3] == [0, 1, 2] and np.isnan(table["rmse"].iloc[3])
    assert table["share"].sum() == 1


def test_known_ratings_are_counted_per_user_and_item() -> None:
    ratings = small_ratings([(0, 0, 3), (0, 1, 3), (1, 1, 3)], 3, 2)
    users, items = known_counts(ratings, np.array([0, 1]))
    assert (users.tolist(), items.tolist()) == ([2, 0, 0], [1, 1])


@pytest.mark.parametrize("function", [calibration, lambda *both: residuals_by_star(*both, RatingScale(1, 5, 1))])
def test_arrays_of_other_lengths_or_without_rows_are_refused(function) -> None:
    with pytest.raises(ValueError, match=r"both must be \[n\] with n of 1 or more; got \(2,\) and \(1,\)"):
        function(np.zeros(2), np.zeros(1))
    with pytest.raises(ValueError, match="n of 1 or more"):
        function(np.zeros(0), np.zeros(0))
