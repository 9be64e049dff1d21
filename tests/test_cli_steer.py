"""`reco train --resume`, `pause`, `continue`, `step`, `stop` and `steer`, in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from reco_core.jobs.running.training_job import train_run
from reco_core.runs import Pause, RunStore
from tests.test_cli import Answer
from tests.tiny import request_for, write_csv

MF = ["--model", "mf", "--set", "epochs=3", "--set", "dim=2", "--set", "patience=none", "--set", "decay=1"]

VALUES = {"epochs": 4, "dim": 2, "patience": None, "decay": 1, "learning_rate": 0.002}


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


def test_a_run_goes_on_from_the_command_line_and_ends_as_a_longer_one(csv: Path):
    run = Answer("train", csv, *MF, "--json").json
    assert (run["status"], run["epochs_planned"], run["changes"], run["snapshots"]) == ("finished", 3, [], [0, 1, 2, 3])
    further = Answer("train", "--resume", run["run"], "--epochs", 2, "--json").json
    longer = Answer("train", csv, *MF, "--set", "epochs=5", "--json").json
    assert further["run"] == run["run"] and further["metrics"] == longer["metrics"] != run["metrics"]
    assert [e["loss"] for e in further["epochs"]] == [e["loss"] for e in longer["epochs"]]
    moved = csv.rename(csv.with_name("moved.csv"))
    assert Answer("continue", run["run"], "--epochs", 1).code == 2
    again = Answer("train", moved, "--resume", run["run"], "--epochs", 1, "--json").json
    assert len(again["epochs"]) == 6 and again["status"] == "finished"


def test_steps_changes_and_a_stop_of_a_run_that_rests_happen_here(csv: Path):
    run = RunStore().create(request_for(csv, model="mf", settings=VALUES))
    run.ask(Pause())
    train_run(run)
    stepped = Answer("step", run.id, "--json").json
    assert (stepped["status"], len(stepped["epochs"])) == ("paused", 1)
    answer = Answer("steer", run.id, "learning_rate=0.25", "step")
    assert answer.code == 0 and "learning_rate 0.002 -> 0.25 from epoch 2 on" in answer.err
    shown = Answer("show", run.id).out
    assert "-> 0.25 after epoch 1" in shown and "snapshots" in shown and "paused" in shown
    assert Answer("stop", run.id, "--json").json["status"] == "stopped"
    assert Answer("continue", run.id, "--json").json["status"] == "finished"
    assert "finished" in Answer("runs").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train"], "reco train needs a SOURCE, or --resume RUN"),
        (["train", "demo", "--epochs", 3], "--epochs N is for --resume"),
        (["train", "--resume", "nothing"], "There is no run 'nothing'"),
        (["pause", "last"], "Only a run that is training can be paused"),
        (["continue", "last"], "computed in closed form, in one step"),
        (["step", "last"], "computed in closed form, in one step"),
        (
            ["steer", "last", "dance"],
            "A run must be steered by pause, continue, step, stop or setting=value; got 'dance'",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(csv: Path, arguments: list, words: str):
    Answer("train", csv, "--model", "bias")
    answer = Answer(*arguments)
    assert answer.code == 2 and words in answer.err.replace("\n", " ") and "Traceback" not in answer.err
