"""Runs compared: who may be ranked, what differs, and what the sentences say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reco_core import data
from reco_core.errors import RunError
from reco_core.evaluation.bootstrap import Interval
from reco_core.evaluation.ranking import ranking_by_user, ranking_metrics
from reco_core.jobs.results.comparison import (
    Difference,
    best_first,
    differences,
    differing,
    held_out,
    unfair,
    verdict,
)
from reco_core.jobs.running.training_job import train_run
from reco_core.runs import Run, RunStore
from tests.test_cli import Answer
from tests.tiny import request_for, write_csv


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Ratings of generous and strict users, of liked and disliked items: biases explain them."""
    rng = np.random.default_rng(0)
    liked = 3 + rng.normal(0, 1, (60, 1)) + rng.normal(0, 0.7, (1, 40)) + rng.normal(0, 0.3, (60, 40))
    pairs = np.argwhere(rng.random(liked.shape) < 0.5)
    lines = [f"{user},{item},{np.clip(round(liked[user, item]), 1, 5)}" for user, item in pairs]
    path = tmp_path / "tiny.csv"
    path.write_text("\n".join(["user,item,rating", *lines]) + "\n")
    return path


def trained(source: Path, model: str, **values: object) -> Run:
    run = RunStore().create(request_for(source, model=model, **values))
    train_run(run)
    return RunStore().open(run.id)


def interval(a: float, b: float, low: float, high: float, unit: str = "ratings") -> Interval:
    return Interval(a, b, low, high, 0.5, unit, 100, 2000)


def test_what_is_resampled_has_the_figures_of_the_run(source: Path):
    ratings, run = data.load(source), trained(source, "bias")
    held = held_out(run, ratings)
    test = run.metrics["test"]
    assert np.sqrt(held.squared.mean()) == pytest.approx(test["rmse"])
    assert held.ranking.figures["ndcg@10"].mean() == pytest.approx(test["ndcg@10"])
    assert held.ranking.whole["coverage"] == pytest.approx(test["coverage"])
    found = {one.figure: one for one in differences(held, held_out(trained(source, "global_mean"), ratings))}
    assert list(found) == ["rmse", "ndcg@10", "recall@10", "precision@10", "map@10"]
    assert found["rmse"].interval.a == pytest.approx(test["rmse"])
    assert found["rmse"].gain > 0 and found["rmse"].more_than_chance


def test_figures_of_users_have_the_mean_that_is_reported(source: Path):
    ratings = data.load(source)
    run = trained(source, "popularity")
    rows = np.arange(len(ratings))
    arguments = (run.scorer(), ratings, rows[::2], rows[1::2])
    by_user, means = ranking_by_user(*arguments), ranking_metrics(*arguments)
    assert len(by_user.users) == len(by_user.figures["novelty"])
    assert {name: values.mean() for name, values in by_user.figures.items()} == pytest.approx(
        {name: means[name] for name in by_user.figures}
    )


def test_a_model_without_stars_is_compared_by_its_lists_alone(source: Path):
    ratings = data.load(source)
    held = [held_out(trained(source, model), ratings) for model in ("bias", "popularity")]
    assert "rmse" not in [one.figure for one in differences(*held)]


def test_runs_are_ranked_best_first_only_on_equal_rows(source: Path, tmp_path: Path):
    bias, mean = trained(source, "bias"), trained(source, "global_mean")
    assert unfair([bias, mean]) == []
    assert [run.id for run in best_first([mean, bias], "rmse")] == [bias.id, mean.id]
    popular = trained(source, "popularity")
    ranked = [run.metrics["test"]["ndcg@10"] for run in best_first([mean, bias, popular], "ndcg@10")]
    assert ranked == sorted(ranked, reverse=True) and len(ranked) == 3
    assert popular.id not in [run.id for run in best_first([popular, bias], "rmse")]
    other_split = trained(source, "bias", split={"seed": 9})
    (reason,) = unfair([bias, other_split])
    assert "different splits" in reason and "seed 9" in reason
    other_data = trained(write_csv(tmp_path / "other.csv", seed=4), "bias")
    (reason,) = unfair([bias, other_data])
    assert reason == f"They were trained on different datasets: {bias.name} (tiny); {other_data.name} (other)."
    assert best_first([bias, other_data], "rmse") == best_first([bias, other_split], "rmse") == []


def test_only_choices_that_differ_are_listed(source: Path):
    one = trained(source, "bias")
    two = trained(source, "bias", settings={"item_damping": 9.0}, seed=4)
    three = trained(source, "global_mean")
    assert differing([one, two]) == {"item_damping": {one.id: 5.0, two.id: 9.0}, "seed": {one.id: 0, two.id: 4}}
    assert list(differing([one, three])) == ["model"]
    assert differing([two, three])["item_damping"] == {two.id: 9.0}


def test_run_without_result_cannot_be_resampled(source: Path):
    with pytest.raises(RunError, match="has no result"):
        held_out(RunStore().create(request_for(source)), data.load(source))


def test_verdict_names_the_better_one_first_and_says_whether_it_is_chance():
    sure = Difference("rmse", interval(0.92, 0.91, 0.004, 0.016), interval(0.92, 0.91, 0.002, 0.018, "users"))
    assert verdict(sure, "A", "B") == (
        "B is better than A by 0.0100 stars of RMSE (0.9100 against 0.9200), 95 % interval [0.0040, 0.0160]:"
        " the difference is statistically significant."
    )
    unsure = Difference("ndcg@10", interval(0.11, 0.10, -0.002, 0.022))
    assert verdict(unsure, "A", "B") == (
        "A is ahead of B by 0.0100 NDCG@10 (0.1100 against 0.1000), 95 % interval [-0.0020, 0.0220]:"
        " the difference is not statistically significant."
    )
    same = Difference("rmse", interval(0.9, 0.9, 0.0, 0.0), interval(0.9, 0.9, 0.0, 0.0, "users"))
    assert verdict(same, "A", "B") == "A and B have the same RMSE, 0.9000."


def test_a_difference_that_whole_users_do_not_bear_out_is_no_more_than_chance():
    one = Difference("rmse", interval(0.91, 0.92, -0.016, -0.004), interval(0.91, 0.92, -0.022, 0.002, "users"))
    assert not one.more_than_chance
    assert verdict(one, "A", "B").endswith(
        "not statistically significant, when whole users are resampled instead of single ratings ([-0.0020, 0.0220])."
    )


def test_command_line_ranks_and_gives_every_interval(source: Path):
    runs = [trained(source, model).id for model in ("global_mean", "bias")]
    found = Answer("compare", *runs, "--json").json
    assert found["comparable"] is True
    assert found["ranked"]["rmse"] == [runs[1], runs[0]]
    (rmse,) = [one for one in found["differences"] if one["figure"] == "rmse"]
    assert (rmse["a"], rmse["b"], rmse["more_than_chance"]) == (*runs, True)
    assert rmse["interval"]["low"] <= rmse["interval"]["difference"] <= rmse["interval"]["high"]
    assert rmse["over_users"]["unit"] == "users"
    assert "is better than" in Answer("compare", *runs).out


def test_command_line_ranks_nothing_on_other_rows(source: Path):
    runs = [trained(source, "bias", split={"seed": seed}).id for seed in (0, 1)]
    found = Answer("compare", *runs, "--json").json
    assert (found["comparable"], found["ranked"], found["differences"]) == (False, {}, [])
    assert "different splits" in found["warnings"][0]


def test_command_line_compares_without_intervals_where_the_dataset_is_gone(source: Path):
    runs = [trained(source, model).id for model in ("global_mean", "bias")]
    source.unlink()
    answer = Answer("compare", *runs, "--json")
    assert answer.json["differences"] == [] and answer.json["comparable"] is True
    assert "no intervals" in answer.err
