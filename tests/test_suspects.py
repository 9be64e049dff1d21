"""What a quality report finds before training: counted by hand, and left in."""

from __future__ import annotations

import pytest

from reco_core import data
from reco_core.data import suspects
from reco_core.data.own import store
from reco_core.data.own.derived import derived, derived_from_zip
from reco_core.errors import DataError
from tests.data_files import MOVIELENS_100K, table, zipped


def ratings_of(tmp_path, rows: list[tuple]):
    text = "user,item,rating,time\n" + "".join(f"{','.join(map(str, row))}\n" for row in rows)
    return data.load(table(tmp_path / "own.csv", text))


def square(users: int, items: int) -> list[tuple]:
    """Every user rates every item, at times of their own."""
    return [(u, i, 1 + (u * i + i) % 5, 10**9 + u * 1000 + i) for u in range(users) for i in range(items)]


def test_a_core_is_what_reading_with_it_leaves(tmp_path):
    ratings = ratings_of(tmp_path, [*square(6, 6), (9, 0, 3, 5), (9, 77, 4, 6), (1, 78, 2, 7)])
    found = suspects.core(ratings, 3)
    assert (found.users_below, found.items_below) == (1, 2)
    read = data.load(f"{tmp_path / 'own.csv'}?core=3")
    assert (found.ratings, found.users, found.items) == (len(read), read.n_users, read.n_items) == (36, 6, 6)
    assert read.quality.filtered == 3
    assert suspects.cores(ratings, (2, 100))["ratings"].tolist() == [36, 0]


def test_users_whose_ratings_are_all_equal_are_listed_from_five_on(tmp_path):
    rows = [*square(3, 6), *((50, i, 4, i) for i in range(5)), *((51, i, 4, i) for i in range(4))]
    found = suspects.constant_users(ratings_of(tmp_path, rows))
    assert found.to_dict("records") == [{"user": 50, "ratings": 5, "stars": 4}]


def test_suspicious_users_are_those_who_rate_too_much_too_fast_or_only_in_extremes(tmp_path):
    rows = [
        *square(40, 10),
        *((100, i, 1 + i % 5, 10**9 + i) for i in range(600)),
        *((101, i, 1 + i % 5, 10**9) for i in range(25)),
        *((102, i, 1 + 4 * (i % 2), 10**9 + i) for i in range(25)),
        *((103, i, 1 + 4 * (i % 2), 10**9) for i in range(19)),
    ]
    found = suspects.suspicious_users(ratings_of(tmp_path, rows))
    assert found["user"].tolist() == [100, 101, 102]
    assert found["why"].tolist() == [
        "60 times as many ratings as the median user",
        "25 ratings at the same second",
        "100% of the ratings are the lowest or the highest",
    ]


def test_extremes_are_nothing_odd_on_a_scale_of_yes_and_no(tmp_path):
    rows = [(u, i, (u + i) % 2, 10**9 + i) for u in range(3) for i in range(30)]
    assert suspects.suspicious_users(ratings_of(tmp_path, rows)).empty


def test_another_dataset_is_made_of_the_same_file_by_another_plan(tmp_path):
    path = table(tmp_path / "own.csv", "user,item,rating\n1,1,2\n1,1,4\n1,2,5\n2,1,1\n2,2,2\n3,3,5\n")
    first = data.add(path, description="Mine.")
    second = derived(first, {"core": 2, "duplicates": "mean"}, "own, 2-core", "ann")
    assert (second.slug, second.description, second.owner, second.sha256) == (
        "own-2-core",
        "Mine.",
        "ann",
        first.sha256,
    )
    assert data.load(second.slug).rating.tolist() == [3, 5, 1, 2]
    assert (second.counts.duplicates, second.counts.filtered, len(data.load("own"))) == (1, 1, 5)
    with pytest.raises(DataError, match="none is left"):
        derived(first, {"core": 100}, "none")
    third = derived_from_zip(zipped(tmp_path / "ml.zip", MOVIELENS_100K), {"core": 1}, "Small")
    assert data.load(third.slug).n_items == 3
    assert sorted(one.slug for one in store.survey().datasets) == ["own", "own-2-core", "small"]
