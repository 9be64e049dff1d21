"""The demo is the same everywhere, looks like MovieLens, and knows its own truth."""

from __future__ import annotations

import hashlib
import re
import time

import numpy as np
import pandas as pd
import pytest

from reco_core import data
from reco_core.data.demo import NOISE, _expected, demo
from reco_core.data.demo_genres import GENRES
from reco_core.data.demo_words import WORDS
from reco_core.data.portable_random import Draws
from reco_core.evaluation.baselines import fitted
from reco_core.evaluation.ranking import ranking_metrics
from reco_core.split import SplitSettings, make_split

FINGERPRINT = "a4ebc7cf1ed930b3"
TITLES = "76572d17fb5d9546"
EXPECTED = "20e9a7cac0abff59"


@pytest.fixture(scope="module")
def ratings():
    return demo()


def test_it_is_made_once_and_read_from_its_copy_afterwards(ratings, monkeypatch):
    data.load("demo")
    monkeypatch.setattr("reco_core.data.demo.demo", lambda: pytest.fail("made again"))
    again = data.load("demo")
    assert (again.name, again.fingerprint, again.scale) == ("demo", FINGERPRINT, ratings.scale)
    assert (again.source, again.quality) == (ratings.source, ratings.quality)
    np.testing.assert_array_equal(again.expected, ratings.expected)
    pd.testing.assert_frame_equal(again.item_table, ratings.item_table)
    pd.testing.assert_frame_equal(again.user_table, ratings.user_table)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def genre_flags(ratings) -> np.ndarray:
    """1 where the item is of the genre: [n_items, n_genres]."""
    return ratings.item_table["genres"].str.get_dummies("|").to_numpy(float)


def rmse(left, right) -> float:
    return float(np.sqrt(np.mean((np.asarray(left, dtype=float) - right) ** 2)))


def test_it_is_the_same_on_every_machine(ratings):
    assert ratings.fingerprint == FINGERPRINT
    assert digest("\n".join(ratings.item_table["title"]).encode()) == TITLES
    assert digest(ratings.expected.astype("<f4").tobytes()) == EXPECTED


def test_the_draws_below_it_are_the_same_on_every_machine():
    draws = Draws(7)
    assert draws.uniform(2).tolist() == [0.625095466604667, 0.8972138009695755]
    assert draws.normal(2).tolist() == [0.757703, -0.754724]
    assert draws.below(1000, 3).tolist() == [300, 873, 5]
    assert draws.weighted([1, 0, 2], 6).tolist() == [2, 2, 2, 0, 0, 0]


def test_it_is_made_within_two_seconds():
    demo()
    started = time.process_time()
    demo()
    assert time.process_time() - started < 2


def test_its_sizes_and_histogram_are_like_movielens(ratings):
    assert (len(ratings), ratings.n_users, ratings.n_items) == (100_000, 943, 1_682)
    shares = np.bincount(ratings.rating.astype(int), minlength=6)[1:] / len(ratings)
    assert shares == pytest.approx([0.06, 0.11, 0.27, 0.34, 0.21], abs=0.04)
    assert ratings.rating.mean() == pytest.approx(3.53, abs=0.04)
    assert ratings.user_counts.min() >= 20
    assert ratings.item_counts.min() >= 1


def test_its_popularity_has_a_long_tail(ratings):
    counts = np.sort(ratings.item_counts)[::-1]
    assert counts[0] > 10 * np.median(counts)
    assert 0.4 < counts[:168].sum() / len(ratings) < 0.55


def test_films_with_the_same_raters_share_genres(ratings):
    often, train = np.flatnonzero(ratings.item_counts >= 20), make_split(ratings, SplitSettings()).train
    rated = np.zeros((ratings.n_items, ratings.n_users))
    rated[ratings.item_index[train], ratings.user_index[train]] = 1
    rated, genres = rated[often], genre_flags(ratings)[often]
    cosine = rated @ rated.T / np.sqrt(np.outer(rated.sum(axis=1), rated.sum(axis=1)))
    np.fill_diagonal(cosine, -1)
    both = genres @ genres.T
    overlap = both / (genres.sum(axis=1)[:, None] + genres.sum(axis=1) - both)
    near = np.take_along_axis(overlap, np.argsort(-cosine, axis=1)[:, :10], axis=1).mean()
    assert 2.0 <= near / overlap[~np.eye(len(often), dtype=bool)].mean() <= 3.0


def test_people_give_more_stars_to_the_genres_that_they_rate_more_of(ratings):
    user, item, stars = ratings.user_index, ratings.item_index, ratings.rating
    shares = genre_flags(ratings) / genre_flags(ratings).sum(axis=1, keepdims=True)
    seeks = np.zeros((ratings.n_users, shares.shape[1]))
    np.add.at(seeks, user, shares[item])
    seeks /= seeks.sum(axis=1, keepdims=True)
    seeks /= seeks.mean(axis=0)
    left = stars - (np.bincount(user, stars) / ratings.user_counts)[user]
    left -= (np.bincount(item, left) / ratings.item_counts)[item]
    assert 0.05 < np.corrcoef(np.sum(seeks[user] * shares[item], axis=1), left)[0, 1] < 0.1


def test_popularity_is_as_good_a_list_as_on_movielens(ratings):
    split = make_split(ratings, SplitSettings())
    found = ranking_metrics(fitted("popularity", ratings, split.known), ratings, split.known, split.test)
    assert found["ndcg@10"] == pytest.approx(0.214, abs=0.01)


def test_no_user_rates_an_item_twice(ratings):
    pairs = ratings.user_index.astype(np.int64) * ratings.n_items + ratings.item_index
    assert len(np.unique(pairs)) == len(ratings)


def test_rows_are_in_the_order_of_time_over_some_months(ratings):
    assert (np.diff(ratings.timestamp) >= 0).all()
    days = (ratings.timestamp[-1] - ratings.timestamp[0]) / 86_400
    assert 180 < days < 270
    visits = [len(np.unique(ratings.timestamp[ratings.rows_of_user(user)] // 86_400)) for user in range(50)]
    assert max(visits) <= 8  # one to four sessions, each of which may pass midnight


def test_titles_are_all_different_and_years_and_genres_are_there(ratings):
    items = ratings.item_table
    assert items["title"].is_unique
    assert not items["title"].str.contains(r"[{}_]|  |\bA [AEIO]", regex=True).any()
    assert items["year"].between(1925, 2023).all()
    assert set(ratings.genre_names) == set(GENRES) == set(WORDS)
    assert len(ratings.genre_names) == 18
    assert (items["genres"] != "").all()


def test_users_have_age_gender_and_occupation(ratings):
    users = ratings.user_table
    assert users["age"].between(13, 79).all()
    assert set(users["gender"]) == {"F", "M", "X"}
    assert users["occupation"].nunique() > 15


def test_no_title_is_a_real_films(ratings, data_folder):
    def plain(title: str) -> str:
        return re.sub(r"[^a-z0-9]", "", re.sub(r" \(.*|^(the|a|an) ", "", title.lower()))

    real = {
        plain(title)
        for name in ("ml-100k.zip", "ml-1m-users-1-2998.zip", "ml-latest-small.zip")
        for title in data.load(data_folder / name).item_table["title"]
    }
    assert [title for title in ratings.item_table["title"] if plain(title) in real] == []


def test_the_expected_rating_is_the_mean_of_what_the_truth_gives():
    truth = np.array([0.2, 2.5, 3.0, 4.4, 6.0])
    noise = np.random.default_rng(0).normal(scale=NOISE, size=(200_000, 1))
    given = np.clip(np.floor(truth + noise + 0.5), 1, 5).mean(axis=0)
    assert _expected(truth) == pytest.approx(given, abs=0.01)


def test_the_noise_floor_lies_below_what_biases_reach_and_above_zero(ratings):
    order = np.random.default_rng(0).permutation(len(ratings))
    test, train = order[:20_000], order[20_000:]
    user, item, stars = ratings.user_index, ratings.item_index, ratings.rating.astype(float)
    mean = stars[train].mean()
    item_bias, user_bias = np.zeros(ratings.n_items), np.zeros(ratings.n_users)
    for _ in range(5):
        left = stars[train] - mean - user_bias[user[train]]
        item_bias = np.bincount(item[train], left, ratings.n_items) / (np.bincount(item[train], minlength=1682) + 5)
        left = stars[train] - mean - item_bias[item[train]]
        user_bias = np.bincount(user[train], left, ratings.n_users) / (np.bincount(user[train], minlength=943) + 8)
    assert 1.10 < rmse(stars[test], mean) < 1.13
    assert 0.94 < rmse(stars[test], np.clip(mean + user_bias[user[test]] + item_bias[item[test]], 1, 5)) < 0.965
    assert 0.84 <= rmse(stars[test], ratings.expected[test]) < 0.87
    assert abs((stars - ratings.expected).mean()) < 0.01


def test_load_gives_the_demo_by_name(ratings):
    assert data.load("demo").fingerprint == ratings.fingerprint
    assert data.load("demo").name == "demo"
