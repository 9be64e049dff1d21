"""Splits: the rows that are promised, disjoint and complete, cold rows counted, clear refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core import data
from reco_core.errors import SettingsError
from reco_core.split import KINDS, SplitSettings, make_split
from tests.small_ratings import random_ratings, small_ratings


def timed(seed: int = 0):
    """Ratings of 20 users with times in a random order, some equal."""
    ratings = random_ratings(seed)
    times = np.random.default_rng(seed).integers(0, 50, len(ratings))
    return replace(ratings, timestamp=times)


def parts(split):
    return np.concatenate([split.train, split.validation, split.test])


@given(
    kind=st.sampled_from(sorted(KINDS)),
    test_size=st.floats(0.05, 0.6),
    val_size=st.floats(0, 0.6),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60, deadline=None)
def test_every_row_is_in_exactly_one_part(kind, test_size, val_size, seed):
    ratings = timed(seed % 5)
    split = make_split(ratings, SplitSettings(kind=kind, test_size=test_size, val_size=val_size, seed=seed))
    assert sorted(parts(split)) == list(range(len(ratings)))
    assert split.left_out == 0
    for rows in (split.train, split.validation, split.test):
        assert rows.dtype == np.int64
        assert (np.diff(rows) > 0).all()
    assert split.known.tolist() == sorted([*split.train, *split.validation])
    assert len(split.validation) == round((len(ratings) - len(split.test)) * val_size)


def test_the_random_split_is_the_one_that_is_fixed_for_good():
    ratings = random_ratings(1)
    n = len(ratings)
    split = make_split(ratings, SplitSettings())
    test = np.random.default_rng(0).permutation(n)[: round(n * 0.2)]
    assert split.test.tolist() == sorted(test)
    rest = np.setdiff1d(np.arange(n), test)
    chosen = np.random.default_rng(0).permutation(len(rest))[: round(len(rest) * 0.1)]
    assert split.validation.tolist() == sorted(rest[chosen])
    assert split.train.tolist() == sorted(np.setdiff1d(rest, rest[chosen]))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_validation_comes_out_of_the_training_rows_in_the_same_way_for_every_kind(kind):
    ratings = timed()
    split = make_split(ratings, SplitSettings(kind=kind, seed=3))
    rest = np.setdiff1d(np.arange(len(ratings)), split.test)
    chosen = np.random.default_rng(3).permutation(len(rest))[: round(len(rest) * 0.1)]
    assert split.validation.tolist() == sorted(rest[chosen])


@pytest.mark.parametrize("kind", ["user", "time"])
def test_each_user_gives_the_same_share_and_keeps_a_row(kind):
    ratings = timed()
    split = make_split(ratings, SplitSettings(kind=kind, test_size=0.9))
    given_rows = np.bincount(ratings.user_index[split.test], minlength=ratings.n_users)
    counts = ratings.user_counts
    assert given_rows.tolist() == np.minimum(np.rint(counts * 0.9), counts - 1).astype(int).tolist()


def test_the_time_split_tests_on_each_users_newest_rows():
    ratings = timed()
    split = make_split(ratings, SplitSettings(kind="time"))
    for user in range(ratings.n_users):
        rows = ratings.rows_of_user(user)
        in_test = np.isin(rows, split.test)
        if in_test.any():
            assert ratings.timestamp[rows[~in_test]].max() <= ratings.timestamp[rows[in_test]].min()


def test_leave_last_takes_one_row_of_each_user_who_has_two():
    rows = [(0, 0, 1), (0, 1, 2), (1, 0, 3), (2, 0, 4), (2, 1, 5)]
    ratings = small_ratings(rows, 3, 2, times=[9, 3, 1, 7, 7])
    split = make_split(ratings, SplitSettings(kind="leave-last", val_size=0))
    assert split.test.tolist() == [0, 4]  # of equal times the row further down is the later one


def test_times_too_far_apart_to_share_a_number_sort_the_same():
    rows = [(0, 0, 1), (0, 1, 2), (1, 0, 3), (1, 1, 4)]
    ratings = small_ratings(rows, 2, 2, times=[2**62, -(2**62), 5, 6])
    assert make_split(ratings, SplitSettings(kind="leave-last", val_size=0)).test.tolist() == [0, 3]


def test_the_seed_chooses_and_the_fingerprint_names_the_rows():
    ratings = random_ratings(2)
    first, again, other = (make_split(ratings, SplitSettings(seed=seed)) for seed in (0, 0, 1))
    assert first.fingerprint == again.fingerprint
    assert first.fingerprint != other.fingerprint
    moved = make_split(ratings, SplitSettings(seed=0, val_size=0.2))
    assert moved.fingerprint != first.fingerprint
    assert moved.test.tolist() == first.test.tolist()


def test_test_rows_of_unseen_users_and_items_are_counted():
    rows = [(0, 0, 1), (0, 1, 2), (1, 0, 3), (1, 2, 4)]
    ratings = small_ratings(rows, 2, 3, times=[1, 2, 1, 2])
    split = make_split(ratings, SplitSettings(kind="leave-last", val_size=0))
    assert split.test.tolist() == [1, 3]
    assert (split.cold_users, split.cold_items) == (0, 2)


def test_a_row_that_only_validation_has_is_cold():
    ratings = small_ratings([(0, 0, 1), (0, 1, 2), (1, 2, 3), (1, 1, 4)], 2, 3)
    for seed in range(20):
        split = make_split(ratings, SplitSettings(test_size=0.25, val_size=0.34, seed=seed))
        seen = set(ratings.item_index[split.train])
        assert split.cold_items == sum(item not in seen for item in ratings.item_index[split.test])


def test_without_validation_all_remaining_rows_train():
    split = make_split(random_ratings(0), SplitSettings(val_size=0))
    assert len(split.validation) == 0
    assert split.known.tolist() == split.train.tolist()


@pytest.mark.parametrize("kind", ["time", "leave-last"])
def test_a_split_by_time_needs_times(kind):
    with pytest.raises(SettingsError, match="Splits by time need a timestamp in every row; small has none"):
        make_split(random_ratings(0), SplitSettings(kind=kind))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "stratified"}, "A split must be one of random, user, time, leave-last, fold:NAME or"),
        ({"kind": "fold:"}, "A split must be one of"),
        ({"test_size": 0}, "test_size must be above 0 and below 1; got 0"),
        ({"test_size": 1.0}, "test_size must be above 0 and below 1; got 1"),
        ({"test_size": float("nan")}, "test_size must be above 0"),
        ({"val_size": 1}, "val_size must be at least 0 and below 1; got 1"),
        ({"val_size": -0.1}, "val_size must be at least 0"),
        ({"seed": -1}, "seed must be 0 or more; got -1"),
        ({"seed": "x"}, "The split's seed is invalid"),
        ({"share": 0.2}, "The split's share is invalid"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_one_sentence(values, message):
    with pytest.raises(SettingsError, match=message) as caught:
        SplitSettings(**values)
    assert "\n" not in str(caught.value)


def test_settings_go_through_json_and_are_frozen():
    split = SplitSettings(kind="user", test_size=0.3, seed=4)
    assert SplitSettings.model_validate_json(split.model_dump_json()) == split
    with pytest.raises(ValueError, match="frozen"):
        split.seed = 5


def test_a_share_that_leaves_nothing_to_test_is_refused():
    with pytest.raises(SettingsError, match="at least one training and one test row; got 2 and 0 of 2"):
        make_split(small_ratings([(0, 0, 1), (1, 1, 2)], 2, 2), SplitSettings(test_size=0.1, val_size=0))


def test_an_unknown_fold_names_those_that_exist():
    ratings = replace(random_ratings(0), folds={"u2": np.arange(3), "u1": np.arange(4)})
    with pytest.raises(SettingsError, match=r"A fold must be one that small has \(u1, u2\); got u9"):
        make_split(ratings, SplitSettings(kind="fold:u9"))
    with pytest.raises(SettingsError, match=r"\(none\)"):
        make_split(random_ratings(0), SplitSettings(kind="fold:u1"))


def test_a_fold_tests_on_its_rows():
    ratings = replace(random_ratings(0), folds={"u1": np.array([5, 2, 9])})
    for kind in ("fold:u1", "fold:u1.base,u1.test"):
        split = make_split(ratings, SplitSettings(kind=kind))
        assert split.test.tolist() == [2, 5, 9]
        assert len(split.known) == len(ratings) - 3


def test_folds_in_files_may_leave_rows_out(tmp_path):
    (tmp_path / "all.csv").write_text("user,item,rating\na,x,1\na,y,2\nb,x,3\nb,y,4\nc,x,5\n")
    (tmp_path / "train.csv").write_text("user,item,rating\nb,y,4\na,x,1\n")
    (tmp_path / "test.tsv").write_text("b\tx\t3\n")
    ratings = data.load(tmp_path / "all.csv")
    kind = f"fold:{tmp_path / 'train.csv'},{tmp_path / 'test.tsv'}"
    split = make_split(ratings, SplitSettings(kind=kind, val_size=0))
    assert (split.train.tolist(), split.test.tolist(), split.left_out) == ([0, 3], [2], 2)


@pytest.mark.parametrize(
    ("test_file", "message"),
    [
        ("user,item,rating\nb,y,4\n", "must not share a rating; train.csv and test.csv share 1"),
        ("user,item,rating\nz,y,4\nb,q,2\n", "must be in all; 2 in test.csv are not"),
        ("", "A fold's file must be a table of ratings: .*test.csv is empty"),
    ],
)
def test_folds_in_files_that_do_not_fit_are_refused(tmp_path, monkeypatch, test_file, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "all.csv").write_text("user,item,rating\na,x,1\na,y,2\nb,x,3\nb,y,4\n")
    (tmp_path / "train.csv").write_text("user,item,rating\nb,y,4\na,x,1\n")
    (tmp_path / "test.csv").write_text(test_file)
    with pytest.raises(SettingsError, match=message):
        make_split(data.load("all.csv"), SplitSettings(kind="fold:train.csv,test.csv"))


def test_a_fold_file_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "all.csv").write_text("user,item,rating\na,x,1\na,y,2\n")
    with pytest.raises(SettingsError, match=r"exists; got nowhere\.csv"):
        make_split(data.load("all.csv"), SplitSettings(kind="fold:nowhere.csv,all.csv"))


def test_the_official_folds_of_movielens_100k(data_folder):
    ratings = data.load(data_folder / "ml-100k.zip")
    every = [make_split(ratings, SplitSettings(kind=f"fold:u{fold}")) for fold in range(1, 6)]
    assert [len(split.test) for split in every] == [20_000] * 5
    assert sorted(np.concatenate([split.test for split in every])) == list(range(100_000))
    assert len(make_split(ratings, SplitSettings(kind="fold:ua")).test) == 943 * 10
    assert (every[0].cold_users, len(every[0].known)) == (0, 80_000)
