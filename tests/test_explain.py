"""Reasons: parts that add up to the score exactly, and the ratings that stand behind it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core.errors import UnknownIdError
from reco_core.models.fitted import Fitted
from reco_core.models.folding import Person, fold_in
from reco_core.models.folding import folded as folded_of
from reco_core.models.folding.folded import checked
from reco_core.models.reasons import MOST_LEFT_OUT
from reco_core.recommend.explain import explain, explain_all, nearest_liked
from tests.folding import DOTS, fitted, some_ratings
from tests.small_ratings import random_ratings
from tests.test_fold_in import baseline


def known(model: Fitted, user: int) -> Person:
    return Person.known(random_ratings(0, model.shape.n_users, model.shape.n_items), user)


def total(why) -> float:
    return why.start + sum(part.value for part in why.parts)


@pytest.mark.parametrize("name", DOTS)
@pytest.mark.parametrize("output", ["linear", "sigmoid", "relu"])
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 29), st.integers(0, 49))
def test_parts_add_up_to_the_score_of_the_model(name, output, user, item):
    model = fitted(name, **({} if name == "mf_bce" else {"output": output}))
    why = explain(model, known(model, user), item)
    assert total(why) == pytest.approx(why.score, abs=1e-9)
    assert why.score == pytest.approx(float(model.scorer.score(np.array([user]), np.array([item]))[0]), abs=1e-5)
    assert sum(part.kind == "dimension" for part in why.parts) == 6


def test_parts_of_a_linear_model_are_its_terms():
    model = fitted("mf_bias", output="linear")
    scorer, why = model.scorer, explain(model, known(model, 3), 8)
    assert why.start == 3.5
    values = {(part.kind, part.index): part.value for part in why.parts}
    assert values["user", -1] == pytest.approx(scorer.user_bias[3])
    assert values["item", -1] == pytest.approx(scorer.item_bias[8])
    assert values["dimension", 2] == pytest.approx(scorer.user_vectors[3, 2] * scorer.item_vectors[8, 2])


@pytest.mark.parametrize("name", DOTS)
def test_parts_of_a_new_visitor_add_up_to_the_folded_score(name):
    model = fitted(name)
    rated = some_ratings(model)
    folded = fold_in(model, *rated)
    for item in range(0, 50, 7):
        why = explain(model, Person(*rated), item)
        assert total(why) == pytest.approx(why.score, abs=1e-9)
        assert why.score == pytest.approx(float(folded.score[item]), abs=1e-5)


@pytest.mark.parametrize("name", ["global_mean", "user_mean", "item_mean", "bias", "popularity"])
def test_baselines_are_explained_by_their_parts(name):
    model = baseline(name)
    person = Person.known(random_ratings(0, 20, 10), 4)
    why = explain(model, person, 6)
    assert total(why) == pytest.approx(why.score)
    assert why.score == pytest.approx(float(model.scorer.score(np.array([4]), np.array([6]))[0]), rel=1e-6)
    folded = fold_in(model, [1, 2], [5, 1])
    new = explain(model, Person.new({1: 5, 2: 1}, 0), 6)
    assert new.score == pytest.approx(float(folded.score[6]), rel=1e-6)


def test_of_a_network_each_part_is_the_change_without_that_rating():
    model = fitted("neural_bias", size=1.0)
    items, stars = some_ratings(model, 6)
    folded = fold_in(model, items, stars)
    target = next(i for i in range(50) if i not in items)
    why = explain(model, Person(items, stars), target)
    assert why.method == "left out"
    assert {part.index for part in why.parts} == set(items.tolist())
    part = next(part for part in why.parts if part.index == items[2])
    kept = np.arange(6) != 2
    without = fold_in(model, items[kept], stars[kept]).score[target]
    assert part.value == pytest.approx(float(folded.score[target] - without), abs=1e-6)


def test_items_of_one_list_are_explained_as_each_alone_and_a_rating_is_left_out_once(monkeypatch):
    model = fitted("neural_bias", size=1.0)
    person = Person(*some_ratings(model, 12))
    alone = [explain(model, person, item) for item in (3, 9, 30)]
    folded: list[int] = []
    monkeypatch.setattr(folded_of, "checked", lambda *given: folded.append(len(given[1])) or checked(*given))
    together = explain_all(model, person, [3, 9, 30])
    assert [why.parts for why in together] == [why.parts for why in alone] and together == alone
    assert folded.count(12) == 1 and folded.count(11) == 12


def test_of_many_ratings_a_network_leaves_out_those_most_alike():
    model = fitted("neural")
    items, stars = some_ratings(model, 40)
    why = explain(model, Person(items, np.maximum(stars, 3)), 5)
    assert len(why.parts) == MOST_LEFT_OUT


def test_a_disliked_movie_is_told_only_where_it_speaks_against():
    model = fitted("neural_bias", size=1.0)
    items, stars = some_ratings(model, 20)
    disliked = set(items[stars < 3].tolist())
    told = [explain(model, Person(items, stars), item) for item in range(0, 50, 5)]
    values = [part.value for why in told for part in why.parts if part.index in disliked]
    assert values and max(values) <= 0
    assert any(part.value > 0 for why in told for part in why.parts)
    assert not disliked & {item for why in told for item, _ in why.near}


def test_nearest_liked_are_rated_at_least_as_the_mean_and_liked_and_alike():
    model = fitted("mf")
    model.scorer.item_vectors[[0, 1, 2, 3]] = np.eye(6)[[0, 0, 1, 0]]
    person = Person(np.array([0, 1, 2]), np.array([5.0, 1.0, 5.0]))
    assert [item for item, _ in nearest_liked(model, person, 3)] == [0]
    assert nearest_liked(model, Person(np.array([0, 1]), np.array([2.0, 2.0])), 3) == ()
    assert nearest_liked(model, Person(np.array([], dtype=np.int64), np.array([])), 3) == ()


def test_unknown_items_and_users_are_refused():
    model = fitted("mf")
    with pytest.raises(UnknownIdError, match="from 0 to 49; got 50"):
        explain(model, known(model, 1), 50)
    with pytest.raises(UnknownIdError, match="from 0 to 29; got 30"):
        known(model, 30)
