"""Run folders: made, read, listed, renamed, deleted; status from events and locks; damage said in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from reco_core.encode import RatingScale
from reco_core.errors import RunError
from reco_core.events import Event, Failed, Finished, Started, Stopped
from reco_core.models import get_model
from reco_core.models.spec import Shape
from reco_core.models.weights import initial
from reco_core.runs import Run, RunStore, Sizes
from tests.planted_events import aged, epoch, request

SHAPE = Shape(4, 3, RatingScale(1, 5, 1), 3.5)


def weights(seed: int = 0) -> dict[str, np.ndarray]:
    mf = get_model("mf")
    return initial(mf.layout(mf.parse({"dim": 2}), SHAPE), np.random.default_rng(seed))


STARTED = Started(0.0, 1, 14, 3, 10, 2, 3, {"bias": 0.9})

FINISHED = Finished(1.0, 3, 2, {"total": 1.0, "first_epoch": 0.1, "fit": 0.3})


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def record(run: Run, *events: Event, saved: int = 0) -> Run:
    """What a worker that is gone has left: these events, and the weights of an epoch."""
    run.update(sizes=Sizes.of(SHAPE).model_dump())
    with run.record() as recording:
        for event in events:
            recording.emit(event)
        if saved:
            recording.save(weights(), saved)
    return run


def test_status_follows_events_and_who_holds_the_run(store: RunStore):
    run = aged(store.create(request()))
    assert run.status == "interrupted"
    waiting = run.wait()
    assert run.status == "queued"
    with run.record() as recording:
        assert run.status == "running"
        recording.emit(STARTED)
        recording.emit(epoch(1))
        assert run.status == "running" and run.active
    assert run.status == "interrupted"
    waiting.release()
    assert "after epoch 1 of 3" in run.reason


def test_a_run_just_made_is_not_yet_called_interrupted(store: RunStore):
    assert store.create(request()).status == "queued"


@pytest.mark.parametrize(
    ("events", "status", "words"),
    [
        ([STARTED, epoch(1), FINISHED], "finished", ""),
        ([STARTED, epoch(1), Stopped(1, "patience"), FINISHED], "finished", "no longer improved"),
        ([STARTED, epoch(1), Stopped(1, "asked"), FINISHED], "stopped", "after epoch 1 on request"),
        ([STARTED, Stopped(0, "asked")], "stopped", "no result"),
        ([STARTED, epoch(1), Stopped(1, "asked")], "interrupted", "after epoch 1"),
        ([STARTED, Failed("The loss is no number.")], "failed", "The loss is no number."),
        ([STARTED], "interrupted", "before the first epoch ended"),
    ],
)
def test_the_end_of_a_run_is_told_by_its_events(store: RunStore, events: list, status: str, words: str):
    run = record(store.create(request()), *events)
    assert run.status == status
    assert words in run.reason


def test_how_the_process_ended_is_told(store: RunStore):
    run = record(store.create(request()), STARTED, epoch(1))
    run.note_end("The training process was killed (SIGKILL)")
    assert run.reason.startswith("The training process was killed (SIGKILL): it ended after epoch 1 of 3")


@pytest.mark.parametrize(
    ("events", "has_result"),
    [
        ([STARTED, epoch(1), FINISHED], True),
        ([STARTED, epoch(1), Stopped(1, "asked"), FINISHED], True),
        ([STARTED, epoch(1)], True),
        ([STARTED, epoch(1), Failed("x")], False),
    ],
)
def test_a_run_with_weights_has_a_result_unless_it_failed(store: RunStore, events: list, has_result: bool):
    run = record(store.create(request()), *events, saved=1)
    assert run.has_result is has_result


def test_a_dropped_run_is_stopped_without_a_result(store: RunStore):
    run = store.create(request())
    run.drop()
    assert run.status == "stopped" and not run.has_result


def test_a_run_is_trained_once_and_by_one(store: RunStore):
    run = store.create(request())
    with run.record() as recording:
        recording.emit(STARTED)
    with pytest.raises(RunError, match="trained once"):
        run.record().__enter__()


def test_weights_come_back_with_their_epoch(store: RunStore):
    run = record(store.create(request()), STARTED, epoch(1), epoch(2), FINISHED, saved=2)
    arrays, number = run.saved()
    assert number == 2
    assert arrays.keys() == weights().keys()
    assert all((arrays[name] == value).all() for name, value in weights().items())
    assert np.isfinite(run.scorer().score(np.array([0, -1]), np.array([2, -1]))).all()


def test_a_run_without_weights_says_so(store: RunStore):
    run = record(store.create(request()), STARTED)
    with pytest.raises(RunError, match="no weights: it ended before its first epoch was complete"):
        run.arrays()


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_damaged_weights_are_one_sentence(store: RunStore, content: bytes):
    run = record(store.create(request()), STARTED, epoch(1), FINISHED, saved=1)
    (run.folder / "weights.npz").write_bytes(content)
    with pytest.raises(RunError, match="The weights of run"):
        run.scorer()


def test_damaged_metrics_are_one_sentence(store: RunStore):
    run = record(store.create(request()), STARTED, FINISHED)
    run.write_metrics({"test": {"rmse": float("nan")}, "baselines": {}, "protocol": "p"})
    assert run.metrics["test"] == {"rmse": None}
    (run.folder / "metrics.json").write_text(json.dumps({"test": {"rmse": "low"}}))
    with pytest.raises(RunError, match=r"metrics\.json"):
        _ = run.metrics


def test_a_look_stays_as_it_was_while_the_run_goes_on(store: RunStore):
    run = aged(store.create(request()))
    with run.record() as recording:
        recording.emit(STARTED)
        seen = run.look()
        recording.emit(epoch(1))
        recording.emit(FINISHED)
    assert (seen.status, seen.epochs(), seen.finished) == ("running", [], None)
    assert (run.look().status, len(run.look().epochs())) == ("finished", 1)
    with pytest.raises(AttributeError):
        seen.state = run.state


def test_what_was_renamed_or_scored_anew_is_seen_by_the_next_look(store: RunStore):
    run = record(store.create(request(name="before")), STARTED, epoch(1), FINISHED, saved=1)
    assert (store.views()[0].name, store.views()[0].metrics) == ("before", None)
    store.rename(run.id, "after")
    run.write_metrics({"test": {"rmse": 0.9}, "baselines": {}, "protocol": ""})
    (seen,) = store.views()
    assert (seen.name, seen.metrics["test"]) == ("after", {"rmse": 0.9})
