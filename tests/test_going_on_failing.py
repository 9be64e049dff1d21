"""Going on when something is wrong: the result stays, and one sentence says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from reco_core.errors import RunError
from reco_core.runs import Change, Continue, Pause, RunStore
from tests.going_on import FAST, after, asked, assert_same, trained
from tests.tiny import request_for


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
    assert (
        run.status == "interrupted" and "is full (free some space, then continue): it ended after epoch" in run.reason
    )
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
    with pytest.raises(RunError, match="has no checkpoint to continue from"):
        imported.ask(Continue(1))


def test_a_base_run_that_is_gone_is_no_matter_for_a_run_that_has_read_it(store: RunStore, csv: Path):
    base = trained(store.create(request_for(csv, model="mf", settings=FAST)))
    wanted = request_for(csv, model="deep_regressor", settings=FAST, base_run=base.id)
    whole, run = trained(store.create(wanted)), store.create(wanted)
    trained(run, after(2, lambda: run.ask(Pause())))
    store.delete(base.id)
    run.ask(Continue())
    assert_same(trained(run), whole)
