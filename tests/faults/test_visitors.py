"""Two visitors and one worker: each steers their own runs, and a paused one keeps nobody waiting."""

from __future__ import annotations

from pathlib import Path

import pytest

from reco_core.errors import RunError
from reco_core.jobs.server.manager import Manager
from reco_core.runs.requests import Change, Continue, Pause, Stop
from tests.faults.workers import begun, long_run, over, posix
from tests.tiny import request_for, wait_until

pytestmark = posix


def test_two_visitors_steer_their_own_runs_and_watch_each_others(manager: Manager, csv: Path):
    anns, bobs = manager.start(long_run(csv, owner="ann")), manager.start(request_for(csv, owner="bob"))
    begun(anns)
    for request in (Stop(), Pause(), Change("learning_rate", 0.01), Continue()):
        with pytest.raises(RunError, match="belongs to another visitor; you can watch it"):
            manager.ask(anns.id, request, "bob")
    with pytest.raises(RunError, match="another visitor"):
        manager.stop(bobs.id, "ann")
    assert (manager.position(anns.id), manager.position(bobs.id)) == (None, 1)
    assert anns.requests() == [] and anns.status == "running"
    manager.stop(anns.id, "ann")
    assert over(anns).status == "stopped" and over(bobs).status == "finished"


def test_a_paused_run_leaves_the_worker_to_others_and_goes_on_later(manager: Manager, csv: Path):
    anns, bobs = manager.start(long_run(csv, owner="ann")), manager.start(request_for(csv, owner="bob"))
    begun(anns)
    manager.ask(anns.id, Pause(by="ann"), "ann")
    wait_until(lambda: anns.status == "paused", "the run is paused")
    assert over(bobs).status == "finished"
    had = len(anns.epochs())
    manager.ask(anns.id, Continue(by="ann"), "ann")
    begun(anns, had + 2)
    manager.stop(anns.id, "ann")
    assert over(anns).status == "stopped"
