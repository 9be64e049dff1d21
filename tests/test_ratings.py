"""Ratings are checked when made, and named by their content."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reco_core.errors import DataError
from tests.small_ratings import small_ratings

ROWS = [(0, 1, 3.0), (1, 0, 5.0), (0, 0, 1.0)]


@pytest.fixture
def ratings():
    return small_ratings(ROWS, n_users=2, n_items=2, times=[10, 30, 20])


def test_sizes_and_share_of_the_matrix(ratings):
    assert (len(ratings), ratings.n_users, ratings.n_items) == (3, 2, 2)
    assert ratings.filled == 0.75
    assert ratings.sparsity == 0.25
    assert ratings.user_counts.tolist() == [2, 1]
    assert ratings.item_counts.tolist() == [2, 1]


def test_rows_of_a_user_are_in_file_order(ratings):
    assert ratings.rows_of_user(0).tolist() == [0, 2]
    assert ratings.rows_of_user(1).tolist() == [1]


def test_genre_names_are_sorted_and_without_the_empty_one(ratings):
    table = ratings.item_table.assign(genres=["War|Drama", ""])
    assert replace(ratings, item_table=table).genre_names == ("Drama", "War")


def test_the_fingerprint_is_the_contents(ratings):
    same = small_ratings(ROWS, 2, 2, times=[10, 30, 20])
    assert ratings.fingerprint == same.fingerprint
    assert ratings.fingerprint == replace(ratings, name="other").fingerprint
    others = [
        small_ratings(ROWS, 2, 2, times=[10, 30, 21]),
        small_ratings(ROWS, 2, 2),
        small_ratings(ROWS, 3, 2, times=[10, 30, 20]),
        small_ratings([(0, 1, 4.0), *ROWS[1:]], 2, 2, times=[10, 30, 20]),
    ]
    assert len({ratings.fingerprint, *(other.fingerprint for other in others)}) == 5


def test_an_empty_dataset_is_refused(ratings):
    empty = np.empty(0, dtype=np.int32)
    with pytest.raises(DataError, match="at least one rating"):
        replace(ratings, user_index=empty, item_index=empty, rating=np.empty(0, np.float32), timestamp=None)


@pytest.mark.parametrize("stars", [0.5, 6.0, np.nan])
def test_a_rating_off_the_scale_is_refused(ratings, stars):
    with pytest.raises(DataError, match="from 1 to 5"):
        replace(ratings, rating=np.array([1, 2, stars], dtype=np.float32))


@pytest.mark.parametrize(
    "change",
    [
        {"user_index": np.array([0, 1, 2], dtype=np.int32)},
        {"item_index": np.array([0, -1, 1], dtype=np.int32)},
        {"user_index": np.array([0, 1], dtype=np.int32)},
        {"user_index": np.array([0, 1, 0])},
        {"rating": np.array([1.0, 2.0, 3.0])},
        {"timestamp": np.array([1.0, 2.0, 3.0])},
        {"expected": np.array([1.0, 2.0, 3.0])},
    ],
)
def test_arrays_of_another_length_kind_or_range_are_misuse(ratings, change):
    with pytest.raises(ValueError, match="must be"):
        replace(ratings, **change)


def test_an_item_table_of_another_length_is_misuse(ratings):
    with pytest.raises(ValueError, match="item_table needs 2 rows"):
        replace(ratings, item_table=ratings.item_table.head(1))
