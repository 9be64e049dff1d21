"""Ids and scales go there and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reco_core.encode import IdEncoder, RatingScale
from reco_core.errors import DataError, UnknownIdError

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
def test_rounding_gives_the_nearest_level(scale, stars):
    rounded = float(scale.round(stars))
    assert rounded in scale.levels
    assert abs(rounded - scale.clip(stars)) <= scale.step / 2 + 1e-9
    assert scale.round(rounded) == rounded


def test_a_scale_is_inferred_from_its_extremes_and_smallest_gap():
    assert RatingScale.infer(np.array([4.5, 0.5, 3, 4, 5])) == RatingScale(0.5, 5, 0.5)
    assert RatingScale.infer(np.array([1, 5, 3])) == RatingScale(1, 5, 2)


def test_halves_go_up():
    assert RatingScale(1, 5, 1).round([1.5, 2.5, 4.49]).tolist() == [2, 3, 4]


def test_one_rating_only_is_no_scale():
    with pytest.raises(DataError, match="at least two different ratings; got 1"):
        RatingScale.infer(np.array([3.0, 3.0]))


@pytest.mark.parametrize("bounds", [(5, 1, 1), (1, 5, 0), (1, float("nan"), 1), (1, float("inf"), 1)])
def test_an_impossible_scale_is_refused(bounds):
    with pytest.raises(DataError, match="A rating scale needs min < max"):
        RatingScale(*bounds)
