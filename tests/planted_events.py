"""Weights, events and runs for tests of the run store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from reco_core.events import EpochEnded
from reco_core.runs import Run, RunRequest


def request(**values: object) -> RunRequest:
    return RunRequest(**{"source": "demo", "dataset": "demo", "model": "mf", "settings": {"dim": 2}, **values})


def epoch(number: int) -> EpochEnded:
    return EpochEnded(number, 1, 1.0, 1.1, 1.0, 1.05, 0.1, 0.1 * number, 1000.0, 0.003)


def aged(run: Run) -> Run:
    """The same run, made an hour ago."""
    run.update(created=(datetime.now(UTC) - timedelta(hours=1)).isoformat())
    return run
