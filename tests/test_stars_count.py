"""A visitor's stars count in every model that can make them count, and each spec says whether it can."""

from __future__ import annotations

import numpy as np
import pytest

from reco_core.models import MODELS
from reco_core.models.ensemble import COMBINED, Member, to_arrays
from reco_core.models.fitted import Fitted
from reco_core.models.folding import Person
from reco_core.models.implicit_feedback import opinions
from reco_core.recommend.explain import explain
from reco_core.recommend.recommend_to import recommend_to
from tests.planted import planted
from tests.planted_runs import EVERY, trained

SAME_FOR_ALL = {"global_mean", "user_mean", "item_mean", "bias", "popularity"}
FIVE = (1, 6, 11, 19, 30)
FLIPS = [(1, 1, 0, 0, 0), (1, 0, 1, 0, 1)]
RANKING = [spec.name for spec in MODELS if not spec.predicts_stars]


def fitted(name: str) -> Fitted:
    model = trained(name)
    return Fitted(model.spec, model.settings, model.shape, model.arrays, model.scorer, 1_000)


def visitor(likes: tuple[int, ...]) -> Person:
    """Somebody who gave the five items the most stars or the least."""
    scale = planted().scale
    return Person.new({item: scale.max if like else scale.min for item, like in zip(FIVE, likes, strict=True)})


@pytest.mark.parametrize(
    ("name", "likes"),
    # To a model of stars, one who rates everything high may only be generous, which changes no order.
    [(name, likes) for name in EVERY for likes in FLIPS] + [(name, (1, 1, 1, 1, 1)) for name in RANKING],
)
def test_turning_five_ratings_round_changes_the_list_or_the_spec_says_that_it_cannot(name: str, likes):
    model = fitted(name)
    lists = [
        recommend_to(model, planted(), visitor(way)).item_index.tolist()
        for way in (likes, tuple(1 - like for like in likes))
    ]
    assert (lists[0] != lists[1]) == model.stars_count
    assert model.stars_count == (name not in SAME_FOR_ALL)


@pytest.mark.parametrize("name", EVERY)
def test_no_reason_for_a_movie_is_one_that_was_disliked(name: str):
    model, person = fitted(name), visitor((1, 0, 1, 0, 0))
    disliked = {item for item, like in zip(FIVE, (1, 0, 1, 0, 0), strict=True) if not like}
    for item in recommend_to(model, planted(), person).item_index[:5]:
        why = explain(model, person, int(item))
        assert all(part.value <= 0 for part in why.parts if part.kind == "rated" and part.index in disliked)
        assert not disliked & {index for index, _ in why.near}


@pytest.mark.parametrize("name", ["ease", "item_knn"])
def test_a_trained_users_low_ratings_are_told_apart_from_what_was_liked(name: str):
    model, ratings = fitted(name), planted()
    person = Person.known(ratings, 3)
    why = explain(model, person, int(recommend_to(model, ratings, person).item_index[0]))
    assert why.start + sum(part.value for part in why.parts) == pytest.approx(why.score, abs=1e-5)
    assert why.score == pytest.approx(float(model.scorer.score_all(np.array([3]))[0, why.item_index]), abs=1e-5)
    low = set(person.items[opinions(person.stars, ratings.scale, model.settings) < 0].tolist())
    assert low and all(part.value <= 0 for part in why.parts if part.kind == "rated" and part.index in low)
    assert [part.kind for part in why.parts].count("interest") == 1


@pytest.mark.parametrize(("names", "count"), [(("bias", "popularity"), False), (("bias", "ease"), True)])
def test_an_ensemble_counts_stars_where_a_member_does(names, count: bool):
    members = [trained(name) for name in names]
    arrays = to_arrays([Member(one.spec, one.settings, one.shape.mean, one.arrays) for one in members])
    spec = next(spec for spec in COMBINED if not spec.predicts_stars)
    model = Fitted.of(spec, spec.settings(runs=names, weights=(0.5, 0.5)), members[0].shape, arrays)
    assert model.stars_count == count


def test_every_model_says_how_it_takes_a_visitor_in_or_that_it_gives_everybody_the_same():
    for spec in MODELS:
        assert spec.fold_in is not None or not spec.personal, spec.name
