"""Lists made of scores: every control by hand, and what is always true of a list."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core.errors import SettingsError
from reco_core.recommend.diverse import most_diverse
from reco_core.recommend.item_features import ItemFacts
from reco_core.recommend.rerank import ListSettings, rerank
from tests.small_ratings import random_ratings

SCORES = np.array([5.0, 4.5, 4.0, 3.5, 3.0, 2.0])
FACTS = ItemFacts(
    counts=np.array([1, 100, 50, 2, 10, 0]),
    years=np.array([1990, 1995, np.nan, 2000, 1980, 1999]),
    genres=np.array([[1, 0], [1, 0], [0, 1], [0, 1], [1, 1], [0, 0]], dtype=bool),
    genre_names=("Comedy", "Drama"),
)
NOBODY = np.array([], dtype=np.int64)


def listed(seen=NOBODY, second=None, **values) -> list[int]:
    return rerank(SCORES, ListSettings(n=values.pop("n", 3), **values), FACTS, seen, second).item_index.tolist()


def test_without_controls_it_is_the_models_own_list():
    made = rerank(SCORES, ListSettings(n=4), FACTS, np.array([1]))
    assert made.item_index.tolist() == [0, 2, 3, 4]
    assert [step.name for step in made.steps] == ["model"]
    assert made.moved.tolist() == [0, 0, 0, 0]
    np.testing.assert_array_equal(made.score, SCORES[[0, 2, 3, 4]].astype(np.float32))


def test_seen_items_can_be_shown():
    assert listed(seen=np.array([0]), hide_seen=False) == [0, 1, 2]


def test_equal_scores_come_by_index_and_nan_never_comes():
    scores = np.array([1.0, np.nan, 2.0, 2.0, -np.inf])
    facts = ItemFacts(np.ones(5), np.ones(5), np.zeros((5, 0), dtype=bool), ())
    assert rerank(scores, ListSettings(n=9), facts, NOBODY).item_index.tolist() == [2, 3, 0]


def test_damping_draws_little_rated_items_to_the_mean():
    made = rerank(SCORES, ListSettings(n=3, damping=10), FACTS, NOBODY)
    mean = SCORES.mean()
    worth = mean + (SCORES - mean) * FACTS.counts / (FACTS.counts + 10)
    assert made.item_index.tolist() == np.argsort(-worth)[:3].tolist() == [1, 2, 0]
    assert made.places.tolist() == [[2, 3, 1], [1, 2, 3]]
    assert made.moved.tolist() == [1, 1, -2]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"at_least": 10}, [1, 2, 4]),
        ({"genres": ("Drama",)}, [2, 3, 4]),
        ({"genres": ("Drama", "Comedy"), "n": 9}, [0, 1, 2, 3, 4]),
        ({"years": (1990, None)}, [0, 1, 3]),
        ({"years": (None, 1990), "n": 9}, [0, 4]),
    ],
)
def test_filters_keep_what_fits(values, expected):
    assert listed(**values) == expected


def test_blend_is_of_standardised_scores():
    second = np.array([0, 0, 0, 0, 1000.0, 0])
    z = lambda x: (x - x.mean()) / x.std()  # noqa: E731
    assert listed(second=second, blend=0.5, n=6) == np.argsort(-(z(SCORES) + z(second)), kind="stable").tolist()
    assert listed(second=second, blend=1.0, n=1) == [4]


def test_diversity_passes_over_what_is_like_the_first():
    features = np.array([[1, 0], [1, 0.01], [0, 1], [0, 1], [1, 1], [1, 0]])
    made = rerank(SCORES, ListSettings(n=2, diversity=0.5), FACTS, NOBODY, features=features)
    assert made.item_index.tolist() == [0, 2]
    assert made.steps[-1].name == "diversity"
    assert made.steps[-1].changed == 1


def test_each_step_says_how_many_entries_it_replaced():
    made = rerank(SCORES, ListSettings(n=3, damping=10, genres=("Drama",)), FACTS, NOBODY)
    assert [(step.name, step.changed) for step in made.steps] == [("model", 0), ("damping", 0), ("filters", 2)]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"n": 0}, "n must be at least 1; got 0"),
        ({"blend": 1.5}, "blend must be from 0 to 1; got 1.5"),
        ({"damping": -1}, "damping must be 0 or more; got -1"),
        ({"diversity": float("nan")}, "diversity must be from 0 to 1; got nan"),
        ({"years": (2000, 1990)}, "years must be the first one, then the last one"),
    ],
)
def test_settings_outside_their_range_are_refused(values, sentence):
    with pytest.raises(SettingsError, match=sentence):
        ListSettings(**values)


def test_unknown_genre_and_missing_second_run_are_refused():
    with pytest.raises(SettingsError, match=r"one of this dataset's \(Comedy, Drama\); got Western"):
        listed(genres=("Western",))
    with pytest.raises(SettingsError, match="needs a second run"):
        listed(blend=0.5)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10_000),
    st.integers(1, 40),
    st.floats(0, 50),
    st.integers(0, 10),
    st.floats(0, 1),
    st.floats(0, 1),
    st.booleans(),
)
def test_a_list_has_no_doubles_nothing_seen_and_consistent_places(seed, n, damping, at_least, diversity, blend, hide):
    ratings = random_ratings(seed)
    rng = np.random.default_rng(seed)
    facts, seen = ItemFacts.of(ratings), ratings.item_index[ratings.rows_of_user(0)]
    wanted = ListSettings(n=n, damping=damping, at_least=at_least, diversity=diversity, blend=blend, hide_seen=hide)
    made = rerank(
        rng.normal(size=ratings.n_items),
        wanted,
        facts,
        seen,
        rng.normal(size=ratings.n_items),
        rng.normal(size=(30, 4)),
    )
    items = made.item_index
    assert len(items) == len(set(items.tolist())) <= n
    assert not hide or not set(items.tolist()) & set(seen.tolist())
    assert (facts.counts[items] >= at_least).all()
    assert made.places[-1].tolist() == list(range(1, len(items) + 1))
    assert len(made.places) == len(made.steps)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 20), st.integers(1, 25), st.floats(0, 1))
def test_diverse_choice_is_a_choice_without_doubles_that_begins_with_the_best(seed, n, k, diversity):
    rng = np.random.default_rng(seed)
    relevance = rng.normal(size=n)
    chosen = most_diverse(relevance, rng.normal(size=(n, 3)), k, diversity)
    assert len(set(chosen.tolist())) == len(chosen) == min(n, k)
    if diversity < 1:
        assert chosen[0] == relevance.argmax()
    if diversity == 0:
        assert chosen.tolist() == np.argsort(-relevance)[:k].tolist()


def test_diversity_outside_its_range_is_refused_and_nothing_gives_nothing():
    with pytest.raises(SettingsError, match="from 0 to 1; got 2"):
        most_diverse(np.ones(2), np.ones((2, 1)), 1, 2)
    assert len(most_diverse(np.array([]), np.ones((0, 2)), 3, 0.5)) == 0
