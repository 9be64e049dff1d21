"""The files of a run: locks, whole writes, a growing log read by many, progress that is thinned out."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core.events import Progress, StageStarted, to_line
from reco_core.runs import RunStore
from reco_core.runs.files import EventLog, is_locked, locked
from reco_core.storage import write_whole
from tests.planted_events import epoch, request


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


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
