"""Ratings are written as their scale is: without noise, and as stars only where they are some."""

from __future__ import annotations

import pytest

from reco_core.encode import RatingScale
from reco_core.stars_text import given, number, predicted, span, stars_word

STARS, THIRDS, ZERO = RatingScale(1, 5, 1), RatingScale(1, 5, 1 / 3), RatingScale(0, 5, 0.5)
JOKES, MARKS, PLAYS = RatingScale(-10, 10, 0.01), RatingScale(0, 100, 1), RatingScale(1, 340_458, 1)
BOTH, TINY = RatingScale(0, 1, 1), RatingScale(0, 1e-5, 1e-6)


@pytest.mark.parametrize(
    ("scale", "value", "as_given", "as_predicted"),
    [
        (STARS, 4.0, "★ 4", "★ 4.00"),
        (THIRDS, 10 / 3, "★ 3.33", "★ 3.33"),
        (ZERO, 0.0, "★ 0", "★ 0.00"),
        (JOKES, 3.125, "+3.12", "+3.12"),
        (JOKES, -9.95, "-9.95", "-9.95"),
        (JOKES, -0.001, "0", "-0.00"),
        (MARKS, 73.0, "73 of 100", "73.0 of 100"),
        (PLAYS, 12_500.0, "12,500 of 340,458", "12,500 of 340,458"),
        (BOTH, 1.0, "1 of 1", "1.00 of 1"),
        (TINY, 3e-6, "0.000003 of 0.00001", "0.0000030 of 0.00001"),
    ],
)
def test_a_rating_is_written_as_its_scale_is(scale, value, as_given, as_predicted):
    assert (given(scale, value), predicted(scale, value)) == (as_given, as_predicted)


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        (STARS, "1 to 5 stars in steps of 1"),
        (THIRDS, "1 to 5 stars in steps of 0.33"),
        (BOTH, "0 to 1 points"),
        (RatingScale(-9.95, 9.9, 0.0123), "any value from -9.95 to 9.9 points"),
        (RatingScale(1, 10, 2, (1, 3, 10)), "1, 3, 10 stars"),
        (MARKS, "0 to 100 points in steps of 1"),
    ],
)
def test_a_scale_is_told_in_words(scale, words):
    assert span(scale) == words


def test_only_what_people_call_stars_is_called_so():
    assert [stars_word(one) for one in (STARS, ZERO, RatingScale(1, 10, 1))] == ["stars"] * 3
    assert [stars_word(one) for one in (JOKES, MARKS, PLAYS, BOTH)] == ["points"] * 4


def test_a_fine_step_keeps_its_decimals():
    assert number(RatingScale(0, 100, 0.125), 12.125) == "12.125"
