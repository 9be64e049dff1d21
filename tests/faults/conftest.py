"""Fixtures of tests with real workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reco_core.jobs.server.manager import Manager
from reco_core.runs import RunStore
from tests.faults.workers import managing
from tests.tiny import wait_until, write_csv


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Manager]:
    """One manager for the tests that leave its worker alive and idle, or replaced."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECO_HOME", str(tmp_path_factory.mktemp("home")))
        with managing(RunStore(tmp_path_factory.mktemp("runs"))) as manager:
            yield manager


@pytest.fixture
def manager(shared: Manager) -> Manager:
    wait_until(lambda: shared.worker_state == "ready", "the worker is ready")
    return shared
