"""What tests of faults share: managers with real workers, long runs, and waiting for what becomes of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reco_core.jobs.server.manager import Manager
from reco_core.runs import Continue, Run, RunRequest, RunStore
from tests.tiny import request_for, wait_until

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals, forks and limits of POSIX systems")
LONG = {"epochs": 2000, "patience": None, "batch_size": 1}


@contextmanager
def managing(store: RunStore, workers: int = 1) -> Iterator[Manager]:
    """A manager with its worker ready."""
    manager = Manager(store, workers=workers, start=True)
    try:
        wait_until(lambda: manager.worker_state == "ready", "the worker is ready")
        yield manager
    finally:
        manager.close()


def long_run(csv: Path, **values: object) -> RunRequest:
    return request_for(csv, model="mf", settings=LONG, **values)


def begun(run: Run, epochs: int = 2) -> Run:
    wait_until(lambda: len(run.epochs()) >= epochs, f"{epochs} epochs are over")
    return run


def over(run: Run) -> Run:
    wait_until(lambda: not run.active, "the run is over")
    return run


def check_goes_on(manager: Manager, run: Run) -> None:
    """The same worker trains the run on, from where it was."""
    had = len(run.epochs())
    manager.ask(run.id, Continue())
    begun(run, had + 2)
    assert [epoch.epoch for epoch in run.epochs()] == list(range(1, len(run.epochs()) + 1))
    manager.stop(run.id)
    assert over(run).status == "stopped" and run.metrics is not None
