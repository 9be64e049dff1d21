"""What a sweep remembers of its runs: those that are over are read once, until one of their files changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from reco_core.events import EpochEnded, Finished, Started
from reco_core.jobs.sweeps import trial_results
from reco_core.jobs.sweeps.trial_results import outcome_of
from reco_core.runs import Continue, Run, RunRequest, RunStore
from reco_core.runs.checkpoint_file import write_state

CURVE = (1.2, 1.0, 1.1)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the runs that were read, in order."""
    seen = []

    def read(run: Run):
        seen.append(run.id)
        return real(run)

    real = trial_results._read
    monkeypatch.setattr(trial_results, "_read", read)
    return seen


def begun(store: RunStore) -> Run:
    return store.create(RunRequest(source="demo", dataset="demo", model="mf"))


def finished(store: RunStore) -> Run:
    run = begun(store)
    with run.record() as recording:
        recording.emit(Started(0.0, 1, 9, len(CURVE), 8, 1, 1))
        for n, value in enumerate(CURVE, 1):
            recording.emit(EpochEnded(n, 1, 1.0, 1.0, 1.0, value, 0.1, 0.1 * n, 9.0, 0.1))
        recording.emit(Finished(1.0, len(CURVE), 2, {"total": 0.5}))
    return run


def test_run_that_is_over_is_read_once(store: RunStore, reads: list[str]):
    run = finished(store)
    for _ in range(3):
        outcome = outcome_of(store, run.id)
    assert reads == [run.id]
    assert (outcome.status, outcome.epochs, outcome.score.value, outcome.seconds) == ("finished", 3, 1.0, 0.5)


def test_run_under_way_is_read_each_time(store: RunStore, reads: list[str]):
    run = begun(store)
    with run.record() as recording:
        recording.emit(Started(0.0, 1, 9, 3, 8, 1, 1))
        assert [outcome_of(store, run.id).status for _ in range(2)] == ["running", "running"]
    assert len(reads) == 2


def test_run_is_read_again_when_it_is_renamed_or_asked_to_go_on(store: RunStore, reads: list[str]):
    run = finished(store)
    outcome_of(store, run.id)
    store.rename(run.id, "Another name")
    assert outcome_of(store, run.id).name == "Another name"
    write_state(run.folder, {}, 3)
    run.ask(Continue(epochs=1))
    waiting = run.wait()
    assert outcome_of(store, run.id).status == "queued"
    waiting.release()
    assert outcome_of(store, run.id).status == "finished", "nobody has it, and that was not remembered either way"
    assert len(reads) == 4


def test_deleted_run_has_no_outcome(store: RunStore):
    run = finished(store)
    outcome_of(store, run.id)
    store.delete(run.id)
    assert outcome_of(store, run.id) is None
