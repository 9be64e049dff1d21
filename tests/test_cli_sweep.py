"""`reco sweep`, `repeat`, `queue` and `steer`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from reco_core.cli import app
from reco_core.cli import sweep as sweep_module
from reco_core.jobs.server.manager import Manager
from reco_core.runs import RunStore
from tests.tiny import request_for, write_csv


def reco(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


@pytest.fixture
def manager(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    """One worker for several commands."""
    made = Manager(RunStore(), start=True)
    monkeypatch.setattr(sweep_module, "_manager", lambda store: nullcontext(made))
    yield made
    made.close()


def test_a_sweep_and_then_repeats_of_its_best_run_as_tables_and_json(manager: Manager, csv: Path):
    over = ("--over", "dim=2,8", "--set", "epochs=2", "--set", "patience=none")
    told = reco("sweep", str(csv), "--model", "mf_bias", *over, "--runs", "2", "--json")
    assert told.exit_code == 0, told.output
    facts = json.loads(told.stdout)
    assert [row["dim"] for row in facts["runs"]] == [2, 8] and facts["status"] == "finished"
    assert facts["best"] in {row["run"] for row in facts["runs"]}
    table = reco("sweep", str(csv), *over, "--runs", "4", "--seeds", "2", "--method", "tpe")
    assert table.exit_code == 0 and "best:" in table.stdout and "sd" in table.stdout
    repeated = json.loads(reco("repeat", facts["best"], "--seeds", "2", "--json").stdout)
    assert repeated["figures"]["rmse"]["n"] >= 3 and repeated["figures"]["rmse"]["sd"] > 0
    assert "mean" in reco("repeat", facts["best"], "--seeds", "1").stdout


def test_what_no_sweep_can_try_is_refused_before_the_data_is_read(own_home: Path):
    for arguments, words in (
        (("--over", "dim=0"), "dim must be between"),
        (("--over", "dim=2,3", "--runs", "1"), "room for 1"),
        (("--over", "dim=2", "--method", "luck"), "method is invalid"),
        (("--over", "damping=1", "--model", "bias"), "has no setting damping"),
    ):
        told = reco("sweep", "/nowhere.csv", *arguments)
        assert told.exit_code == 2 and words in told.stderr, told.stderr
        assert len(told.stderr.strip().splitlines()) == 1


def test_the_queue_is_seen_from_any_process_and_a_run_can_be_taken_out(own_home: Path, csv: Path):
    assert "Nothing is training" in reco("queue").stdout
    other = Manager(RunStore(), start=False)
    first, second = other.start(request_for(csv, model="mf")), other.start(request_for(csv, model="mf"))
    told = json.loads(reco("queue", "--json").stdout)["queue"]
    assert [(row["position"], row["run"], row["status"]) for row in told] == [
        (1, first.id, "queued"),
        (2, second.id, "queued"),
    ]
    assert "was asked to stop" in reco("queue", "--cancel", first.id).stderr
    assert other.queue() == [second.id] and first.status == "stopped"
    assert first.id not in reco("queue").stdout and second.id in reco("queue").stdout
    other.close()
    assert "neither queued nor training" in reco("queue", "--cancel", second.id).stderr


def test_a_run_that_rests_is_trained_on_from_the_command_line(own_home: Path, csv: Path):
    asked = ("--model", "mf", "--set", "epochs=3", "--set", "patience=none", "--json")
    run = json.loads(reco("train", str(csv), *asked).stdout)["run"]
    stepped = json.loads(reco("steer", run, "step", "--json").stdout)
    assert stepped["status"] in ("paused", "finished") and len(stepped["epochs"]) == 4
    on = json.loads(reco("steer", run, "learning_rate=0.01", "continue", "--epochs", "2", "--json").stdout)
    assert on["status"] == "finished" and len(on["epochs"]) == 6 and on["metrics"]
    assert RunStore().open(run).changes()[0].after == 0.01
    for words, told in ((("hop",), "steered by pause"), (("pause",), "is finished"), (("l2=much",), "to a number")):
        refused = reco("steer", run, *words)
        assert refused.exit_code == 2 and told in refused.stderr


def test_a_run_that_waits_elsewhere_is_asked_and_not_taken(own_home: Path, csv: Path):
    other = Manager(RunStore(), start=False)
    run = other.start(request_for(csv, model="mf"))
    assert ", which is queued" in reco("steer", run.id, "stop").stderr
    assert other.queue() == [] and run.status == "stopped"
    other.close()
