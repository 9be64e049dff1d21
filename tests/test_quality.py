"""The report and the tables behind the charts, on data counted by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reco_core import data
from reco_core.data import quality
from reco_core.encode import RatingScale
from reco_core.ratings import Quality
from tests.small_ratings import small_ratings

DAY = 86_400
ROWS = [(0, 1, 5.0), (0, 0, 3.0), (1, 1, 4.0), (2, 1, 5.0), (2, 2, 1.0)]
TIMES = [0, 0, DAY, 5 * DAY, 5 * DAY]


def bare(times=None):
    """The same rows with neither times nor anything said of the items."""
    plain = small_ratings(ROWS, 3, 3, times=times)
    return replace(plain, item_table=plain.item_table.assign(year=pd.array([None] * 3, dtype="Int64")))


@pytest.fixture
def ratings():
    plain = small_ratings(ROWS, n_users=3, n_items=3, times=TIMES, expected=np.array([5, 3, 4, 5, 3], np.float32))
    table = plain.item_table.assign(
        title=["A", "B", "A"], genres=["Drama", "Drama|War", ""], year=pd.array([1990, None, 2000], dtype="Int64")
    )
    return replace(plain, item_table=table, quality=Quality(lines=9, header=1, refused={"no user": 1}, duplicates=2))


def test_the_report_says_what_is_there_in_types_that_json_has(ratings):
    report = quality.report(ratings)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert (report["ratings"], report["users"], report["items"]) == (5, 3, 3)
    assert report["filled"] + report["sparsity"] == 1
    assert report["filled"] == pytest.approx(5 / 9)
    assert (report["rating_min"], report["rating_max"], report["rating_step"]) == (1, 5, 1)
    assert report["rating_mean"] == pytest.approx(3.6)
    assert report["rating_std"] == pytest.approx(np.std([5, 3, 4, 5, 1], ddof=1))
    assert report["rating_quartiles"] == [3, 4, 5]
    assert (report["time_from"], report["time_to"]) == ("1970-01-01T00:00:00Z", "1970-01-06T00:00:00Z")
    assert (report["rows_read"], report["refused"], report["duplicates"]) == (8, {"no user": 1}, 2)
    assert report["top"][0] == {
        "item": "1", "title": "B", "year": None, "genres": "Drama|War", "count": 3, "mean": pytest.approx(14 / 3),
    }  # fmt: skip
    assert [row["item"] for row in report["top"]] == ["1", "0", "2"]
    assert report["noise_floor"] == pytest.approx(np.sqrt(4 / 5))


def test_a_dataset_without_times_or_truth_reports_without_them():
    report = quality.report(bare())
    assert report["time_from"] is None
    assert report["time_to"] is None
    assert "noise_floor" not in report
    assert report["rows_read"] == 5


def test_times_out_of_any_calendar_are_none():
    report = quality.report(bare(times=[-(2**60), 0, 0, 0, 2**60]))
    assert (report["time_from"], report["time_to"]) == (None, None)


def test_top_items_come_by_count_then_index(ratings):
    top = quality.top_items(ratings, n=2)
    assert top["item_index"].tolist() == [1, 0]
    assert top["count"].tolist() == [3, 1]
    assert top["mean"].tolist() == pytest.approx([14 / 3, 3])
    assert len(quality.top_items(ratings, n=99)) == 3


def test_the_histogram_has_each_level_also_an_empty_one(ratings):
    table = quality.rating_histogram(ratings)
    assert table["rating"].tolist() == [1, 2, 3, 4, 5]
    assert table["count"].tolist() == [1, 0, 1, 1, 2]
    assert table["share"].sum() == pytest.approx(1)


def test_half_stars_fall_into_their_own_bars():
    halves = small_ratings([(0, 0, 1.0), (1, 0, 2.5), (1, 1, 5.0)], 2, 2)
    table = quality.rating_histogram(replace(halves, scale=RatingScale(0.5, 5, 0.5)))
    assert table.set_index("rating")["count"].to_dict()[2.5] == 1
    assert len(table) == 10


def test_a_fine_scale_is_drawn_in_twenty_bins(ratings):
    table = quality.rating_histogram(replace(ratings, scale=RatingScale(1, 5, 0.01)))
    assert len(table) == 20
    assert table["count"].sum() == 5
    assert table["low"].iloc[1:].tolist() == table["high"].iloc[:-1].tolist()


def test_a_scale_too_wide_to_list_is_drawn_all_the_same():
    wide = replace(bare(), rating=np.array([1, 2, 3, 4, 1e30], np.float32), scale=RatingScale(1, 2e30, 1))
    assert quality.rating_histogram(wide)["count"].sum() == 5


def test_activity_counts_each_user_once(ratings):
    assert quality.activity(ratings).to_dict("list") == {"ratings": ["1", "2–4"], "users": [1, 2]}
    busy = small_ratings([(0, i, 1 + i % 5) for i in range(10_000)], 1, 10_000)
    assert quality.activity(busy).to_dict("list") == {"ratings": ["10,000+"], "users": [1]}


def test_the_long_tail_goes_from_nothing_to_everything(ratings):
    tail = quality.long_tail(ratings)
    assert tail["items"].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert tail["ratings"].tolist() == pytest.approx([0, 3 / 5, 4 / 5, 1])


def test_ratings_over_time_are_daily_with_empty_days_while_they_are_few(ratings):
    table = quality.ratings_over_time(ratings)
    assert table["count"].tolist() == [2, 1, 0, 0, 0, 2]
    assert table["time"].iloc[0] == pd.Timestamp("1970-01-01")


@pytest.mark.parametrize("years", [1, 5, 40, 200])
def test_ratings_over_a_long_time_come_in_longer_steps(years):
    times = np.linspace(0, years * 365 * DAY, 5).astype(int)
    table = quality.ratings_over_time(small_ratings(ROWS, 3, 3, times=times))
    assert table["count"].sum() == 5
    assert len(table) <= max(quality.TIME_POINTS, years + 1)


def test_without_times_there_is_an_empty_table():
    assert quality.ratings_over_time(small_ratings(ROWS, 3, 3)).empty


def test_an_item_counts_in_each_of_its_genres(ratings):
    table = quality.genre_counts(ratings).set_index("genre")
    assert table.index.tolist() == ["Drama", "War"]
    assert table["items"].tolist() == [2, 1]
    assert table["ratings"].tolist() == [4, 3]
    assert table["mean"].tolist() == pytest.approx([17 / 4, 14 / 3])


def test_without_genres_there_is_an_empty_table():
    assert quality.genre_counts(small_ratings(ROWS, 3, 3)).empty


def test_the_corner_of_the_most_active_is_empty_where_unrated(ratings):
    table = quality.most_active_matrix(ratings, n_users=2, n_items=3)
    assert table.index.tolist() == [0, 2]
    assert table.columns.tolist() == ["B", "A [0]", "A [2]"]
    assert table.to_numpy().tolist()[0][:2] == [5, 3]
    assert np.isnan(table.to_numpy()).sum() == 2


def test_the_dots_are_where_ratings_are_busiest_first(ratings):
    picture = quality.dot_matrix(ratings)
    assert picture.dtype == np.uint8
    assert (picture > 0).tolist() == [[True, True, False], [True, False, True], [True, False, False]]


def test_a_large_matrix_is_drawn_within_the_size():
    demo = data.load("demo")
    picture = quality.dot_matrix(demo, size=300)
    assert picture.shape == (168, 300)
    assert picture[:50, :50].mean() > 5 * picture[-50:, -50:].mean()
    assert (picture == 0).any()
    assert picture.max() == 255


def test_the_report_of_movielens_100k(data_folder):
    report = quality.report(data.load(data_folder / "ml-100k.zip"))
    assert (report["ratings"], report["users"], report["items"]) == (100_000, 943, 1_682)
    assert (report["duplicates"], report["refused"]) == (0, {})
    assert report["folds"] == ["u1", "u2", "u3", "u4", "u5", "ua", "ub"]
    assert [(row["title"], row["count"]) for row in report["top"]][:3] == [
        ("Star Wars", 583),
        ("Contact", 509),
        ("Fargo", 508),
    ]
    assert len(report["top"]) == 15
