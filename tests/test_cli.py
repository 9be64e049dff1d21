"""`reco`: every command, its JSON, and one line for what a person can mend."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from reco_core import __version__
from reco_core.cli.output import plain, print_json, shown
from reco_core.models import MODELS
from reco_core.runs import RunStore
from tests.commands import Answer
from tests.tiny import write_csv

RANKING = {f"{name}@10" for name in ("ndcg", "recall", "precision", "map", "mrr", "hit_rate", "diversity")}


RANKING |= {"coverage", "gini", "novelty", "popularity_lift"}


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


@pytest.fixture
def trained(csv: Path) -> str:
    """The id of a finished run."""
    return Answer("train", csv, "--model", "bias", "--json").json["run"]


def test_help_and_version_need_nothing():
    assert "train" in Answer().out and Answer().code == 0
    assert "--set" in Answer("train", "--help").out
    assert Answer("data").code == 0
    assert Answer("--version").out == f"reco {__version__}\n"


def test_datasets_are_listed_with_their_licence():
    found = {entry["name"]: entry for entry in Answer("data", "list", "--json").json["datasets"]}
    assert found["demo"]["available"] is True and found["ml-100k"]["available"] is False
    assert all(entry["licence"] for entry in found.values())
    assert "MovieLens 100K" in Answer("data", "list").out


def test_data_info_states_sizes_and_quality(csv: Path):
    found = Answer("data", "info", csv, "--json").json
    keys = (
        "ratings users items filled sparsity rating_min rating_max rating_step time_from time_to duplicates refused top"
    )
    assert set(keys.split()) <= set(found)
    assert (found["users"], found["items"], found["rating_min"], found["rating_max"]) == (30, 20, 1, 5)
    assert found["filled"] + found["sparsity"] == pytest.approx(1)
    assert len(found["top"]) == 15
    assert "Film [" in Answer("data", "info", csv).out


def test_every_model_is_listed_with_ranges_defaults_and_presets():
    found = {model["name"]: model for model in Answer("models", "--json").json["models"]}
    assert list(found) == [spec.name for spec in MODELS]
    dim = next(s for s in found["mf"]["settings"] if s["name"] == "dim")
    assert (dim["default"], dim["min"], dim["max"]) == (40, 1, 512) and dim["help"]
    assert found["mf"]["presets"]
    assert "1 to 512" in Answer("models", "mf").out
    center = next(setting for setting in found["mf"]["settings"] if setting["name"] == "center")
    assert center["help"].endswith("Needs output linear. Needs units none or stars.")
    assert "mf_bias" in Answer("models").out


def test_training_prints_one_document_and_its_progress_beside_it(csv: Path):
    answer = Answer("train", csv, "--model", "bias", "--set", "item_damping=3", "--seed", "4", "--json")
    run = answer.json
    assert {"run", "model", "parameters", "epochs", "metrics", "seconds"} <= set(run)
    assert set(run["epochs"][0]) >= {"epoch", "loss", "val_loss", "rmse", "val_rmse", "seconds"}
    assert set(run["seconds"]) == {"total", "first_epoch", "fit"}
    assert set(run["metrics"]) == {"mse", "rmse", "mae", "rounded_mae"} | RANKING
    assert run["settings"]["item_damping"] == 3 and run["split"]["seed"] == run["seed"] == 4
    assert "epoch 1" in answer.err and run["run"] in answer.err
    assert RunStore().open(run["run"]).status == "finished"


def test_a_model_without_stars_shows_none(csv: Path):
    run = Answer("train", csv, "--model", "popularity", "--json").json
    assert set(run["metrics"]) == RANKING


def test_training_for_people_prints_figures_beside_the_baselines(csv: Path):
    out = Answer("train", csv, "--model", "bias", "--split", "time", "--val-size", "0").out
    assert "rmse" in out and "popularity" in out and "candidates are all items" in out


def test_runs_go_where_they_are_told_to(csv: Path, tmp_path: Path):
    run = Answer("train", csv, "--model", "bias", "--runs", tmp_path / "here", "--name", "mine", "--json").json
    assert run["name"] == "mine" and (tmp_path / "here" / run["run"] / "run.json").exists()
    assert Answer("runs", "--json").json == {"runs": []}
    (row,) = Answer("runs", "--runs", tmp_path / "here", "--json").json["runs"]
    assert row["run"] == run["run"] and row["status"] == "finished"
    assert "No runs yet" in Answer("runs").out


def test_split_seed_keeps_the_split_while_the_seed_changes(csv: Path):
    first, second = (
        Answer("train", csv, "--model", "bias", "--seed", seed, "--split-seed", 0, "--json").json for seed in (0, 1)
    )
    assert first["split_fingerprint"] == second["split_fingerprint"] and second["seed"] == 1


def test_a_run_is_shown_listed_and_scored_again_the_same(trained: str):
    shown_run = Answer("show", "last", "--json").json
    assert shown_run["run"] == trained and shown_run["status"] == "finished"
    assert Answer("evaluate", trained, "--json").json["metrics"] == shown_run["metrics"]
    assert trained in Answer("runs").out
    assert "bias" in Answer("show", trained).out
    assert "ndcg@10" in Answer("evaluate", trained).out


def test_comparing_says_what_differs_and_whether_figures_compare(csv: Path, trained: str):
    other = Answer("train", csv, "--model", "bias", "--set", "item_damping=9", "--json").json["run"]
    found = Answer("compare", trained, other, "--json").json
    assert found["comparable"] is True and found["warnings"] == []
    assert list(found["differing"]) == ["item_damping"]
    assert found["differing"]["item_damping"] == {trained: 5.0, other: 9.0}
    third = Answer("train", csv, "--model", "bias", "--seed", 1, "--json").json["run"]
    answer = Answer("compare", trained, third, "--json")
    assert answer.json["comparable"] is False and "different splits" in answer.err
    assert "item_damping" in Answer("compare", trained, other).out


def test_numbers_are_plain_and_finite_in_json(capsys: pytest.CaptureFixture):
    import numpy as np

    print_json({"a": np.float32(0.5), "b": [math.nan, np.int64(3)], "c": np.array([1, 2]), "ü": None})
    assert json.loads(capsys.readouterr().out) == {"a": 0.5, "b": [None, 3], "c": [1, 2], "ü": None}
    assert plain((np.bool_(True),)) == [True]


def test_values_for_people():
    assert [shown(v) for v in (None, True, 1234567, 0.123456, 1234.5, "[x]")] == [
        "", "yes", "1,234,567", "0.1235", "1,234", "[x]",
    ]  # fmt: skip
