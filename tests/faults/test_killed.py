"""Processes that are killed while they train: nothing is lost but the epoch under way, and nobody else's run."""

from __future__ import annotations

import os
import random
import select
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from reco_core.events import Continued, EpochEnded
from reco_core.jobs.server.manager import Manager
from reco_core.runs import Run, RunStore
from reco_core.runs.requests import Continue, Stop
from tests.faults.workers import begun, long_run, managing, over, posix
from tests.nursery import Nursery
from tests.tiny import alive, request_for, wait_until

pytestmark = posix
KILLS = 50 if os.environ.get("RECO_SLOW") == "1" else 6


def content(run: Run) -> dict[str, bytes]:
    """Every file of a run but the locks."""
    return {path.name: path.read_bytes() for path in run.folder.iterdir() if path.is_file() and path.suffix != ".lock"}


def kill_at_random(pid: int, run: Run, chance: random.Random) -> None:
    """Kill -9 a trainer some epochs on, or at once, and then a moment later, wherever in an epoch that is."""
    wanted = len(run.epochs()) + chance.choice([0, 1, 2, 5])
    wait_until(lambda: len(run.epochs()) >= wanted or not alive(pid), "some epochs are over")
    select.select([], [], [], chance.uniform(0, 0.05))
    os.kill(pid, signal.SIGKILL)


def test_kill_9_at_any_moment_costs_an_epoch_at_most_and_nobody_elses_run(nursery: Nursery, store: RunStore, csv: Path):
    chance = random.Random(7)
    settings = {"epochs": 2000, "patience": None, "batch_size": 8}
    bystander = store.create(request_for(csv, model="mf", settings={"epochs": 3}))
    nursery.train(bystander)
    assert nursery.ended() == 0 and bystander.status == "finished"
    untouched = content(bystander)
    run = store.create(request_for(csv, model="mf_bias", settings=settings))
    for _ in range(KILLS):
        kill_at_random(nursery.train(run), run, chance)
        assert nursery.ended() == -signal.SIGKILL
        check_after_a_kill(store, run)
        run.ask(Continue())
    (run.folder / ".state.npz.0123abcd").touch()  # as a process that was killed while it wrote leaves it
    run.ask(Stop())
    nursery.train(run)
    assert nursery.ended() == 0 and run.status == "stopped" and run.metrics is not None
    assert not [path for path in run.folder.rglob(".*") if path.suffix != ".lock"]
    assert content(bystander) == untouched
    went_on = [event for event in run.events() if isinstance(event, Continued)]
    assert len(went_on) >= KILLS // 2


def lost_epochs(run: Run) -> Iterator[list[EpochEnded]]:
    """The epochs that were in the log and had to be trained again, each time that the run went on."""
    told: list[EpochEnded] = []
    for event in run.events():
        if isinstance(event, Continued):
            yield [epoch for epoch in told if epoch.epoch > event.epoch]
            told = [epoch for epoch in told if epoch.epoch <= event.epoch]
        elif isinstance(event, EpochEnded):
            told.append(event)


def check_after_a_kill(store: RunStore, run: Run) -> None:
    """The store opens, the run says what happened, and has every epoch that it had."""
    assert store.damaged() == {}
    assert store.open(run.id).status == "interrupted" and "gone: it ended" in run.reason
    epochs = run.epochs()
    assert [epoch.epoch for epoch in epochs] == list(range(1, len(epochs) + 1))
    assert not any(lost_epochs(run)), "an epoch that was over was trained again"
    if epochs:
        assert all(np.isfinite(array).all() for array in run.arrays().values())


def test_a_run_killed_again_and_again_ends_with_the_weights_of_one_that_was_not(
    nursery: Nursery, store: RunStore, csv: Path
):
    request = request_for(csv, model="mf_bias", settings={"epochs": 60, "patience": 4, "batch_size": 8})
    whole, killed = store.create(request), store.create(request)
    nursery.train(whole)
    assert nursery.ended() == 0
    chance = random.Random(3)
    for _ in range(3):
        kill_at_random(nursery.train(killed), killed, chance)
        nursery.ended()
        if killed.status != "interrupted":
            break
        killed.ask(Continue())
    if killed.status == "interrupted":
        nursery.train(killed)
        assert nursery.ended() == 0
    assert killed.status == whole.status == "finished", killed.reason
    for name, array in whole.arrays().items():
        np.testing.assert_allclose(killed.arrays()[name], array, atol=1e-6)
    assert killed.metrics["test"] == pytest.approx(whole.metrics["test"], abs=1e-6)


def test_a_killed_worker_is_replaced_and_its_run_goes_on_through_the_queue(manager: Manager, csv: Path):
    run, waiting = manager.start(long_run(csv)), manager.start(request_for(csv))
    begun(run)
    os.kill(manager.worker_pids[0], signal.SIGKILL)
    wait_until(lambda: run.status == "interrupted" and "SIGKILL" in run.reason, "the death is told")
    assert over(waiting).status == "finished"
    had = len(run.epochs())
    manager.ask(run.id, Continue())
    begun(run, had + 2)
    assert run.status == "running" and [e.epoch for e in run.epochs()] == list(range(1, len(run.epochs()) + 1))
    manager.stop(run.id)
    assert over(run).status == "stopped" and run.metrics is not None


def test_of_two_workers_one_is_killed_and_the_other_trains_on(store: RunStore, csv: Path):
    with managing(store, workers=2) as manager:
        one, other = begun(manager.start(long_run(csv))), begun(manager.start(long_run(csv)))
        assert (one.status, other.status) == ("running", "running") and one.started.pid != other.started.pid
        os.kill(one.started.pid, signal.SIGKILL)
        wait_until(lambda: one.status == "interrupted", "the death is seen")
        begun(other, len(other.epochs()) + 3)
        assert other.status == "running" and other.started.pid in manager.worker_pids
