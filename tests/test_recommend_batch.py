"""Everybody's list, what a new visitor is asked, what-if, and the names of dimensions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core.errors import SettingsError, UnknownIdError
from reco_core.inspect.meaning import meanings
from reco_core.models.folding import fold_in
from reco_core.recommend import batch
from reco_core.recommend.batch import top_of_all
from reco_core.recommend.choose import informative, to_rate
from reco_core.recommend.what_if import what_if
from tests.folding import fitted
from tests.lists import top_n
from tests.planted import ratings_of
from tests.small_ratings import TableScorer, random_ratings, small_ratings


def gathered(blocks):
    parts = list(blocks)
    return tuple(np.concatenate([getattr(p, name) for p in parts]) for name in ("user_index", "item_index", "score"))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1_000), st.integers(1, 12), st.booleans(), st.sampled_from([1, 700, 16_000_000]))
def test_batch_is_top_n_of_each_user_ties_and_gaps_included(seed, k, tied, block):
    ratings, rng = random_ratings(seed, 20, 600, 0.02), np.random.default_rng(seed)
    table = rng.integers(0, 30, (20, 600)).astype(np.float32) if tied else rng.normal(size=(20, 600))
    table[rng.random(table.shape) < 0.05] = np.nan
    table[rng.random(table.shape) < 0.05] = -np.inf
    table[3, 5:] = np.nan
    scorer, before = TableScorer(table), batch._BLOCK
    batch._BLOCK = block
    try:
        users, items, scores = gathered(top_of_all(scorer, ratings, k))
    finally:
        batch._BLOCK = before
    assert users.tolist() == list(range(20))
    for user in users:
        single = top_n(scorer, ratings, int(user), k)
        assert items[user][items[user] >= 0].tolist() == single.item_index.tolist()
        np.testing.assert_array_equal(scores[user][items[user] >= 0], single.score)
        assert np.isnan(scores[user][items[user] < 0]).all()


@pytest.mark.parametrize("name", ["mf", "mf_bias", "mf_nonneg", "neural_bias"])
def test_batch_of_a_model_gives_the_scores_of_top_n(name):
    model = fitted(name, n_users=20, n_items=1_200)
    ratings = random_ratings(1, 20, 1_200, 0.05)
    users, items, scores = gathered(top_of_all(model.scorer, ratings, 10))
    for user in users:
        single = top_n(model.scorer, ratings, int(user), 10)
        np.testing.assert_allclose(scores[user], single.score, atol=1e-5)
        assert len(set(items[user]) & set(single.item_index)) >= 9  # the last may tie within rounding


def test_batch_can_be_limited_to_some_items():
    ratings = random_ratings(2, 6, 30)
    allowed = np.arange(30) % 2 == 0
    _, items, _ = gathered(top_of_all(TableScorer(np.ones((6, 30))), ratings, 10, allowed))
    assert (items[items >= 0] % 2 == 0).all()
    with pytest.raises(SettingsError, match="k must be at least 1"):
        next(top_of_all(TableScorer(np.ones((6, 30))), ratings, 0))


def test_asked_first_is_what_many_rated_and_disputed():
    rows = [(u, 0, 1 + 4 * (u % 2)) for u in range(20)] + [(u, 1, 4) for u in range(20)] + [(0, 2, 1), (1, 2, 5)]
    worth = informative(small_ratings(rows, 20, 4))
    assert worth.argmax() == 0
    assert worth[3] == 0


def test_asked_items_differ_follow_on_and_leave_out_the_rated():
    ratings = random_ratings(3, 40, 60)
    features = np.random.default_rng(0).normal(size=(60, 4))
    first = to_rate(ratings, features, 10)
    assert len(set(first.tolist())) == 10
    assert first[0] == informative(ratings).argmax()
    later = to_rate(ratings, features, 10, without=first.tolist())
    assert not set(later.tolist()) & set(first.tolist())
    assert to_rate(ratings, features, 500, without=first[:5].tolist()).size == 55
    with pytest.raises(SettingsError, match="n must be at least 1"):
        to_rate(ratings, features, 0)


def test_what_if_compares_two_folded_users():
    model, ratings = fitted("mf_bias"), random_ratings(4, 30, 50)
    items, stars = ratings.given_by(5)
    changed = what_if(model, ratings, 5, {int(items[0]): 1.0 if stars[0] > 2 else 5.0})
    np.testing.assert_array_equal(changed.before.folded.score, fold_in(model, items, stars).score)
    assert not set(items.tolist()) & set(changed.after.best.item_index.tolist())
    assert not np.allclose(changed.before.folded.score, changed.after.folded.score)
    same = what_if(model, ratings, 5, {int(items[0]): float(stars[0])})
    assert same.places.tolist() == list(range(1, 11)) and same.most_moved == 0
    shown = changed.after.best.item_index
    moved = np.abs(changed.after.best.score - changed.before.folded.score[shown])
    assert changed.most_moved == pytest.approx(moved.max()) and changed.most_moved > 0
    gone = what_if(model, ratings, 5, {int(items[0]): None})
    np.testing.assert_array_equal(gone.after.folded.score, fold_in(model, items[1:], stars[1:]).score)


def test_what_if_refuses_unknown_users_and_items():
    model, ratings = fitted("mf_bias"), random_ratings(4, 30, 50)
    with pytest.raises(UnknownIdError, match="from 0 to 29"):
        what_if(model, ratings, 30, {})
    with pytest.raises(UnknownIdError, match="from 0 to 49"):
        what_if(model, ratings, 3, {50: 5.0})


def test_a_dimension_is_named_after_the_genre_it_goes_with():
    users, items = (x.ravel() for x in np.indices((25, 30)))
    ratings = ratings_of(users, items, np.full(750, 3.0))
    ratings.item_table["genres"] = ["Horror" if i % 3 == 0 else "Comedy|Drama" for i in range(30)]
    horror = np.array([i % 3 == 0 for i in range(30)], dtype=float)
    noise = np.random.default_rng(0).normal(size=30)
    noise -= (horror - horror.mean()) * (noise @ (horror - horror.mean())) / ((horror - horror.mean()) ** 2).sum()
    found = meanings(np.column_stack([-horror, noise]), ratings)
    assert (found[0].name, round(found[0].correlation, 3)) == ("Comedy", 1.0)
    assert found[1].name == ""
    assert len(found[0].low) == len(found[0].high) == 3
    assert set(found[0].low) <= set(range(0, 30, 3))
