"""The manager without a worker: the queue, who may ask what, and workers that cannot start."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from reco_core.errors import RunError, SettingsError
from reco_core.jobs.server import manager as manager_module
from reco_core.jobs.server.manager import Manager, shared_manager
from reco_core.jobs.server.worker_slot import Slot
from reco_core.runs import RunStore
from reco_core.runs.requests import Continue, Pause, Step, Stop
from tests.managed import SHAPE, long_run
from tests.tiny import request_for, wait_until


def test_without_workers_runs_stay_queued(off: Manager, csv: Path):
    run = off.start(request_for(csv))
    assert (run.status, off.queue(), off.worker_state) == ("queued", [run.id], "off")
    with pytest.raises(RunError, match="which is not running"):
        off.describe("mf", {}, SHAPE)
    off.stop(run.id)
    assert run.status == "stopped" and off.queue() == []


def test_waiting_runs_have_places_which_move_up(off: Manager, csv: Path):
    first, second, third = (off.start(request_for(csv, model="mf")) for _ in range(3))
    assert [off.position(run.id) for run in (first, second, third)] == [1, 2, 3]
    second.ask_stop()  # as another process would
    assert [off.position(run.id) for run in (first, second, third)] == [1, None, 2]
    assert second.status == "stopped"
    off.close()


def test_only_the_owner_steers_a_run_and_everybody_one_without(off: Manager, csv: Path):
    anns, anybodys = off.start(long_run(csv, owner="ann")), off.start(long_run(csv))
    for visitor in ("bob", ""):
        with pytest.raises(RunError, match="This run belongs to another visitor; you can watch it"):
            off.ask(anns.id, Stop(by=visitor), visitor)
    off.ask(anybodys.id, Stop(by="bob"), "bob")
    assert (anns.status, anybodys.status) == ("queued", "stopped")
    off.ask(anns.id, Stop(by="ann"), "ann")
    assert anns.status == "stopped"


def test_what_the_status_of_a_run_leaves_no_room_for_is_refused(off: Manager, csv: Path):
    run = off.start(long_run(csv))
    for request, words in ((Continue(), "is queued"), (Step(), "is queued"), (Pause(), "be cancelled")):
        with pytest.raises(RunError, match=words):
            off.ask(run.id, request)
    off.stop(run.id)
    with pytest.raises(RunError, match=r"training can be paused; .* is stopped"):
        off.ask(run.id, Pause())
    off.stop(run.id)  # nothing to do, and no mistake


def test_the_environment_leaves_the_worker_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RECO_NO_WORKER", "1")
    assert Manager(RunStore(tmp_path)).worker_state == "off"


def test_a_run_that_cannot_be_trained_is_refused_at_once(off: Manager, csv: Path):
    with pytest.raises(SettingsError):
        off.start(request_for(csv, model="nonsense"))
    assert off.queue() == [] and off.store.list() == []


def test_there_is_one_shared_manager_for_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(manager_module, "_managers", {})
    one = shared_manager(RunStore(tmp_path / "a"), start=False)
    assert shared_manager(RunStore(tmp_path / "a"), start=False) is one
    assert shared_manager(RunStore(tmp_path / "b"), start=False) is not one


def test_a_worker_that_dies_again_and_again_is_started_ever_later():
    slot, pauses = Slot(), []
    for _ in range(9):
        slot.emptied()
        pauses.append(slot.pause)
    assert pauses[:2] == [0.0, 0.0]
    assert pauses == sorted(pauses) and pauses[-1] == 60.0


def test_a_worker_that_cannot_start_leaves_the_manager_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, csv: Path):
    monkeypatch.setattr(sys, "executable", "/bin/false" if Path("/bin/false").exists() else "/usr/bin/false")
    manager = Manager(RunStore(tmp_path / "runs"), start=True)
    run = manager.start(request_for(csv))
    wait_until(lambda: manager.worker_state == "off", "the manager gives up for a while")
    assert run.status == "queued" and manager.queue() == [run.id]
    manager.close()
    assert run.status == "stopped"
