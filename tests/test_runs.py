"""Run folders: made, read, listed, renamed, deleted; status from events and locks; damage said in one sentence."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core.encode import RatingScale
from reco_core.errors import RunError, SettingsError
from reco_core.events import EpochEnded, Event, Failed, Finished, Progress, StageStarted, Started, Stopped, to_line
from reco_core.models import get_model
from reco_core.models.spec import Shape
from reco_core.models.weights import initial
from reco_core.runs import Run, RunRequest, RunStore, Sizes
from reco_core.runs.files import EventLog, is_locked, locked, write_whole

SHAPE = Shape(4, 3, RatingScale(1, 5, 1), 3.5)


def request(**values: object) -> RunRequest:
    return RunRequest(**{"source": "demo", "dataset": "demo", "model": "mf", "settings": {"dim": 2}, **values})


def weights(seed: int = 0) -> dict[str, np.ndarray]:
    mf = get_model("mf")
    return initial(mf.layout(mf.parse({"dim": 2}), SHAPE), np.random.default_rng(seed))


def epoch(number: int) -> EpochEnded:
    return EpochEnded(number, 1, 1.0, 1.1, 1.0, 1.05, 0.1, 0.1 * number, 1000.0, 0.003)


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


def aged(run: Run) -> Run:
    """The same run, made an hour ago."""
    run.update(created=(datetime.now(UTC) - timedelta(hours=1)).isoformat())
    return run


def test_a_new_run_holds_every_setting_written_out(store: RunStore):
    run = store.open(store.create(request()).id)
    assert run.info.settings["dim"] == 2
    assert run.settings == get_model("mf").parse({"dim": 2})
    assert run.info.versions["keras"] != "none"
    assert run.events() == [] and run.metrics is None and not run.has_result


def test_a_preset_is_written_out_and_named(store: RunStore):
    mf_bias = get_model("mf_bias")
    preset = mf_bias.presets[0].name
    run = store.create(request(model="mf_bias", preset=preset, settings={}))
    assert run.settings == mf_bias.parse({}, preset)
    assert run.info.preset == preset


@pytest.mark.parametrize("values", [{"model": "nonsense"}, {"settings": {"dim": 0}}, {"settings": {"size": 3}}])
def test_a_run_that_cannot_be_trained_is_never_made(store: RunStore, values: dict):
    with pytest.raises(SettingsError):
        store.create(request(**values))
    assert store.list() == []


def test_default_names_are_readable_and_no_two_are_equal(store: RunStore):
    names = [store.create(request()).name for _ in range(3)]
    assert len(set(names)) == 3
    assert all(name.startswith("mf · ") for name in names)


@pytest.mark.parametrize(
    "bad",
    ["", ".", "..", "../x", "a/b", "C:\\x", "20250131-093000-mf-1a2b/../x", "20250131-093000-MF-1a2b", "x\0y", 7, None],
)
def test_an_id_that_is_no_id_never_becomes_a_path(store: RunStore, bad: object):
    with pytest.raises(RunError, match="A run id looks like"):
        store.open(bad)


def test_a_run_that_is_not_there_is_named(store: RunStore):
    with pytest.raises(RunError, match="There is no run 20250131-093000-mf-1a2b"):
        store.open("20250131-093000-mf-1a2b")


def test_the_list_is_newest_first_and_can_be_of_one_dataset(store: RunStore):
    first, second = store.create(request()), store.create(request(dataset="other"))
    aged(first)
    assert [run.id for run in store.list()] == [second.id, first.id]
    assert [run.id for run in store.list(dataset="other")] == [second.id]
    assert store.list(dataset="nothing") == []


def test_a_run_is_found_by_id_start_name_and_last(store: RunStore):
    first, second = aged(store.create(request(name="my first"))), store.create(request(model="bias", settings={}))
    assert store.find(first.id).id == store.find("my first").id == first.id
    assert store.find(second.id[:-2]).id == store.find("last").id == second.id
    with pytest.raises(RunError, match="several match"):
        store.find("20")
    with pytest.raises(RunError, match="There is no run 'x'; the newest are: " + second.id):
        store.find("x")


def test_renaming_keeps_the_id_and_makes_the_name_unlike_others(store: RunStore):
    first, second = store.create(request(name="one")), store.create(request(name="two"))
    assert store.rename(second.id, " one ").name == "one · 2"
    assert store.open(second.id).name == "one · 2"
    assert store.rename(first.id, "one").name == "one"
    for bad in ("", "two\nlines", "x" * 81):
        with pytest.raises(RunError, match="name"):
            store.rename(first.id, bad)


def test_deleting_removes_the_folder(store: RunStore):
    run = aged(store.create(request()))
    store.delete(run.id)
    assert store.list() == [] and list(store.root.iterdir()) == []


def test_a_run_that_waits_or_trains_cannot_be_deleted(store: RunStore):
    run = store.create(request())
    lock = run.wait()
    with pytest.raises(RunError, match="is queued: stop it first"):
        store.delete(run.id)
    lock.release()


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
        ([STARTED, epoch(1), Stopped(1, "patience"), FINISHED], "finished", "no longer fell"),
        ([STARTED, epoch(1), Stopped(1, "asked"), FINISHED], "stopped", "after epoch 1, as asked"),
        ([STARTED, Stopped(0, "asked")], "stopped", "no result"),
        ([STARTED, epoch(1), Stopped(1, "asked")], "interrupted", "after epoch 1"),
        ([STARTED, Failed("The loss is no number.")], "failed", "The loss is no number."),
        ([STARTED], "interrupted", "before its first epoch was over"),
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


def test_a_lock_shows_only_while_it_is_held(tmp_path: Path):
    path = tmp_path / "x.lock"
    assert not is_locked(path)
    lock = locked(path)
    assert is_locked(path) and is_locked(path)
    assert locked(path) is None
    lock.release()
    assert not is_locked(path)


def test_a_half_written_file_never_takes_the_place_of_a_whole_one(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text("whole")

    def fail(file: object) -> None:
        file.write(b"ha")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_whole(path, fail)
    assert path.read_text() == "whole"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_reading_a_growing_log_gives_ever_longer_prefixes(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    events = [epoch(n) for n in range(1, data.draw(st.integers(1, 6)) + 1)]
    content = "".join(map(to_line, events)).encode()
    cuts = [*sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=6))), len(content)]
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    log, written = EventLog(path), 0
    for cut in cuts:
        with path.open("ab") as file:
            file.write(content[written:cut])
        written = cut
        whole = content[:cut].count(b"\n")
        assert log.read() == EventLog(path).read() == events[:whole]


def test_threads_read_one_log_without_mixing_it_up(tmp_path: Path):
    path = tmp_path / "events.jsonl"
    events = [epoch(n) for n in range(1, 200)]
    log, seen = EventLog(path), []

    def read() -> None:
        while True:
            got = log.read()
            seen.append(got == events[: len(got)])
            if len(got) == len(events):
                return

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    with path.open("ab", buffering=0) as file:
        for event in events:
            file.write(to_line(event).encode())
    for thread in threads:
        thread.join(20)
    assert all(seen) and not any(thread.is_alive() for thread in threads)


def test_progress_is_thinned_out_and_nothing_else_is(store: RunStore, monkeypatch: pytest.MonkeyPatch):
    clock = iter([0.0, *(1e6 + 0.25 * n for n in range(1000))])
    monkeypatch.setattr("reco_core.runs.recording.time.monotonic", lambda: next(clock))
    run = store.create(request())
    with run.record() as recording:
        for _ in range(400):
            recording.emit(Progress(1, 1, 2, 1.0, 1.0))
            recording.emit(StageStarted(1, "x", 1, 0.1))
    kinds = [type(event).__name__ for event in run.events()]
    assert kinds.count("StageStarted") == 400
    assert kinds.count("Progress") < 5


def test_weights_come_back_with_their_epoch(store: RunStore):
    run = record(store.create(request()), STARTED, epoch(1), epoch(2), FINISHED, saved=2)
    arrays, number = run.saved()
    assert number == 2
    assert arrays.keys() == weights().keys()
    assert all((arrays[name] == value).all() for name, value in weights().items())
    assert np.isfinite(run.scorer().score(np.array([0, -1]), np.array([2, -1]))).all()


def test_a_run_without_weights_says_so(store: RunStore):
    run = record(store.create(request()), STARTED)
    with pytest.raises(RunError, match="no weights: it ended before its first epoch was over"):
        run.arrays()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda folder: (folder / "run.json").write_text("{"), "must be readable JSON"),
        (lambda folder: (folder / "run.json").write_text("[]"), "must be as this version writes it"),
        (lambda folder: (folder / "run.json").write_text('{"format": 9}'), "must be as this version writes it"),
        (lambda folder: (folder / "run.json").unlink(), "There is no run"),
    ],
)
def test_a_damaged_run_is_left_out_of_the_list_and_named(store: RunStore, change: object, words: str):
    run, good = store.create(request()), store.create(request())
    change(run.folder)
    assert [run.id for run in store.list()] == [good.id]
    assert list(store.damaged()) == [run.id]
    with pytest.raises(RunError, match=words):
        store.open(run.id)


def test_a_folder_under_another_runs_name_is_refused(store: RunStore):
    run = store.create(request())
    other = run.id[:-4] + ("0000" if not run.id.endswith("0000") else "1111")
    run.folder.rename(store.root / other)
    with pytest.raises(RunError, match="named as the run"):
        store.open(other)


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
