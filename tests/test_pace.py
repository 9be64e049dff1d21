"""A run that stands still between its epochs: it learns the same, and the standing still counts as no time of its."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from reco_core.errors import RunError
from reco_core.jobs.running.run_steering import Requests
from reco_core.jobs.running.training_job import train_run
from reco_core.runs import Pace, Run, RunStore, Stop
from tests.tiny import request_for, write_csv

EPOCHS, STILL = 3, 0.3


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.fixture
def request_(tmp_path: Path):
    return request_for(write_csv(tmp_path / "tiny.csv"), model="mf", settings={"epochs": EPOCHS, "patience": None})


def begun(run: Run, epoch: int = 1) -> Requests:
    """What a training of the run looks at after an epoch."""
    requests = Requests(run, lambda event: None)
    requests.begin(0, 0, 10, [])
    requests.after(epoch)
    return requests


def test_slow_run_learns_the_same_and_its_times_leave_the_standing_still_out(store: RunStore, request_):
    quick, slow = store.create(request_), store.create(request_)
    train_run(quick)
    slow.ask(Pace(STILL))
    began = time.monotonic()
    train_run(slow)
    took = time.monotonic() - began
    still = (EPOCHS - 1) * STILL  # none before the first epoch, none after the last
    assert took >= still
    assert slow.finished.seconds["total"] <= took - still
    assert slow.finished.seconds["fit"] <= took - still
    assert slow.epochs()[-1].elapsed <= took - still
    for name, array in quick.arrays().items():
        np.testing.assert_array_equal(slow.arrays()[name], array)


def test_standing_still_ends_when_something_else_is_asked(store: RunStore, request_):
    run = store.create(request_)
    run.ask(Pace(10))
    requests = begun(run)
    run.ask(Stop())
    requests.rest()
    assert requests.rested < 5 and requests.after(1) == "asked"


def test_first_epoch_of_a_training_and_full_speed_wait_for_nothing(store: RunStore, request_):
    run = store.create(request_)
    run.ask(Pace(10))
    begun(run, epoch=0).rest()
    run.ask(Pace(0))
    requests = begun(run)
    requests.rest()
    assert requests.rested == 0


@pytest.mark.parametrize("seconds", [-1, 11, float("nan"), True, "1"])
def test_pace_is_a_number_of_seconds_up_to_ten(store: RunStore, request_, seconds):
    with pytest.raises(RunError, match="pause between two epochs is 0 to 10 seconds"):
        store.create(request_).ask(Pace(seconds))
