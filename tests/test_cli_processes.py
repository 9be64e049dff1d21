"""The command line in processes of its own: training a Keras model, Ctrl-C once and twice."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from reco_core.runs import RunStore
from tests.commands import reco
from tests.tiny import wait_until, write_csv


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


def test_a_keras_model_trains_from_the_command_line(csv: Path):
    process = reco(
        "train", csv, "--model", "deep_regressor", "--set", "layers=4", "--set", "epochs=2", "--refit", "--json"
    )
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    run = json.loads(out)
    assert run["status"] == "finished" and run["refit"] is True and run["parameters"] > 0
    assert "oneDNN" not in err and "Traceback" not in err


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a whole console")
@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_stops_a_training_and_keeps_it_and_twice_breaks_off(csv: Path, presses: int):
    endless = ("--set", "epochs=2000", "--set", "patience=none", "--set", "batch_size=1")
    process = reco("train", csv, "--model", "mf", *endless, "--json")
    store = RunStore()
    wait_until(lambda: store.list() and len(store.list()[0].epochs()) > 1, "epochs are over")
    (run,) = store.list()
    process.send_signal(signal.SIGINT)
    if presses == 2:
        assert any("Press Ctrl-C again to abort" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    if presses == 1:
        assert process.returncode == 0, err
        assert json.loads(out)["status"] == "stopped"
    # The second press may come after the scoring is over.
    assert run.status == "stopped" or (presses == 2 and run.status == "interrupted")
    assert run.has_result and run.scorer() is not None
