"""Workers that hang: it is said, they are ended and replaced, and their run goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reco_core.jobs.server import worker_pool, worker_process
from reco_core.jobs.server.protocol import HUNG, Train, to_line
from reco_core.runs import RunStore
from reco_core.runs.requests import Continue
from tests.faults.workers import begun, long_run, managing, over, posix
from tests.hanging_worker import FLAG
from tests.tiny import DEADLINE, alive, request_for, wait_until

pytestmark = posix


@pytest.fixture
def hanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Workers hang while this file is there, and are given 3 seconds."""
    flag = tmp_path / "hang"
    monkeypatch.setenv(FLAG, str(flag))
    monkeypatch.setenv("RECO_HANG_SECONDS", "3")
    monkeypatch.setattr(worker_process, "command", lambda: [sys.executable, "-m", "tests.hanging_worker"])
    return flag


def test_a_training_that_stands_still_is_told_ended_and_replaced(hanging: Path, store: RunStore, csv: Path):
    with managing(store) as manager:
        run, waiting = manager.start(long_run(csv)), manager.start(request_for(csv))
        begun(run)
        pid = manager.worker_pids[0]
        hanging.touch()
        wait_until(lambda: run.status == "interrupted", "the hanging worker is ended")
        assert (
            "made no progress for far longer than usual" in run.reason and "its last saved epoch is kept" in run.reason
        )
        hanging.unlink()
        assert not alive(pid) and over(waiting).status == "finished"
        had = len(run.epochs())
        manager.ask(run.id, Continue())
        begun(run, had + 1)


def test_a_hanging_worker_ends_itself_when_there_is_no_server(hanging: Path, store: RunStore, csv: Path):
    run = store.create(long_run(csv))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "text": True}
    worker = subprocess.Popen(worker_process.command(), cwd=Path(__file__).parents[2], **pipes)
    worker.stdin.write(to_line(Train(str(run.folder))))
    worker.stdin.close()
    begun(run)
    hanging.touch()
    assert worker.wait(timeout=DEADLINE) == HUNG
    assert run.status == "interrupted" and "made no progress" in run.reason


def test_a_worker_without_a_sign_of_life_is_killed_and_replaced(
    store: RunStore, csv: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RECO_HANG_SECONDS", "12")
    monkeypatch.setattr(worker_pool, "LEAST_BEATS", 5)
    with managing(store) as manager:
        run = begun(manager.start(long_run(csv)))
        pid = manager.worker_pids[0]
        os.kill(pid, signal.SIGSTOP)
        wait_until(lambda: run.status == "interrupted" and "did not respond" in run.reason, "the death is told")
        assert not alive(pid)
        wait_until(lambda: manager.worker_pids and manager.worker_pids != [pid], "there is another worker")
