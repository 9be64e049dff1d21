"""MLflow and Weights & Biases: the real libraries, offline, into a folder; skipped where they are not installed."""

from __future__ import annotations

import importlib
import socket
import sys
from pathlib import Path

import pytest

from reco_core.errors import RunError
from reco_core.export.logged import figures, points
from reco_core.export.mlflow import log_to_mlflow
from reco_core.export.wandb import write_wandb
from reco_core.export.wandb_file import records
from tests.exporting import run_of
from tests.tiny import write_csv


@pytest.fixture
def run(tmp_path: Path):
    return run_of(write_csv(tmp_path / "tiny.csv"), "mf_bias")


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No address can be reached from this process but its own machine's."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "localhost", "::1"):
            raise AssertionError(f"a tracker reached for {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_here)


def test_mlflow_keeps_settings_curves_figures_and_files(run, tmp_path: Path, offline: None):
    mlflow = pytest.importorskip("mlflow", reason="the extra mlflow is not installed")
    run_id = log_to_mlflow(run, str(tmp_path / "tracked"))
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{tmp_path / 'tracked' / 'mlflow.db'}")
    found = client.get_run(run_id)
    assert found.info.run_name == run.name and found.info.status == "FINISHED"
    assert found.data.params["model"] == "mf_bias" and found.data.params["dim"] == "40"
    assert found.data.metrics["test_rmse"] == 0.9 and found.data.metrics["test_ndcg_at_10"] == 0.1
    curve = [(m.step, m.value) for m in client.get_metric_history(run_id, "val_rmse")]
    assert curve == [(e.epoch, e.val_rmse) for e in run.epochs()]
    assert {file.path for file in client.list_artifacts(run_id)} == {f"{run.id}.zip", f"{run.id}.py"}
    assert (tmp_path / "tracked" / "artifacts" / run_id / "artifacts" / f"{run.id}.zip").is_file()
    assert log_to_mlflow(run, f"sqlite:///{tmp_path / 'tracked' / 'mlflow.db'}") != run_id


def test_wandb_keeps_settings_curves_figures_and_files_in_a_folder(run, tmp_path: Path, offline: None):
    pytest.importorskip("wandb", reason="the extra wandb is not installed")
    folder = write_wandb(run, tmp_path / "tracked")
    assert folder.is_relative_to(tmp_path / "tracked")
    assert {path.name for path in (folder / "files").iterdir()} == {f"{run.id}.zip", f"{run.id}.py"}
    written = list(records(next(folder.glob("*.wandb"))))
    assert written[-1].WhichOneof("record_type") == "exit", "the run is there to its end when it is given back"
    (about,) = [record.run for record in written if record.WhichOneof("record_type") == "run"]
    config = {item.key: item.value_json for item in about.config.update}
    assert (about.run_id, about.display_name, config["model"]) == (run.id, run.name, '"mf_bias"')
    steps = [record.history for record in written if record.WhichOneof("record_type") == "history"]
    logged = [{(item.key or ".".join(item.nested_key)): float(item.value_json) for item in step.item} for step in steps]
    assert [entry["val_rmse"] for entry in logged] == [e.val_rmse for e in run.epochs()]
    summary = {
        item.key or ".".join(item.nested_key): item.value_json
        for record in written
        if record.WhichOneof("record_type") == "summary"
        for item in record.summary.update
    }
    assert float(summary["test_rmse"]) == 0.9


def test_second_wandb_run_of_a_process_is_on_the_disk_to_its_end_too(run, tmp_path: Path, offline: None):
    pytest.importorskip("wandb", reason="the extra wandb is not installed")
    for name in ("one", "two"):  # the service is there already at the second one, and answers before it has written
        folder = write_wandb(run, tmp_path / name)
        assert list(records(next(folder.glob("*.wandb"))))[-1].WhichOneof("record_type") == "exit"


def test_what_is_logged_has_steps_and_times(run):
    assert [(p.step, p.value) for p in points(run) if p.name == "rmse"] == [(e.epoch, e.rmse) for e in run.epochs()]
    assert all(later.time >= earlier.time for earlier, later in zip(points(run), points(run)[1:], strict=False))
    assert {p.name for p in figures(run)} == {"test_rmse", "test_ndcg@10"}


@pytest.mark.parametrize(("name", "export"), [("mlflow", log_to_mlflow), ("wandb", write_wandb)])
def test_without_the_extra_one_sentence_says_how_to_get_it(run, tmp_path, monkeypatch, name, export):
    monkeypatch.setitem(sys.modules, name, None)
    importlib.invalidate_caches()
    with pytest.raises(RunError, match=rf"pip install 'reco-core\[{name}\]'"):
        export(run, tmp_path / "tracked")
