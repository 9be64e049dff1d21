"""What is asked of a run while it trains or rests: changes by hand, what is watched, snapshots, answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reco_core.errors import RunError
from reco_core.events import (
    Changed,
    Continued,
    Event,
    Failed,
    Finished,
    Paused,
    Started,
    Stopped,
    Watched,
)
from reco_core.runs import Change, Continue, Pause, Run, RunStore, Step, Stop, Watch
from tests.going_on import after, asked, assert_same, curve, kill, trained


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


def test_events_that_end_or_go_on_name_the_request_they_answer(store: RunStore, csv: Path):
    run = store.create(asked(csv))
    trained(run, after(1, lambda: run.ask(Stop())))
    (stopped,) = [e for e in run.events() if isinstance(e, Stopped)]
    assert stopped == Stopped(1, "asked", 1) and run.finished.serial == 1
    assert isinstance(run.events()[0], Started) and not any(isinstance(e, (Failed, Watched)) for e in run.events())
