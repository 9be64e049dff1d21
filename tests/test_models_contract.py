"""One contract for all models: what holds for every entry of MODELS."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reco_core.errors import SettingsError
from reco_core.events import EpochEnded
from reco_core.inspect.alike import BASES, alike, near
from reco_core.inspect.neighbours import with_ratings
from reco_core.models import MODELS, get_model
from reco_core.models.item_scorer import ItemScorer
from tests.alike_by_force import brute_force, raters
from tests.planted import SCALE, planted, planted_split
from tests.planted_runs import EVERY, KERAS, PROGRAMS, pairs, small_settings, train, trained

ALIKE = [spec.name for spec in MODELS if spec.has_neighbours]


def test_names_are_unique_and_every_text_is_written() -> None:
    assert len(set(EVERY)) == len(MODELS)
    for spec in MODELS:
        assert all((spec.title, spec.family, spec.sentence.endswith("."), spec.equation, spec.reference)), spec.name
        assert (spec.build is None) != (spec.fit is None)


@pytest.mark.parametrize("name", EVERY)
def test_scores_are_finite_and_their_shapes_are_right(name: str) -> None:
    scorer = trained(name).scorer
    users, items = pairs()
    assert scorer.score(users, items).shape == (200,)
    assert scorer.score(users, items).dtype == np.float32
    every = scorer.score_all(np.arange(7))
    assert every.shape == (7, planted().n_items)
    assert every.dtype == np.float32
    assert np.isfinite(every).all()


@pytest.mark.parametrize("name", [n for n in EVERY if n != "global_mean" and get_model(n).predicts_stars])
def test_a_model_that_learns_beats_the_mean_on_planted_data(name: str) -> None:
    model, rows, ratings = trained(name), planted_split().test, planted()
    predicted = model.scorer.score(ratings.user_index[rows], ratings.item_index[rows])
    error = np.sqrt(np.mean((SCALE.clip(predicted) - ratings.rating[rows]) ** 2))
    of_mean = np.sqrt(np.mean((model.shape.mean - ratings.rating[rows]) ** 2))
    assert error < (0.97 if name in ("user_mean", "item_mean") else 0.85) * of_mean


@pytest.mark.parametrize("name", EVERY)
def test_score_ignores_the_other_rows_and_their_order(name: str) -> None:
    scorer = trained(name).scorer
    users, items = pairs()
    together = scorer.score(users, items)
    assert np.allclose(scorer.score(users[::-1], items[::-1])[::-1], together, atol=1e-6)
    alone = np.concatenate([scorer.score(users[k : k + 1], items[k : k + 1]) for k in range(20)])
    assert np.allclose(alone, together[:20], atol=1e-6)


@pytest.mark.parametrize("name", EVERY)
def test_score_all_agrees_with_score(name: str) -> None:
    scorer, n_items = trained(name).scorer, planted().n_items
    users = np.array([0, 5, -1, 59])
    one_by_one = scorer.score(np.repeat(users, n_items), np.tile(np.arange(n_items), len(users)))
    assert np.allclose(scorer.score_all(users), one_by_one.reshape(len(users), n_items), atol=1e-5)


@pytest.mark.parametrize("name", EVERY)
def test_predicting_changes_nothing(name: str) -> None:
    model = trained(name)
    before = {key: array.copy() for key, array in model.arrays.items()}
    first = model.scorer.score(*pairs())
    model.scorer.score_all(np.arange(5))
    assert np.array_equal(model.scorer.score(*pairs()), first)
    assert all(np.array_equal(before[key], array) for key, array in model.arrays.items())


@pytest.mark.parametrize("name", EVERY)
def test_the_same_seed_gives_the_same_scores_with_a_warm_program(name: str) -> None:
    first = trained(name)
    traces = PROGRAMS.traces
    again = train(name)
    assert PROGRAMS.traces == traces
    assert np.array_equal(again.scorer.score(*pairs()), first.scorer.score(*pairs()))


@pytest.mark.parametrize("name", EVERY)
def test_saved_and_loaded_arrays_give_the_same_scores(name: str, tmp_path: Path) -> None:
    model = trained(name)
    np.savez(tmp_path / "arrays.npz", **model.arrays)
    with np.load(tmp_path / "arrays.npz", allow_pickle=False) as file:
        scorer = model.spec.scorer(dict(file), model.shape, model.settings)
    assert np.array_equal(scorer.score(*pairs()), model.scorer.score(*pairs()))


@pytest.mark.parametrize("name", EVERY)
def test_settings_survive_json(name: str) -> None:
    spec = get_model(name)
    for settings in (spec.parse(), small_settings(spec), *(spec.parse(preset=p.name) for p in spec.presets)):
        assert spec.settings.model_validate_json(settings.model_dump_json()) == settings
        assert spec.parse(settings.model_dump()) == settings


@pytest.mark.parametrize("name", EVERY)
def test_there_is_one_event_per_epoch(name: str) -> None:
    ended = [event for event in trained(name).events if isinstance(event, EpochEnded)]
    planned = 24 if name == "deep_regressor" else 12 if name in KERAS else 1
    assert [event.epoch for event in ended] == list(range(1, planned + 1))
    assert all(event.seconds > 0 and event.ratings_per_second > 0 for event in ended)


@pytest.mark.parametrize("name", ["global_mean", "user_mean", "item_mean", "bias", "popularity"])
def test_a_baseline_knows_nothing_of_an_unknown_id(name: str) -> None:
    model = trained(name)
    expected = 0.0 if name == "popularity" else planted().rating[planted_split().known].mean()
    assert model.scorer.score(np.array([-1]), np.array([-1])) == pytest.approx([expected], abs=1e-5)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("name", ALIKE)
def test_neighbours_are_those_of_brute_force_well_known_and_never_the_item_itself(name: str, basis: str) -> None:
    scorer, counts = trained(name).scorer, planted().item_counts
    likeness, expected = alike(basis, scorer, raters()), brute_force(basis, scorer)
    at_least = int(np.sort(counts)[10])
    for item in (0, 7, 39):
        usable = with_ratings(counts, at_least, item)
        found, scores = near(likeness, item, 8, usable)
        best = np.sort(np.where(usable, expected[item], -np.inf))[::-1][: len(found)]
        assert scores == pytest.approx(best, abs=2e-4) and expected[item][found] == pytest.approx(best, abs=2e-4)
        assert len(found) == min(8, int((expected[item][usable] > 0).sum())) > 0
        assert item not in found and (counts[found] >= at_least).all() and len(set(found.tolist())) == len(found)


@pytest.mark.parametrize("name", ALIKE)
@pytest.mark.parametrize("basis", BASES)
def test_a_block_says_what_single_items_say(name: str, basis: str) -> None:
    likeness, columns = alike(basis, trained(name).scorer, raters()), np.array([2, 30, 5])
    block = likeness.among(np.array([4, 9]), columns)
    assert block == pytest.approx(np.stack([likeness.to(4)[columns], likeness.to(9)[columns]]), abs=1e-6)


@pytest.mark.parametrize("name", [spec.name for spec in MODELS if not spec.has_neighbours])
def test_a_model_without_vectors_or_weights_says_nothing_by_itself(name: str) -> None:
    assert near(alike("raters", trained(name).scorer, raters()), 0, 5)[0].size == 5
    with pytest.raises(SettingsError, match="needs item vectors or weights"):
        alike("learned", trained(name).scorer, raters())


def test_only_models_that_say_so_have_vectors_or_weights() -> None:
    for spec in MODELS:
        scorer = trained(spec.name).scorer
        assert spec.has_vectors == (scorer.item_vectors is not None)
        assert spec.has_weights == isinstance(scorer, ItemScorer)
        assert not (spec.has_vectors and spec.has_weights)
