"""How a training job ends: data that changed or is gone, errors, no memory, stops and failures."""

from __future__ import annotations

from pathlib import Path

from reco_core.events import EpochEnded, Failed, Stopped
from reco_core.jobs.running.training_job import train_run
from reco_core.runs import RunStore
from reco_core.split import SplitSettings
from tests.scripted import RANKING, kinds
from tests.tiny import request_for


def test_a_dataset_that_changed_since_fails_the_run(store: RunStore, csv: Path):
    run = store.create(request_for(csv, dataset_fingerprint="0" * 16))
    train_run(run)
    assert run.status == "failed"
    assert "needs its dataset tiny (fingerprint 0000000000000000)" in run.reason
    assert "holds other ratings" in run.reason


def test_a_dataset_that_is_gone_fails_the_run(store: RunStore, csv: Path):
    run = store.create(request_for(csv))
    csv.unlink()
    train_run(run)
    assert run.status == "failed" and "needs its dataset tiny" in run.reason and not run.has_result


def test_a_split_that_leaves_nothing_fails_the_run(store: RunStore, csv: Path):
    run = store.create(request_for(csv, split=SplitSettings(kind="fold:u1")))
    train_run(run)
    assert run.status == "failed" and "fold" in run.reason.lower()


def test_an_error_of_the_program_fails_the_run_and_leaves_a_log(store: RunStore, csv: Path, scripted):
    scripted.script = (3.0, ZeroDivisionError("of all things"))
    run = store.create(request_for(csv, model="mf"))
    train_run(run)
    assert run.reason == "Training crashed (ZeroDivisionError: of all things); its log.txt says where."
    assert "Traceback" in (run.folder / "log.txt").read_text()
    assert run.saved()[1] == 1


def test_no_memory_is_said_plainly(store: RunStore, csv: Path, scripted):
    scripted.script = (MemoryError(),)
    run = store.create(request_for(csv, model="mf"))
    train_run(run)
    assert run.reason.startswith("Memory ran out")


def test_a_training_that_fails_ends_the_run_with_its_reason(store: RunStore, csv: Path, scripted):
    scripted.script = (3.0, Failed("The loss is no longer a number in epoch 2."))
    run = store.create(request_for(csv, model="mf"))
    train_run(run)
    assert kinds(run)[-1] == "Failed" and run.metrics is None
    assert run.reason == "The loss is no longer a number in epoch 2."


def test_a_run_that_was_stopped_is_scored_and_kept(store: RunStore, csv: Path, scripted):
    run = store.create(request_for(csv, model="mf"))

    def stop_after_the_first(event: object) -> None:
        if isinstance(event, EpochEnded):
            run.ask_stop()

    train_run(run, listen=stop_after_the_first)
    assert run.status == "stopped" and run.has_result and run.finished.epochs == 1
    assert set(run.metrics["test"]) >= RANKING


def test_a_run_stopped_before_its_first_epoch_has_no_result(store: RunStore, csv: Path, scripted):
    run = store.create(request_for(csv, model="mf"))
    run.ask_stop()
    train_run(run)
    assert run.status == "stopped" and not run.has_result and "no result" in run.reason


def test_a_stopped_run_is_not_trained_again(store: RunStore, csv: Path, scripted):
    scripted.script = (3.0, Stopped(1, "asked"))
    run = store.create(request_for(csv, model="mf", refit=True))
    train_run(run)
    assert len(scripted.made) == 1 and run.status == "stopped"
