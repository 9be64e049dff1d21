"""Settings that follow the data: nothing changes on MovieLens 100K, and nowhere is the result worse than biases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import lookalikes
from benchmarks.fitting import fit
from reco_core import data
from reco_core.encode import RatingScale
from reco_core.models import MODELS, get_model
from reco_core.models.damped_start import DAMPING, with_damped_biases
from reco_core.models.data_facts import DataFacts
from reco_core.models.recommended import recommended
from reco_core.models.spec import Shape
from reco_core.ratings import Ratings
from reco_core.runs import RunStore
from reco_core.runs.chosen import command_of
from reco_core.split import SplitSettings, make_split
from tests.commands import Answer
from tests.planted_runs import PROGRAMS
from tests.small_ratings import random_ratings, small_ratings
from tests.tiny import write_csv

SUITED = [spec for spec in MODELS if spec.suits is not None]
MF_BIAS = get_model("mf_bias")
ML_100K = DataFacts(n_ratings=100_000, n_users=943, n_items=1682, low=1, high=5, per_user=153.3, per_item=119.7)
DATASETS = {
    "books": lookalikes.books(8_000),
    "graded books": lookalikes.books(8_000, zeros=False),
    "jokes": lookalikes.jokes(),
    **{name: lookalikes.all_kinds()[name] for name in ("0 to 100", "0 to 5,000", "0 or 1", "6 ratings each")},
}


def rmse(model: str, ratings: Ratings, values: object = None) -> float:
    """On the test rows of a random split, learned anew from all others for the epochs that validation chose."""
    split = make_split(ratings, SplitSettings(val_size=0.0))
    return fit(get_model(model), ratings, split, 0, values, programs=PROGRAMS).figures(ratings)["rmse"]


@pytest.mark.parametrize("name", DATASETS)
def test_what_is_recommended_is_never_worse_than_biases_by_more_than_half_a_percent(name: str):
    ratings = DATASETS[name]
    assert rmse("mf_bias", ratings, recommended(MF_BIAS, ratings).values) < 1.005 * rmse("bias", ratings)


def test_the_defaults_are_worse_than_biases_where_ratings_are_few_or_the_scale_is_wide():
    for name, worse in (("books", 1.04), ("0 to 100", 1.02)):
        assert rmse("mf_bias", DATASETS[name]) > worse * rmse("bias", DATASETS[name])


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.name)
def test_the_demo_like_movielens_100k_keeps_the_defaults(spec):
    assert spec.suits is None or spec.suits(spec.parse(), ML_100K).values == {}
    found = recommended(spec, data.load("demo"))
    assert (found.settings, found.values, found.why) == (spec.parse(), {}, "")


@pytest.mark.parametrize("spec", SUITED, ids=lambda spec: spec.name)
def test_what_is_recommended_is_what_the_model_takes(spec):
    for ratings in DATASETS.values():
        found = recommended(spec, ratings)
        assert bool(found.values) == found.why.endswith(".")
        assert found.settings == spec.parse(found.values)


def test_reco_train_takes_what_is_recommended_says_why_and_names_the_run_by_what_else_was_set(tmp_path: Path):
    csv = write_csv(tmp_path / "few.csv")
    found = Answer("train", csv, "--set", "epochs=1", "--set", "dim=2", "--json")
    run = RunStore().open(found.json["run"])
    assert "Settings for this dataset: Few ratings per user or item (about 1" in found.err
    assert (run.settings.bias_init, run.settings.epochs, run.name) == ("damped", 1, "Biased MF, dim 2, epochs 1")
    assert run.info.recommended == recommended(MF_BIAS, data.load(csv)).values
    assert command_of(run.info).endswith("--model mf_bias --set dim=2 --set epochs=1")
    plain = Answer("train", csv, "--defaults", "--set", "epochs=1", "--json").json["run"]
    assert RunStore().open(plain).settings == MF_BIAS.parse({"epochs": 1})
    preset = Answer("train", csv, "--preset", "notebook-a", "--set", "epochs=1", "--json").json["run"]
    assert RunStore().open(preset).settings == MF_BIAS.parse({"epochs": 1}, "notebook-a")


def test_facts_count_what_a_typical_rating_meets():
    """Item 0 has two ratings, item 1 has one, one user has two, another one; the third of each has none."""
    facts = DataFacts.of(small_ratings([(0, 0, 1.0), (0, 1, 5.0), (1, 0, 3.0)], 3, 3))
    assert (facts.n_ratings, facts.n_users, facts.n_items, facts.width) == (3, 2, 2, 4)
    assert facts.per_user == facts.per_item == facts.per_row == pytest.approx(2 ** (2 / 3))


def test_penalties_follow_the_square_of_the_scale_and_the_root_of_what_a_row_has():
    facts = replace(ML_100K, low=-10, high=10)
    values = MF_BIAS.suits(MF_BIAS.parse(), facts).values
    assert values == {"l2": pytest.approx(0.06 * 25), "bias_l2": pytest.approx(0.005 * 25)}
    few = MF_BIAS.suits(MF_BIAS.parse(), replace(ML_100K, per_user=12.5, per_item=12.5)).values
    assert (few["l2"], few["bias_init"]) == (pytest.approx(0.06 * 2 * 2), "damped")
    bce = get_model("mf_bce")
    assert bce.suits(bce.parse(), facts).values == {}, "cross-entropy is of shares of the scale"


@pytest.mark.parametrize("width", [1e-30, 1e30])
@pytest.mark.parametrize("spec", SUITED, ids=lambda spec: spec.name)
def test_any_width_of_a_scale_gives_settings_within_their_limits(spec, width: float):
    ratings = random_ratings(3)
    wide = replace(ratings, rating=np.float32(0) * ratings.rating, scale=RatingScale(0, width, width))
    assert recommended(spec, wide).settings


def test_stars_of_another_scale_are_learned_alike_by_vectors_alone():
    """mf in stars: with the scale, its steps, first values and penalty grow so that the same is learned."""
    spec, ratings = get_model("mf"), random_ratings(3)
    wide = replace(ratings, rating=ratings.rating * 16, scale=RatingScale(16, 80, 16))
    assert rmse("mf", wide, recommended(spec, wide).values) == pytest.approx(16 * rmse("mf", ratings), rel=0.01)


@pytest.mark.parametrize("output", ["linear", "sigmoid"])
def test_damped_biases_begin_where_the_closed_form_is_or_better(output: str):
    """Before any training, the model's squared error is at most that of the damped biases on the rows they are of."""
    ratings = DATASETS["0 to 100"]
    rows = (ratings.user_index, ratings.item_index, ratings.rating)
    settings = MF_BIAS.parse({"bias_init": "damped", "output": output})
    shape = Shape.of(ratings, float(ratings.rating.mean(dtype=np.float64)))
    zeros = {weight.name: np.zeros(weight.shape, np.float32) for weight in MF_BIAS.layout(settings, shape)}
    first = MF_BIAS.scorer(with_damped_biases(zeros, settings, shape, rows), shape, settings)
    bias = get_model("bias")
    usual = bias.scorer(bias.fit(*rows, shape, bias.parse()), shape, bias.parse())
    errors = [np.mean((scorer.score(*rows[:2]) - rows[2]) ** 2) for scorer in (first, usual)]
    assert errors[0] < 1.01 * errors[1]


def test_one_users_damped_bias_is_known_by_hand():
    """Two ratings of 5 by one user, two of 1 by another, all of one item: biases of 2 * 2 / (2 + 5), the mean is 3."""
    ratings = small_ratings([(0, 0, 5.0), (0, 0, 5.0), (1, 0, 1.0), (1, 0, 1.0)], 2, 1)
    settings = MF_BIAS.parse({"bias_init": "damped", "output": "linear"})
    arrays = {"user_bias": np.zeros((2, 1), np.float32), "item_bias": np.zeros((1, 1), np.float32)}
    rows = (ratings.user_index, ratings.item_index, ratings.rating)
    found = with_damped_biases(arrays, settings, Shape.of(ratings, 3.0), rows)
    np.testing.assert_allclose(found["user_bias"][:, 0], [4 / (2 + DAMPING), -4 / (2 + DAMPING)], rtol=1e-6)
    np.testing.assert_allclose(found["item_bias"], 0, atol=1e-7)
