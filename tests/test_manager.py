"""The manager with real worker processes: queue, stop, death, two servers on one folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reco_core.errors import RunError, SettingsError
from reco_core.jobs.server.manager import Manager
from reco_core.runs import Run, RunStore
from tests.managed import LONG, SHAPE, long_run
from tests.tiny import alive, request_for, wait_until


def begun(run: Run) -> Run:
    wait_until(lambda: len(run.epochs()) >= 2, "two epochs are over")
    return run


def over(run: Run) -> Run:
    wait_until(lambda: not run.active, "the run is over")
    return run


def test_a_run_is_trained_in_the_worker_and_not_here(idle: Manager, csv: Path):
    run = over(idle.start(request_for(csv, model="mf_bias")))
    assert run.status == "finished", run.reason
    assert run.started.pid == idle.worker_pids[0] != os.getpid()
    assert run.metrics["test"]["rmse"] < run.metrics["baselines"]["global_mean"]["rmse"]
    wait_until(lambda: idle.worker_state == "ready", "the worker is ready again")


def test_saved_weights_score_as_the_metrics_say(idle: Manager, csv: Path):
    from reco_core.jobs.results.figures import test_figures
    from reco_core.jobs.results.run_data import ratings_of
    from reco_core.split import make_split

    run = over(idle.start(request_for(csv, model="neural", settings={"epochs": 2})))
    ratings = ratings_of(run.info)
    again = test_figures(run, run.scorer(), ratings, make_split(ratings, run.info.split))
    assert again == pytest.approx(run.metrics["test"], abs=1e-6)


def test_runs_wait_for_their_turn_and_can_be_stopped_there(idle: Manager, csv: Path):
    first = idle.start(long_run(csv))
    second, third = idle.start(request_for(csv)), idle.start(request_for(csv))
    begun(first)
    assert (first.status, second.status, third.status) == ("running", "queued", "queued")
    assert idle.queue() == [second.id, third.id] and idle.worker_state == "busy"
    idle.stop(second.id)
    assert second.status == "stopped" and idle.queue() == [third.id]
    idle.stop(first.id)
    assert over(first).status == "stopped" and first.has_result and first.metrics is not None
    assert over(third).status == "finished"


def test_a_model_is_described_while_a_run_trains(idle: Manager, csv: Path):
    run = begun(idle.start(long_run(csv)))
    description = idle.describe("mf", {"dim": 7}, SHAPE)
    assert run.status == "running"
    assert description.parameters == (30 + 20) * 7
    assert "user_vectors" in description.summary and description.dot.startswith("digraph")
    assert idle.describe("mf", {"dim": "7"}, SHAPE) is description
    idle.stop(run.id)
    over(run)


def test_what_cannot_be_described_is_said_in_one_sentence(idle: Manager):
    with pytest.raises(SettingsError, match="dim must be"):
        idle.describe("mf", {"dim": 0}, SHAPE)
    with pytest.raises(RunError, match="bias"):
        idle.describe("bias", {}, SHAPE)
    with pytest.raises(RunError, match="longer than 0 seconds"):
        idle.describe("mf", {"dim": 9}, SHAPE, timeout=0)


def test_a_killed_worker_is_told_and_replaced_and_its_run_opens_with_the_last_whole_epoch(idle: Manager, csv: Path):
    run = begun(idle.start(long_run(csv)))
    waiting = idle.start(request_for(csv))
    os.kill(idle.worker_pids[0], signal.SIGKILL)
    wait_until(lambda: run.status == "interrupted" and "SIGKILL" in run.reason, "the death is seen", seconds=2)
    arrays, saved = run.saved()
    assert 1 <= saved <= len(run.epochs()) + 1  # an epoch is kept before it is told
    assert f"after epoch {len(run.epochs())} of 2000" in run.reason
    assert run.has_result and run.metrics is None
    assert all(np.isfinite(array).all() for array in arrays.values())
    assert np.isfinite(run.scorer().score_all(np.arange(30))).all()
    assert over(waiting).status == "finished"


def test_a_warm_up_leaves_no_run_and_gives_way_to_one(idle: Manager, csv: Path):
    before = len(idle.store.list())
    idle.warm(long_run(csv))
    run = over(idle.start(request_for(csv)))
    assert run.status == "finished" and len(idle.store.list()) == before + 1


def test_a_second_manager_touches_no_run_of_the_first(idle: Manager, csv: Path):
    running = begun(idle.start(long_run(csv)))
    queued = idle.start(request_for(csv))
    other = Manager(idle.store, start=False)
    assert (running.status, queued.status, other.queue()) == ("running", "queued", [])
    other.stop(running.id)
    assert over(running).status == "stopped"
    assert over(queued).status == "finished"
    own = other.start(request_for(csv))
    other.close()
    assert own.status == "stopped"
    wait_until(lambda: idle.worker_state == "ready", "the first manager goes on")


def test_closing_stops_what_trains_and_what_waits_and_keeps_the_result(csv: Path, tmp_path: Path):
    manager = Manager(RunStore(tmp_path / "runs"), start=True)
    running, queued = manager.start(long_run(csv)), manager.start(request_for(csv))
    begun(running)
    pid = manager.worker_pids[0]
    manager.close()
    assert queued.status == "stopped" and running.status == "stopped" and running.has_result
    assert manager.worker_state == "off"
    assert not alive(pid)


SERVER = """
import sys, time
from pathlib import Path
from reco_core.jobs.server.manager import Manager
from reco_core.runs import RunRequest, RunStore
manager = Manager(RunStore(Path(sys.argv[1])), start=True)
for line in sys.stdin:
    print(manager.start(RunRequest.model_validate_json(line)).id, manager.worker_pids[0], flush=True)
"""


def test_when_the_server_is_killed_its_run_ends_well_its_queue_is_told_and_its_worker_leaves(csv: Path, tmp_path: Path):
    root = tmp_path / "runs"
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    ids, worker = [], 0
    for request in (request_for(csv, model="mf", settings={**LONG, "epochs": 60}), request_for(csv)):
        server.stdin.write(request.model_dump_json() + "\n")
        server.stdin.flush()
        run_id, pid = server.stdout.readline().split()
        ids.append(run_id)
        worker = int(pid)
    running, queued = map(RunStore(root).open, ids)
    begun(running)
    server.kill()
    server.wait()
    assert running.status == "running"
    wait_until(lambda: queued.status == "interrupted", "the queue is told")
    assert queued.reason == "The app was closed before this run started."
    assert over(running).status == "finished"
    wait_until(lambda: not alive(worker), "the worker leaves")
