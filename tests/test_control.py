"""Requests to a run: what goes into control.jsonl, what comes out, and the status that any part of it gives."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core.errors import RunError
from reco_core.events import Changed, Continued, EpochEnded, Event, Failed, Finished, Paused, Started, Stopped, Watched
from reco_core.events import to_line as event_line
from reco_core.runs import Change, Continue, Pace, Pause, Request, RunRequest, RunStore, Step, Stop, Watch, live_status
from reco_core.runs.live_status import standing
from reco_core.runs.recording import WORKING
from reco_core.runs.requests import CONTROL, Control, append, from_line, to_line
from reco_core.runs.status import Status, StatusName, current, ended, goes_on

NAMES = set(get_args(StatusName))
visitors = st.text("abc123", max_size=8)
counts = st.integers(0, 50)
requests = st.one_of(
    st.builds(Pause, by=visitors),
    st.builds(Continue, st.none() | st.integers(1, 2000), by=visitors),
    st.builds(Step, by=visitors),
    st.builds(Stop, by=visitors),
    st.builds(Change, st.sampled_from(["learning_rate", "l2", "bias_l2"]), st.floats(1e-6, 10), by=visitors),
    st.builds(Watch, st.none() | counts, st.none() | counts, by=visitors),
    st.builds(Pace, st.floats(0, 10), by=visitors),
)
numbers = st.floats(0, 10)
events = st.one_of(
    st.builds(Started, numbers, counts, counts, counts, counts, counts, counts),
    st.builds(EpochEnded, counts, counts, *[numbers] * 8),
    st.builds(Paused, numbers, counts, counts),
    st.builds(Continued, numbers, counts, counts, counts, counts),
    st.builds(Changed, numbers, counts, st.just("l2"), numbers, numbers, counts),
    st.builds(Watched, counts, counts, counts),
    st.builds(Stopped, counts, st.sampled_from(["asked", "patience"]), counts),
    st.builds(Failed, st.text("ab", min_size=1), counts),
    st.builds(Finished, numbers, counts, st.none() | counts),
)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def new_run(store: RunStore, model: str = "mf"):
    return store.create(RunRequest(source="demo", dataset="demo", model=model))


@given(requests)
def test_a_request_comes_back_equal_from_its_line(request_: Request):
    line = to_line(request_)
    assert line.count("\n") == 1 and from_line(line) == request_


@settings(deadline=None, max_examples=60)
@given(st.lists(requests, max_size=5), st.data())
def test_serials_are_the_numbers_of_the_lines_however_far_the_file_got(
    tmp_path_factory: pytest.TempPathFactory, all_requests: list[Request], data: st.DataObject
):
    folder = tmp_path_factory.mktemp("run")
    control, text = Control(folder), "".join(map(to_line, all_requests)).encode()
    cut = data.draw(st.integers(0, len(text)))
    (folder / CONTROL).write_bytes(text[:cut])
    got = control.read()
    assert [request.serial for request in got] == list(range(1, text[:cut].count(b"\n") + 1))
    append(folder / CONTROL, Pause(by="late"))
    assert control.read()[-1] == Pause(by="late", serial=len(got) + 1 + (cut > 0 and text[cut - 1 : cut] != b"\n"))


@settings(deadline=None, max_examples=300)
@given(st.lists(events, max_size=8), st.lists(requests, max_size=3), st.booleans(), st.booleans())
def test_any_part_of_a_log_gives_a_status(all_events: list[Event], asked: list, working: bool, waiting: bool):
    for n in range(len(all_events) + 1):
        for request_ in [None, *asked]:
            state = current(all_events[:n], request_, lambda: working, lambda: waiting)
            assert state is None or (isinstance(state, Status) and state.name in NAMES)
            if state is None:
                assert ended(all_events[:n]) is None and not working


@settings(deadline=None, max_examples=50)
@given(st.lists(events, max_size=6), st.lists(requests, max_size=4), st.data())
def test_any_cut_of_both_files_gives_a_run_that_opens(
    tmp_path_factory: pytest.TempPathFactory, all_events: list[Event], asked: list, data: st.DataObject
):
    run = new_run(RunStore(tmp_path_factory.mktemp("runs")))
    log, control = "".join(map(event_line, all_events)), "".join(map(to_line, asked))
    (run.folder / "events.jsonl").write_text(log[: data.draw(st.integers(0, len(log)))])
    (run.folder / CONTROL).write_text(control[: data.draw(st.integers(0, len(control)))])
    assert run.status in NAMES and isinstance(run.reason, str)
    epochs = [epoch.epoch for epoch in run.epochs()]
    assert len(epochs) <= len(all_events) and run.planned_epochs >= 0


STARTED, PAUSED = Started(0.0, 1, 14, 3, 10, 2, 3), Paused(1.0, 2, 1)
EPOCH = EpochEnded(2, 1, *[1.0] * 8)
FINISHED = Finished(1.0, 3, None)


@pytest.mark.parametrize(
    ("log", "asked", "working", "waiting", "status"),
    [
        ([STARTED, EPOCH, PAUSED], None, False, False, "paused"),
        ([STARTED, EPOCH, PAUSED], None, True, True, "paused"),
        ([STARTED, EPOCH, PAUSED], Continue(serial=2), False, False, "paused"),
        ([STARTED, EPOCH, PAUSED], Continue(serial=2), False, True, "queued"),
        ([STARTED, EPOCH, PAUSED], Stop(serial=2), False, True, "queued"),
        ([STARTED, EPOCH, PAUSED], Step(serial=2), True, True, "queued"),
        ([STARTED, EPOCH, PAUSED, Continued(2.0, 1, 2, 5, 2)], None, True, True, "running"),
        ([STARTED, EPOCH], Stop(serial=1), True, True, "running"),
        ([STARTED, EPOCH, FINISHED], None, False, True, "finished"),
        ([STARTED, EPOCH, FINISHED], Continue(4, serial=1), False, True, "queued"),
        ([STARTED, EPOCH, FINISHED], Stop(serial=1), False, True, "finished"),
        ([STARTED, EPOCH, FINISHED], Pause(serial=1), False, True, "finished"),
        ([STARTED, EPOCH], Continue(serial=1), False, True, "queued"),
        ([STARTED, EPOCH], None, False, True, None),
        (
            [STARTED, EPOCH, Stopped(2, "asked"), FINISHED, Continued(2.0, 1, 2, 5, 2), FINISHED],
            *[None] * 3,
            "finished",
        ),
        ([STARTED, Failed("x"), Continued(2.0, 1, 2, 5, 2), EPOCH, PAUSED], None, False, False, "paused"),
    ],
)
def test_status_follows_log_request_and_holders(log: list, asked, working: bool, waiting: bool, status: str | None):
    state = current(log, asked, lambda: bool(working), lambda: bool(waiting))
    assert (state and state.name) == status


def test_a_run_that_rests_and_goes_on_within_one_look_is_not_called_interrupted(tmp_path: Path, monkeypatch):
    resumed = [STARTED, EPOCH, PAUSED, Continued(2.0, 1, 2, 5, 2)]
    logs = iter([[STARTED, EPOCH], resumed, resumed])
    held = iter([False, True])  # let go of at the pause, taken again by the second look
    monkeypatch.setattr(live_status, "is_locked", lambda path: path.name == WORKING and next(held))
    state = standing(tmp_path, lambda: next(logs), lambda: [Pause(serial=1), Continue(serial=2)], datetime.now(UTC))
    assert state.name == "running"


def test_a_run_handed_over_within_one_look_is_queued():
    waiting = [True]

    def working() -> bool:
        waiting.clear()  # it is taken a moment after this look at it
        return False

    for log in ([], [STARTED, EPOCH], [STARTED, EPOCH, FINISHED]):
        waiting[:] = [True]
        asked = Continue(serial=1) if log else None
        assert current(log, asked, working, lambda: bool(waiting)).name == "queued"


def test_a_stop_asks_no_worker_for_a_run_that_is_over():
    assert goes_on(Stop(), [STARTED, EPOCH, PAUSED]) and not goes_on(Stop(), [STARTED, EPOCH, FINISHED])


def test_what_was_asked_is_open_until_an_event_answers_it(store: RunStore):
    run = new_run(store)
    run.ask(Pause(by="a"))
    run.ask(Change("l2", 0.2))
    assert run.asked == Pause(by="a", serial=1) and not run.to_go_on
    with run.record() as recording:
        recording.emit(STARTED)
        recording.emit(Paused(1.0, 0, 1))
    assert run.asked is None and run.status == "paused"
    run.ask(Continue(3))
    assert run.asked == Continue(3, serial=3) and run.to_go_on
    run.drop()
    assert run.asked == Pause(serial=4) and not run.to_go_on and run.status == "paused"


def test_epochs_that_were_trained_anew_count_once(store: RunStore):
    run, epochs = new_run(store), [EpochEnded(n, 1, *[float(n)] * 8) for n in (1, 2, 3)]
    again = EpochEnded(2, 1, *[9.0] * 8)
    old, new = Changed(1.0, 1, "l2", 0.1, 0.2), Changed(1.0, 2, "l2", 0.2, 0.3)
    with run.record() as recording:
        for event in (STARTED, epochs[0], old, *epochs[1:], new, Continued(2.0, 1, 1, 3), again):
            recording.emit(event)
    assert run.epochs() == [epochs[0], again] and run.changes() == [old]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (Continue(0), "can be continued for 1 to 2000 more epochs; got 0"),
        (Continue(True), "can be continued for 1 to 2000"),
        (Change("dim", 3), "While a run of Matrix factorisation trains, you can change l2, learning_rate; got 'dim'"),
        (Change(3, 3), "given by name; got '3'"),
        (Change("l2", float("nan")), "l2 must be a number; got nan"),
        (Change("l2", 2e9), "l2 must be a number from 0 to 1,000,000,000; got 2000000000.0"),
        (Change("learning_rate", 0), "learning_rate must be a number from 0.000001 to 10; got 0"),
        (Change("bias_l2", 0.1), ", you can change l2, learning_rate; got 'bias_l2'"),
        (Watch(-1), "A watched item must be given by index; got -1"),
        (Pause(by="x" * 65), "at most 64 characters"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(store: RunStore, request_: Request, words: str):
    run = new_run(store)
    with pytest.raises(RunError, match=words):
        run.ask(request_)
    assert run.requests() == []


@pytest.mark.parametrize("request_", [Pause(), Step(), Continue(2), Change("l2", 0.1)])
def test_a_closed_form_cannot_be_steered(store: RunStore, request_: Request):
    with pytest.raises(RunError, match="computed in closed form, in one step: it cannot be paused or steered"):
        new_run(store, "bias").ask(request_)


@pytest.mark.parametrize("line", ["", "{", "[]", "3", '{"request": "Explode"}', '{"request": "Change"}', "[" * 9999])
def test_a_line_that_is_no_request_is_passed_over(store: RunStore, line: str):
    run = new_run(store)
    (run.folder / CONTROL).write_text(line + "\n")
    run.ask(Pause())
    assert run.requests() == [Pause(serial=2)]
