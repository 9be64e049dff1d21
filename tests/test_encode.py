"""Ids and scales go there and back."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reco_core.encode import MOST_LEVELS, IdEncoder, RatingScale
from reco_core.errors import DataError, UnknownIdError
from reco_core.rating_bins import RatingBins

whole_ids = st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1)
text_ids = st.lists(st.text(), min_size=1)
scales = st.sampled_from([RatingScale(1, 5, 1), RatingScale(0.5, 5, 0.5), RatingScale(-10, 10, 0.25)])


@given(whole_ids)
def test_whole_numbers_come_back_exactly_whatever_their_size(values):
    encoder = IdEncoder.fit(np.array(values, dtype=np.int64))
    index = encoder.encode(np.array(values, dtype=np.int64))
    assert encoder.decode(index).tolist() == values
    assert encoder.encode([str(value) for value in values]).tolist() == index.tolist()
    assert encoder.ids.tolist() == sorted(set(values))


@given(text_ids)
def test_text_comes_back_and_lies_in_sorted_order(values):
    encoder = IdEncoder.fit(np.array(values, dtype=object))
    assert encoder.decode(encoder.encode(np.array(values, dtype=object))).tolist() == values
    assert encoder.ids.tolist() == sorted(set(values))


@given(whole_ids, st.randoms())
def test_the_order_of_the_rows_does_not_matter(values, random):
    shuffled = random.sample(values, len(values))
    assert IdEncoder.fit(np.array(values)).ids.tolist() == IdEncoder.fit(np.array(shuffled)).ids.tolist()


def test_ids_are_found_as_numbers_and_as_text():
    encoder = IdEncoder.fit([30, 10, 20])
    assert encoder.encode([10, 20, 30]).tolist() == [0, 1, 2]
    assert encoder.encode(["10", "20.0", " 30 "]).tolist() == [0, 1, 2]
    assert encoder.encode(np.array([10.0, 20.5, np.nan, np.inf])).tolist() == [0, -1, -1, -1]
    assert encoder.encode(np.array([20], dtype=np.uint64)).tolist() == [1]
    assert encoder.encode([]).tolist() == []


@pytest.mark.parametrize("unknown", [11, "x", "", None, 10.5, 10**30, "1e1", "²"])
def test_what_is_no_known_id_is_minus_one(unknown):
    assert IdEncoder.fit([10, 20]).encode([unknown]).tolist() == [-1]


def test_two_ids_that_one_float_stands_for_are_told_apart():
    encoder = IdEncoder.fit(np.array([2**53, 2**53 + 1]))
    assert encoder.index_of(2**53 + 1) == 1
    assert encoder.index_of(str(2**53)) == 0


def test_an_unknown_id_is_answered_with_some_that_exist():
    with pytest.raises(UnknownIdError, match=r"user must be one of the 4 in this dataset \(1, 2, 3, \.\.\.\); got 9\."):
        IdEncoder.fit([1, 2, 3, 4]).index_of(9, "user")


@given(scales, st.floats(0, 1))
def test_stars_and_unit_are_inverse(scale, unit):
    assert scale.to_unit(scale.to_stars(unit)) == pytest.approx(unit, abs=1e-12)
    assert scale.min <= scale.to_stars(unit) <= scale.max


@given(scales, st.floats(-100, 100))
def test_rounding_gives_the_nearest_rating_that_can_be_given(scale, stars):
    rounded = float(scale.round(stars))
    assert rounded in scale.ticks(1_000)
    assert abs(rounded - scale.clip(stars)) <= scale.step / 2 + 1e-9
    assert scale.round(rounded) == rounded


STEPS = (0.5, 1, 1 / 3, 2 / 3, 0.1, 0.25, 0.01, 1e-6, 7, 1e6)
LOWEST = (0, 1, 0.5, 1 / 3, -10, -9.95, 1e9, -1e9, 1e-6)
stepped = st.builds(
    lambda low, step, places: low + step * np.array(sorted(places)),
    st.sampled_from(LOWEST),
    st.sampled_from(STEPS),
    st.sets(st.integers(0, 400), min_size=2, max_size=60),
)
anything = st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), min_size=2, max_size=60).map(np.array)
counts = st.sets(st.integers(0, 340_458), min_size=2, max_size=60).map(lambda found: np.array(list(found), dtype=float))
averages = st.lists(st.fractions(1, 5, max_denominator=7), min_size=2, max_size=60).map(lambda f: np.array(f, float))


@given(st.one_of(stepped, anything, counts, averages), st.booleans())
def test_levels_begin_at_min_and_end_at_max_exactly_and_are_few_on_every_scale(ratings, single):
    ratings = ratings.astype(np.float32) if single else ratings
    assume(np.ptp(ratings) > 1e-9 * max(np.abs(ratings).max(), 1))
    scale = RatingScale.infer(ratings)
    for levels, most in ((scale.levels, MOST_LEVELS + 1), (scale.ticks(100), 102)):
        assert (levels[0], levels[-1]) == (scale.min, scale.max)
        assert (np.diff(levels) > 0).all() and len(levels) <= most
    assert (ratings >= scale.min).all() and (ratings <= scale.max).all()
    assert (ratings.dtype.type(scale.min), ratings.dtype.type(scale.max)) == (ratings.min(), ratings.max())
    assert (scale.round(scale.levels) == scale.levels).all()
    if not scale.is_continuous:
        far = np.abs(ratings.astype(float)[:, None] - scale.levels).min(axis=1)
        assert (
            far.max()
            <= 1e-3 * scale.spacing + np.finfo(np.float32 if single else np.float64).eps * np.abs(ratings).max()
        )
    assert RatingScale(**json.loads(json.dumps(asdict(scale)))) == scale
    bins = RatingBins.of(scale)
    assert len(bins) <= MOST_LEVELS + 1 and len(set(bins.names)) == len(bins)
    place = bins.place(ratings)
    assert place.min() >= 0 and place.max() < len(bins)


@pytest.mark.parametrize(
    ("ratings", "levels"),
    [
        ([1, 4 / 3, 2, 5], [1 + place / 3 for place in range(13)]),
        (np.float32([1 / 3, 2 / 3, 2]), [place / 3 for place in range(1, 7)]),
        ([0, 1], [0, 1]),
        ([-2, 1, 2], [-2, -1, 0, 1, 2][::1]),
        ([1, 3, 10], [1, 3, 10]),
        (np.float32([0.1, 0.2, 0.4]), [0.1, 0.2, 0.3, 0.4]),
        ([0, 1e-6, 3e-6], [0, 1e-6, 2e-6, 3e-6]),
        ([1e9, 2e9, 4e9], [1e9, 2e9, 3e9, 4e9]),
        (range(101), range(0, 101, 5)),
        ([-9.95, 0.03, 9.9], [-9.95, 0.03, 9.9]),
        (np.linspace(-9.95, 9.9, 1_986), [-9.95, *range(-9, 10), 9.9]),
        ([1, 2, 4976], [1, *range(250, 4_751, 250), 4976]),
    ],
)
def test_levels_are_what_people_would_write(ratings, levels):
    scale = RatingScale.infer(np.array(ratings))
    assert scale.levels == pytest.approx(list(levels), rel=1e-6, abs=1e-12)
    assert (scale.levels[0], scale.levels[-1]) == (scale.min, scale.max)


def test_a_scale_is_inferred_from_its_extremes_and_smallest_gap():
    assert RatingScale.infer(np.array([4.5, 0.5, 3, 4, 5])) == RatingScale(0.5, 5, 0.5)
    assert RatingScale.infer(np.array([1, 5, 3])) == RatingScale(1, 5, 2)


def test_a_step_that_an_earlier_version_rounded_leads_to_the_top_all_the_same():
    scale = RatingScale(1, 5, 0.333333)
    assert (len(scale.levels), scale.levels[-1], float(scale.round(4.9))) == (13, 5, 5)


def test_halves_go_up():
    assert RatingScale(1, 5, 1).round([1.5, 2.5, 4.49]).tolist() == [2, 3, 4]


def test_one_rating_only_is_no_scale():
    with pytest.raises(DataError, match="at least two different ratings; got 1"):
        RatingScale.infer(np.array([3.0, 3.0]))


@pytest.mark.parametrize(
    "bounds", [(5, 1, 1), (1, 5, 0), (1, float("nan"), 1), (1, float("inf"), 1), (-1e308, 1.7e308, 1)]
)
def test_an_impossible_scale_is_refused(bounds):
    with pytest.raises(DataError, match="A rating scale needs min < max"):
        RatingScale(*bounds)


def test_the_ratings_of_an_uneven_scale_lead_from_its_min_to_its_max():
    with pytest.raises(DataError, match=r"must rise from its min to its max; got \(1, 4\)"):
        RatingScale(1, 5, 1, (1, 4))
