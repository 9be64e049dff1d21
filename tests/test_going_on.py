"""Runs that pause, step, change, are killed and go on, trained in this process as the worker trains them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reco_core.errors import RunError
from reco_core.events import (
    Changed,
    Continued,
    EpochEnded,
    Event,
    Failed,
    Finished,
    Paused,
    StageStarted,
    Started,
    Stopped,
    Watched,
)
from reco_core.jobs.training_job import train_run
from reco_core.runs import Change, Continue, Pause, Run, RunRequest, RunStore, Step, Stop, Watch
from reco_core.training.loop import Programs
from tests.tiny import request_for, write_csv

PROGRAMS = Programs(capacity=20)
FAST = {"epochs": 4, "batch_size": 32, "patience": None, "dim": 3}
MODELS = {
    "mf_bias": {},
    "neural_bias": {"dropout": 0.3, "patience": 2},
    "deep_regressor": {"table_epochs": 2, "dropout": 0.2, "patience": 1},
}


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


@pytest.fixture
def store() -> RunStore:
    return RunStore()


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


def kinds(run: Run) -> list[str]:
    return [type(event).__name__ for event in run.events()]


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
    with pytest.raises(RunError, match="trained once, unless it is asked to go on"):
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
    assert run.status == "finished" and "no longer fell" in run.reason
    n = len(run.epochs())
    run.ask(Continue(2))
    trained(run)
    assert run.status == "finished" and len(run.epochs()) == n + 2 and run.reason == ""
    assert run.saved()[1] == run.finished.best_epoch


def test_a_change_by_hand_is_an_event_and_holds_through_pause_kill_and_refit(store: RunStore, csv: Path):
    def changed(refit: bool, then: Callable[[Run], Callable[[], None]] | None) -> Run:
        run = store.create(asked(csv, refit=refit))

        def listen(event: Event) -> None:
            after(2, lambda: (run.ask(Change("learning_rate", 0.2)), run.ask(Change("l2", 1.5))))(event)
            if then is not None and isinstance(event, Changed) and event.setting == "l2":
                then(run)()

        return trained(run, listen)

    plain, whole = trained(store.create(asked(csv))), changed(False, None)
    assert [(e.epoch, e.setting, e.after, e.serial) for e in whole.changes()] == [
        (2, "learning_rate", 0.2, 1),
        (2, "l2", 1.5, 2),
    ]
    assert [epoch.learning_rate for epoch in whole.epochs()][2:] == [0.2, 0.2]
    assert curve(whole)[:2] == curve(plain)[:2] and curve(whole)[2:] != curve(plain)[2:]
    paused, killed = changed(False, lambda run: lambda: run.ask(Pause())), changed(False, lambda run: kill)
    for run in (paused, killed):
        run.ask(Continue())
        assert_same(trained(run), whole)
        assert [change.serial for change in run.changes()] == [1, 2]
    refit = changed(True, None)
    assert [epoch.learning_rate for epoch in refit.epochs()][6:] == [0.2, 0.2]
    assert [change.epoch for change in refit.changes()] == [2, 2, 6, 6]


def test_a_change_asked_while_the_run_rests_is_made_when_it_goes_on(store: RunStore, csv: Path):
    run = store.create(asked(csv, learning_rate=0.01))
    run.ask(Change("learning_rate", 0.11))
    trained(run, after(1, lambda: run.ask(Pause())))
    run.ask(Change("learning_rate", 0.5))
    run.ask(Change("learning_rate", 0.3))
    run.ask(Continue())
    trained(run)
    assert [epoch.learning_rate for epoch in run.epochs()] == [0.11, 0.3, 0.3, 0.3]
    assert [(change.epoch, change.before) for change in run.changes()] == [(0, 0.01), (1, 0.11)]


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


def test_requests_while_it_trains_are_answered(store: RunStore, csv: Path):
    run = store.create(asked(csv))
    trained(run, after(1, lambda: run.ask(Step())))
    assert run.status == "paused" and len(run.epochs()) == 2
    run.ask(Continue())
    trained(run, after(3, lambda: run.ask(Continue(3))))
    assert run.status == "finished" and len(run.epochs()) == 6 and run.asked is None
    serials = [e.serial for e in run.events() if isinstance(e, (Continued, Paused, Finished))]
    assert serials == [1, 1, 2, 3, 3]


def test_what_is_watched_is_seen_after_each_epoch(store: RunStore, csv: Path):
    run = store.create(asked(csv))
    run.ask(Watch(item=3, user=5))
    trained(run, after(2, lambda: run.ask(Watch(item=99_999))))
    seen = run.watched()
    assert [w.epoch for w in seen] == [0, 1, 2] and {(w.item, w.user) for w in seen} == {(3, 5)}
    assert all(len(w.neighbours) == 10 and 3 not in w.neighbours and len(w.top) <= 10 for w in seen)
    assert all(len(row) == 3 for w in seen for row in w.held_out)
    assert run.status == "finished"


def test_snapshots_score_as_the_run_did_then(store: RunStore, csv: Path):
    run = store.create(asked(csv, epochs=6))
    trained(run, after(4, lambda: run.ask(Pause())))
    assert run.snapshots() == [0, 1, 2, 3, 4]
    now, then = (run.scorer(epoch).score_all(np.arange(3)) for epoch in (None, 4))
    assert np.array_equal(now, then)
    assert not np.array_equal(now, run.scorer(1).score_all(np.arange(3)))
    run.ask(Continue())
    trained(run)
    assert run.snapshots() == [0, 1, 2, 3, 4, 5, 6]
    with pytest.raises(RunError, match="has no snapshot of epoch 9; it has them of 0, 1, 2, 3, 4, 5, 6"):
        run.scorer(9)


def test_going_on_that_fails_keeps_the_result(store: RunStore, csv: Path):
    run = trained(store.create(asked(csv)))
    csv.rename(csv.with_name("gone.csv"))
    run.ask(Continue(1))
    trained(run)
    assert run.status == "failed" and "needs its dataset" in run.reason
    assert run.has_result and run.metrics is not None
    csv.with_name("gone.csv").rename(csv)
    run.ask(Continue(1))
    trained(run)
    assert run.status == "finished" and len(run.epochs()) == 5


def test_numbers_without_bound_can_be_helped_with_a_smaller_rate(store: RunStore, csv: Path):
    run = store.create(asked(csv, output="linear", optimizer="sgd", learning_rate=0.01))
    trained(run, after(2, lambda: (run.ask(Change("learning_rate", 10)), run.ask(Change("bias_l2", 10)))))
    assert run.status == "failed" and "no longer a number in epoch 3" in run.reason
    run.ask(Change("learning_rate", 0.01))
    run.ask(Change("bias_l2", 0))
    run.ask(Continue())
    trained(run)
    assert run.status == "finished" and len(run.epochs()) == 4


def test_a_disk_without_room_ends_the_run_with_a_reason(store: RunStore, csv: Path, monkeypatch: pytest.MonkeyPatch):
    import errno

    run = store.create(asked(csv))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def fill() -> None:
        monkeypatch.setattr("reco_core.runs.recording.write_state", full)

    trained(run, after(2, fill))
    assert run.status == "interrupted" and run.reason.startswith("The disk is full: it ended after epoch")
    assert run.has_result and len(run.epochs()) >= 2
    monkeypatch.undo()
    run.ask(Continue())
    trained(run)
    assert run.status == "finished" and len(run.epochs()) == 4


def test_a_damaged_checkpoint_is_one_sentence_and_the_result_stays(store: RunStore, csv: Path):
    run = trained(store.create(asked(csv)))
    (run.folder / "state.npz").write_bytes(b"nothing")
    run.ask(Continue(1))
    trained(run)
    assert run.status == "failed" and "checkpoint" in run.reason and run.has_result


def test_a_run_without_a_checkpoint_is_not_asked_to_go_on(store: RunStore, csv: Path, tmp_path: Path):
    run = trained(store.create(asked(csv)))
    store.export(run.id, tmp_path / "run.zip")
    imported = store.import_(tmp_path / "run.zip")
    with pytest.raises(RunError, match="has no checkpoint to go on from"):
        imported.ask(Continue(1))


def test_a_base_run_that_is_gone_is_no_matter_for_a_run_that_has_read_it(store: RunStore, csv: Path):
    base = trained(store.create(request_for(csv, model="mf", settings=FAST)))
    wanted = request_for(csv, model="deep_regressor", settings=FAST, base_run=base.id)
    whole, run = trained(store.create(wanted)), store.create(wanted)
    trained(run, after(2, lambda: run.ask(Pause())))
    store.delete(base.id)
    run.ask(Continue())
    assert_same(trained(run), whole)


def test_events_that_end_or_go_on_name_the_request_they_answer(store: RunStore, csv: Path):
    run = store.create(asked(csv))
    trained(run, after(1, lambda: run.ask(Stop())))
    (stopped,) = [e for e in run.events() if isinstance(e, Stopped)]
    assert stopped == Stopped(1, "asked", 1) and run.finished.serial == 1
    assert isinstance(run.events()[0], Started) and not any(isinstance(e, (Failed, Watched)) for e in run.events())
