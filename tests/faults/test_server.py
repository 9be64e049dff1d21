"""The server is killed, with its worker, in the middle of a run or a sweep: what is shown then, and going on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reco_core.events import EpochEnded, Event, Started
from reco_core.jobs.running import training_job
from reco_core.jobs.running.refit_phases import epochs_at
from reco_core.jobs.sweeps.search_space import Axis
from reco_core.jobs.sweeps.sweep import open_sweep
from reco_core.jobs.sweeps.sweep_driver import resume_sweep
from reco_core.jobs.sweeps.sweep_request import SweepRequest
from reco_core.runs import Recording, Run, RunStore
from reco_core.runs.requests import Continue
from reco_core.training.checkpoint import Checkpoint
from tests.faults.workers import begun, long_run, managing, over, posix
from tests.tiny import request_for, wait_until

pytestmark = posix
SERVER = """
import sys
from pathlib import Path
from reco_core.jobs.server.manager import Manager
from reco_core.jobs.sweeps.sweep_request import SweepRequest
from reco_core.jobs.sweeps.sweep_driver import start_sweep
from reco_core.runs import RunRequest, RunStore
from tests.tiny import wait_until
manager = Manager(RunStore(Path(sys.argv[1])), start=True)
if sys.argv[2] == "run":
    made = manager.start(RunRequest.model_validate_json(sys.stdin.readline()))
else:
    made = start_sweep(manager, SweepRequest.model_validate_json(sys.stdin.readline()))
wait_until(lambda: manager.worker_pids, "there is a worker")
print(made.id, manager.worker_pids[0], flush=True)
sys.stdin.read()
"""


class Server:
    """A server in a process of its own, which was given a run or a sweep; kill() leaves nothing of it."""

    def __init__(self, store: RunStore, kind: str, request: object) -> None:
        command = [sys.executable, "-c", SERVER, str(store.root), kind]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        self._process.stdin.write(request.model_dump_json() + "\n")
        self._process.stdin.flush()
        self.made, worker = self._process.stdout.readline().split()
        self._worker = int(worker)

    def kill(self) -> None:
        self._process.kill()
        os.kill(self._worker, 9)
        self._process.wait()


def kept(run: Run) -> int:
    """The epoch of a run's checkpoint."""
    return epochs_at(Checkpoint.from_arrays(run.state_arrays()))


def test_a_run_that_lost_server_and_worker_is_shown_as_interrupted_and_goes_on_in_the_next_server(
    store: RunStore,
    csv: Path,
):
    server = Server(store, "run", long_run(csv))
    run = begun(store.open(server.made))
    server.kill()
    wait_until(lambda: run.status == "interrupted", "the loss is seen")
    had, whole = len(run.epochs()), kept(run)
    assert f"after epoch {had} of 2000" in run.reason
    assert whole in (had, had + 1), "an epoch is kept before it is told: the kill may have come in between"
    with managing(store) as manager:
        assert manager.queue() == [] and run.status == "interrupted"
        manager.ask(run.id, Continue(epochs=3))
        assert over(run).status == "finished", run.reason
    assert [epoch.epoch for epoch in run.epochs()] == list(range(1, whole + 4)) and run.metrics is not None
    assert len([event for event in run.events() if isinstance(event, Started)]) == 1


class _KilledError(BaseException):
    """The end of a process, at a place in its code."""


def test_an_epoch_that_was_kept_and_not_told_when_the_process_died_is_told_when_the_run_goes_on(
    store: RunStore,
    csv: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    run = store.create(request_for(csv, model="mf", settings={"epochs": 5, "patience": None}))
    emit = Recording.emit

    def dies(self: Recording, event: Event) -> None:
        if isinstance(event, EpochEnded) and event.epoch == 3:
            raise _KilledError
        emit(self, event)

    with monkeypatch.context() as patch, pytest.raises(_KilledError):
        patch.setattr(Recording, "emit", dies)
        training_job.train_run(run)
    assert (len(run.epochs()), kept(run), run.status) == (2, 3, "interrupted")
    run.ask(Continue(epochs=3))
    training_job.train_run(run)
    assert [epoch.epoch for epoch in run.epochs()] == [1, 2, 3, 4, 5, 6]


def test_a_sweep_that_lost_its_server_says_so_has_only_whole_or_interrupted_runs_and_goes_on_in_the_next_server(
    store: RunStore,
    csv: Path,
):
    settings = {"epochs": 150, "patience": None, "batch_size": 8}
    base = request_for(csv, model="mf_bias", settings=settings)
    server = Server(store, "sweep", SweepRequest(base=base, over=(Axis(setting="dim", values=(2, 3, 4)),)))
    sweep = open_sweep(store, server.made)
    wait_until(lambda: len(runs := sweep.runs()) > 1 and len(runs[1].epochs()) > 1, "the second run is under way")
    server.kill()
    wait_until(lambda: sweep.status == sweep.runs()[1].status == "interrupted", "the loss is seen")
    assert "can be resumed" in sweep.reason
    before = sweep.rows()
    assert list(before["status"]) == ["finished", "interrupted"]
    assert before["val_rmse"].notna().all() and before["epoch"].iloc[0] == 150 > before["epoch"].iloc[1]
    first = sweep.runs()[0].events()
    with managing(store) as manager:
        resume_sweep(manager, sweep.id)
        wait_until(lambda: sweep.status == "finished", "the sweep is over")
    after = sweep.rows()
    assert list(after["status"]) == ["finished"] * 3 and list(after["epoch"]) == [150] * 3
    assert list(after["run"][:2]) == list(before["run"]), "the interrupted run went on, and none was begun anew for it"
    assert sweep.runs()[0].events() == first, "what was over was left alone"
    assert sweep.best() is not None
