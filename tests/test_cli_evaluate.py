"""`reco evaluate` with lists of any length and any idea of what is relevant, and alarms in every output."""

from __future__ import annotations

from pathlib import Path

import pytest

from reco_core.runs import RunStore
from tests.test_cli import Answer
from tests.tiny import write_csv


@pytest.fixture
def trained(tmp_path: Path) -> str:
    """A finished run of bias on a small file."""
    csv = write_csv(tmp_path / "tiny.csv")
    return Answer("train", csv, "--model", "bias", "--json").json["run"]


def alarmed(run_id: str) -> None:
    """Gives a run an alarm."""
    run = RunStore().open(run_id)
    run.write_metrics(run.metrics | {"alarms": [{"name": "x", "sentence": "It is.", "remedy": "Mend it."}]})


def test_k_and_relevance_change_the_ranking_figures_and_the_protocol(trained: str):
    ten, five = (Answer("evaluate", trained, *more, "--json").json for more in ((), ("-k", "5")))
    liked = Answer("evaluate", trained, "-k", "5", "--relevant-from", "4", "--json").json
    assert {"ndcg@5", "mrr@5", "diversity@5", "gini"} <= set(five["metrics"]) and "ndcg@10" not in five["metrics"]
    assert set(five["baselines"]["popularity"]) == set(five["metrics"]) - {"rmse", "mae", "mse", "rounded_mae"}
    assert (five["k"], five["relevant_from"], liked["relevant_from"]) == (5, None, 4)
    assert five["metrics"]["rmse"] == ten["metrics"]["rmse"] == liked["metrics"]["rmse"]
    assert five["metrics"]["precision@5"] > liked["metrics"]["precision@5"]
    assert "4 stars or more are relevant" in liked["protocol"] and "every held-out item" in five["protocol"]
    assert "hit_rate@5" in Answer("evaluate", trained, "-k", "5").out


def test_stars_that_nobody_gave_are_one_sentence(trained: str):
    answer = Answer("evaluate", trained, "--relevant-from", "9")
    assert answer.code == 2 and "No held-out rating has 9 stars or more; the highest has 5." in answer.err


def test_alarms_are_in_every_output(trained: str):
    alarmed(trained)
    found = Answer("show", trained, "--json").json["alarms"]
    assert all(set(alarm) == {"name", "sentence", "remedy", "next"} for alarm in found)
    out = " ".join(Answer("show", trained).out.split())
    assert f"alarm: {found[0]['sentence']}" in out and found[0]["remedy"] in out


def test_comparison_stands_beside_the_baselines(tmp_path: Path, trained: str):
    other = Answer("train", tmp_path / "tiny.csv", "--model", "item_mean", "--json").json["run"]
    found = Answer("compare", trained, other, "--json").json
    assert set(found["baselines"]) == {"global_mean", "bias", "popularity"}
    assert found["baselines"]["bias"]["rmse"] == found["runs"][0]["metrics"]["rmse"]
    alarmed(other)
    out = Answer("compare", trained, other).out
    assert "popularity" in out and "It is." in out
