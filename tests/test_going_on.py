"""Runs that pause, step, change, are killed and go on, trained in this process as the worker trains them."""

from __future__ import annotations

from pathlib import Path

import pytest

from reco_core.errors import RunError
from reco_core.events import (
    Continued,
    StageStarted,
)
from reco_core.jobs.running.training_job import train_run
from reco_core.runs import Continue, Pause, Run, RunStore, Step, Stop
from tests.going_on import MODELS, PROGRAMS, after, asked, assert_same, kill, trained


def kinds(run: Run) -> list[str]:
    return [type(event).__name__ for event in run.events()]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("refit", [False, True])
def test_a_run_paused_and_killed_at_any_epoch_ends_as_one_that_was_not(
    store: RunStore, csv: Path, model: str, refit: bool
):
    whole = trained(store.create(asked(csv, model, refit)))
    assert whole.status == "finished", whole.reason
    last = len(whole.epochs())
    for epoch in sorted({1, 2, last // 2 + 1, last}):
        paused = store.create(asked(csv, model, refit))
        trained(paused, after(epoch, lambda run=paused: run.ask(Pause())))
        assert paused.status == "paused" and paused.has_result and paused.metrics is None
        paused.ask(Continue())
        assert_same(trained(paused), whole)
        killed = store.create(asked(csv, model, refit))
        trained(killed, after(epoch, kill))
        assert killed.status == "interrupted" and len(killed.epochs()) == epoch
        killed.ask(Continue())
        assert_same(trained(killed), whole)


def test_a_step_is_one_epoch_and_the_last_one_ends_the_run(store: RunStore, csv: Path):
    whole, run = trained(store.create(asked(csv))), store.create(asked(csv))
    run.ask(Pause())
    trained(run)
    assert run.status == "paused" and run.epochs() == [] and not run.has_result
    for n in range(1, 5):
        run.ask(Step())
        trained(run)
        assert len(run.epochs()) == n
        assert run.status == ("paused" if n < 4 else "finished")
    assert_same(run, whole)


def test_a_finished_run_is_trained_further_and_scored_anew(store: RunStore, csv: Path):
    whole = trained(store.create(asked(csv, epochs=7, decay=1)))
    run = trained(store.create(asked(csv, decay=1)))
    first = run.metrics
    with pytest.raises(RunError, match="trained once, unless it is continued"):
        train_run(run, PROGRAMS)
    run.ask(Continue(3))
    assert run.to_go_on
    trained(run)
    assert_same(run, whole)
    assert run.metrics != first and run.planned_epochs == 7 and run.finished.epochs == 7
    assert run.snapshots() == [0, 1, 2, 3, 4, 5, 7]


def test_fewer_epochs_than_the_plan_has_end_the_run_and_the_plan_can_go_on(store: RunStore, csv: Path):
    run = store.create(asked(csv))
    trained(run, after(1, lambda: run.ask(Pause())))
    run.ask(Continue(1))
    trained(run)
    assert (run.status, len(run.epochs()), run.planned_epochs) == ("finished", 2, 2)
    run.ask(Continue())
    trained(run)
    assert (run.status, len(run.epochs()), run.planned_epochs) == ("finished", 4, 4)


def test_a_stopped_run_goes_on_to_the_end_of_its_plan(store: RunStore, csv: Path):
    whole, run = trained(store.create(asked(csv))), store.create(asked(csv))
    trained(run, after(2, lambda: run.ask(Stop(by="me"))))
    assert run.status == "stopped" and run.metrics is not None and run.asked is None
    run.ask(Continue())
    assert_same(trained(run), whole)


def test_a_paused_run_is_stopped_and_scored_as_it_stands(store: RunStore, csv: Path):
    run = store.create(asked(csv))
    trained(run, after(2, lambda: run.ask(Pause())))
    run.ask(Stop())
    assert run.to_go_on
    trained(run)
    assert run.status == "stopped" and len(run.epochs()) == 2 and run.metrics is not None


def test_early_stopping_is_outlived_by_epochs_asked_for(store: RunStore, csv: Path):
    values = {"epochs": 60, "patience": 1, "learning_rate": 0.3, "dim": 20, "l2": 0}
    run = trained(store.create(asked(csv, **values)))
    assert run.status == "finished" and "no longer improved" in run.reason
    n = len(run.epochs())
    run.ask(Continue(2))
    trained(run)
    assert run.status == "finished" and len(run.epochs()) == n + 2 and run.reason == ""
    assert run.saved()[1] == run.finished.best_epoch


def test_a_log_that_lacks_the_last_epoch_gets_it_from_the_checkpoint(store: RunStore, csv: Path):
    whole, run = trained(store.create(asked(csv))), store.create(asked(csv))
    trained(run, after(2, kill))
    path = run.folder / "events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:9])
    run.ask(Continue())
    assert_same(trained(run), whole)


def test_a_log_that_is_ahead_of_the_checkpoint_is_gone_back_behind(
    store: RunStore, csv: Path, monkeypatch: pytest.MonkeyPatch
):
    whole, run = trained(store.create(asked(csv))), store.create(asked(csv))
    trained(run, after(1, kill))
    state = (run.folder / "state.npz").read_bytes()
    run.ask(Continue())
    trained(run, after(3, kill))
    (run.folder / "state.npz").write_bytes(state)
    run.ask(Continue())
    assert_same(trained(run), whole)
    assert kinds(run).count("EpochEnded") == 6 and [e.epoch for e in run.epochs()] == [1, 2, 3, 4]
    assert [e.epoch for e in run.events() if isinstance(e, Continued)] == [1, 1]


def test_a_run_killed_in_its_first_epoch_begins_again(store: RunStore, csv: Path):
    whole, run = trained(store.create(asked(csv))), store.create(asked(csv))
    trained(run, lambda event: kill() if isinstance(event, StageStarted) else None)
    assert run.status == "interrupted"
    run.ask(Continue())
    assert_same(trained(run), whole)
    assert kinds(run).count("Started") == 1
