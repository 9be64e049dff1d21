"""Paired bootstrap intervals: against the textbook, against known answers, and quickly."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reco_core.evaluation import bootstrap
from reco_core.evaluation.bootstrap import mean_difference, rmse_difference


def squared(seed: int, n: int = 2000) -> np.ndarray:
    return np.random.default_rng(seed).chisquare(1, n)


def test_interval_is_that_of_the_textbook_formula():
    """Difference of means of squared errors: the bootstrap's deviation is the sample's, over the root of n."""
    a = squared(0)
    b = a + np.random.default_rng(1).normal(0.02, 0.3, len(a)).clip(-a, None)
    found = rmse_difference(a, b)
    # delta method: sqrt(A) - sqrt(B) with gradients 1 / (2 sqrt(A)) and -1 / (2 sqrt(B))
    each = a / (2 * np.sqrt(a.mean())) - b / (2 * np.sqrt(b.mean()))
    half = 1.96 * each.std() / np.sqrt(len(a))
    assert found.difference == pytest.approx(np.sqrt(a.mean()) - np.sqrt(b.mean()))
    assert (found.high - found.low) / 2 == pytest.approx(half, rel=0.06)


def test_interval_holds_the_truth_as_often_as_it_says():
    """400 samples of 300 pairs whose true difference is known: about 95 % of the intervals hold it."""
    rng, held, trials = np.random.default_rng(5), 0, 400
    for trial in range(trials):
        errors = rng.normal(0, [1.0, 1.1], (300, 2)) + 0.8 * rng.normal(size=(300, 1))
        found = rmse_difference(*np.square(errors).T, resamples=300, seed=trial)
        truth = np.sqrt(1 + 0.64) - np.sqrt(1.21 + 0.64)
        held += found.low <= truth <= found.high
    assert 0.90 < held / trials < 0.98


def test_same_model_has_no_difference_at_all():
    found = rmse_difference(squared(0), squared(0))
    assert (found.difference, found.low, found.high, found.share_below) == (0, 0, 0, 0.5)
    assert not found.more_than_chance


def test_pairing_finds_what_two_separate_intervals_would_miss():
    a = 100 * squared(0)
    found = rmse_difference(a, a * 1.001)
    assert found.high < 0 and found.more_than_chance


def test_equal_models_with_noise_are_told_apart_about_as_rarely_as_it_says():
    draws = np.random.default_rng(3).chisquare(1, (100, 2, 500))
    assert sum(rmse_difference(*pair, resamples=200).more_than_chance for pair in draws) <= 12


def test_whole_users_make_a_wider_interval_where_errors_of_a_user_are_alike():
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(50), 40)
    a = squared(1) + 1
    b = a * (1 + 0.2 * rng.normal(size=50))[users].clip(0.1)
    single, whole = rmse_difference(a, b), rmse_difference(a, b, users)
    assert (single.unit, single.n) == ("ratings", 2000)
    assert (whole.unit, whole.n) == ("users", 50)
    assert whole.high - whole.low > 3 * (single.high - single.low)


def test_users_with_one_rating_each_give_the_interval_of_ratings():
    a, b = squared(0), squared(0) + 0.1 * squared(1)
    single, whole = rmse_difference(a, b), rmse_difference(a, b, np.arange(len(a))[::-1])
    assert whole.high - whole.low == pytest.approx(single.high - single.low, rel=0.1)


def test_many_rows_drawn_in_groups_give_the_same_interval(monkeypatch: pytest.MonkeyPatch):
    a, b = squared(0, 8000), squared(0, 8000) * 1.01
    one_by_one = rmse_difference(a, b)
    monkeypatch.setattr(bootstrap, "GROUPS", 2000)
    grouped = rmse_difference(a, b)
    assert grouped.high - grouped.low == pytest.approx(one_by_one.high - one_by_one.low, rel=0.1)
    assert mean_difference(a, b).high - mean_difference(a, b).low > 0


def test_user_means_follow_the_same_rule():
    rng = np.random.default_rng(0)
    a = rng.random(900)
    b = a + rng.normal(0.02, 0.1, 900)
    found = mean_difference(a, b)
    assert found.difference == pytest.approx((a - b).mean())
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * (a - b).std() / 30, rel=0.06)
    assert found.unit == "users" and found.more_than_chance and found.share_below > 0.99


@given(st.integers(1, 200), st.integers(0, 2**32 - 1))
def test_the_same_seed_gives_the_same_interval_and_turning_the_models_turns_it(n: int, seed: int):
    a, b = np.random.default_rng(seed).random((2, n))
    one, again, turned = (rmse_difference(x, y, resamples=50, seed=seed) for x, y in ((a, b), (a, b), (b, a)))
    assert one == again
    assert one.low <= one.high and 0 <= one.share_below <= 1
    assert (turned.low, turned.high) == pytest.approx((-one.high, -one.low), abs=1e-6)


@given(st.integers(1, 300), st.integers(0, 100))
def test_picks_are_rows_that_exist(n: int, seed: int):
    picks = bootstrap._picks(n, np.random.default_rng(seed))
    assert picks.shape == (n,) and picks.min() >= 0 and picks.max() < n


def test_every_row_is_picked_equally_often():
    rng = np.random.default_rng(0)
    counts = sum(np.bincount(bootstrap._picks(7, rng), minlength=7) for _ in range(7000))
    assert np.abs(counts - 7000).max() < 5 * np.sqrt(7000)


def test_unlike_lengths_are_misuse():
    with pytest.raises(ValueError, match=r"both must be \[n\]"):
        rmse_difference(np.ones(3), np.ones(4))
    with pytest.raises(ValueError, match=r"users must be \[3\]"):
        rmse_difference(np.ones(3), np.ones(3), np.arange(4))


def test_2000_resamples_of_20000_rows_cost_a_fraction_of_a_second():
    a, b = squared(0, 20_000), squared(1, 20_000)
    began = time.process_time()
    rmse_difference(a, b)
    assert time.process_time() - began < 0.5  # 0.1 s on an idle machine
