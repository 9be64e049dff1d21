"""What tests of going on share: runs that are asked for, killed, and compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from reco_core.events import (
    EpochEnded,
    Event,
    StageStarted,
)
from reco_core.jobs.running.training_job import train_run
from reco_core.runs import Run, RunRequest
from reco_core.training.loop import Programs
from tests.tiny import request_for

PROGRAMS = Programs(capacity=20)

FAST = {"epochs": 4, "batch_size": 32, "patience": None, "dim": 3}

MODELS = {
    "mf_bias": {},
    "neural_bias": {"dropout": 0.3, "patience": 2},
    "deep_regressor": {"table_epochs": 2, "dropout": 0.2, "patience": 1},
}


def asked(csv: Path, model: str = "mf_bias", refit: bool = False, **settings: object) -> RunRequest:
    return request_for(csv, model=model, settings=FAST | MODELS[model] | settings, refit=refit)


class Killed(BaseException):
    """Stands for the end of the process: nothing in the program catches it."""


def after(epoch: int, act: Callable[[], None]) -> Callable[[Event], None]:
    """A listener that acts when an epoch is over."""

    def listen(event: Event) -> None:
        if isinstance(event, EpochEnded) and event.epoch == epoch:
            act()

    return listen


def kill() -> None:
    raise Killed


def trained(run: Run, listen: Callable[[Event], None] | None = None) -> Run:
    try:
        train_run(run, PROGRAMS, listen=listen)
    except Killed:
        return run
    return run


def curve(run: Run) -> list[tuple]:
    return [(e.epoch, e.stage, e.loss, e.val_rmse, e.learning_rate) for e in run.epochs()]


def assert_same(run: Run, whole: Run) -> None:
    """The same curve, weights and figures."""
    assert curve(run) == curve(whole)
    assert run.status == whole.status and run.saved()[1] == whole.saved()[1]
    assert all(np.array_equal(array, whole.arrays()[name]) for name, array in run.arrays().items())
    assert run.metrics["test"] == whole.metrics["test"]
    stages = [[(e.stage, e.name) for e in r.events() if isinstance(e, StageStarted)] for r in (run, whole)]
    assert stages[0] == stages[1]
