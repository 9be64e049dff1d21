"""What goes wrong in real processes: killed, hanging, without disk, without a server. Nothing is lost but an epoch."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from reco_core.errors import RunError
from reco_core.events import Continued, EpochEnded, Started
from reco_core.jobs import crew, process
from reco_core.jobs.manager import Manager
from reco_core.jobs.protocol import HUNG, to_line
from reco_core.runs import Run, RunRequest, RunStore
from reco_core.runs.control import Change, Continue, Pause, Stop
from tests.hanging_worker import FLAG
from tests.nursery import Nursery
from tests.tiny import alive, request_for, wait_until, write_csv

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals, forks and limits of POSIX systems")
SLOW = os.environ.get("RECO_SLOW") == "1"
KILLS = 50 if SLOW else 6
LONG = {"epochs": 2000, "patience": None, "batch_size": 1}


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Manager]:
    """One manager for the tests that leave its worker alive and idle, or replaced."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECO_HOME", str(tmp_path_factory.mktemp("home")))
        with managing(RunStore(tmp_path_factory.mktemp("runs"))) as manager:
            yield manager


@pytest.fixture
def manager(shared: Manager) -> Manager:
    wait_until(lambda: shared.worker_state == "ready", "the worker is ready")
    return shared


@contextmanager
def managing(store: RunStore, workers: int = 1) -> Iterator[Manager]:
    """A manager with its worker ready."""
    manager = Manager(store, workers=workers, start=True)
    try:
        wait_until(lambda: manager.worker_state == "ready", "the worker is ready")
        yield manager
    finally:
        manager.close()


def long_run(csv: Path, **values: object) -> RunRequest:
    return request_for(csv, model="mf", settings=LONG, **values)


def begun(run: Run, epochs: int = 2) -> Run:
    wait_until(lambda: len(run.epochs()) >= epochs, f"{epochs} epochs are over")
    return run


def over(run: Run) -> Run:
    wait_until(lambda: not run.active, "the run is over")
    return run


def content(run: Run) -> dict[str, bytes]:
    """Every file of a run but the locks."""
    return {path.name: path.read_bytes() for path in run.folder.iterdir() if path.is_file() and path.suffix != ".lock"}


def kill_at_random(pid: int, run: Run, chance: random.Random) -> None:
    """Kill -9 a trainer some epochs on, or at once, and then a moment later, wherever in an epoch that is."""
    wanted = len(run.epochs()) + chance.choice([0, 1, 2, 5])
    wait_until(lambda: len(run.epochs()) >= wanted or not alive(pid), "some epochs are over")
    select.select([], [], [], chance.uniform(0, 0.05))
    os.kill(pid, signal.SIGKILL)


def test_kill_9_at_any_moment_costs_an_epoch_at_most_and_nobody_elses_run(nursery: Nursery, store: RunStore, csv: Path):
    chance = random.Random(7)
    settings = {"epochs": 2000, "patience": None, "batch_size": 8}
    bystander = store.create(request_for(csv, model="mf", settings={"epochs": 3}))
    nursery.train(bystander)
    assert nursery.ended() == 0 and bystander.status == "finished"
    untouched = content(bystander)
    run = store.create(request_for(csv, model="mf_bias", settings=settings))
    for _ in range(KILLS):
        kill_at_random(nursery.train(run), run, chance)
        assert nursery.ended() == -signal.SIGKILL
        check_after_a_kill(store, run)
        run.ask(Continue())
    (run.folder / ".state.npz.0123abcd").touch()  # as a process that was killed while it wrote leaves it
    run.ask(Stop())
    nursery.train(run)
    assert nursery.ended() == 0 and run.status == "stopped" and run.metrics is not None
    assert not [path for path in run.folder.rglob(".*") if path.suffix != ".lock"]
    assert content(bystander) == untouched
    went_on = [event for event in run.events() if isinstance(event, Continued)]
    assert len(went_on) >= KILLS // 2


def lost_epochs(run: Run) -> Iterator[list[EpochEnded]]:
    """The epochs that were in the log and had to be trained again, each time that the run went on."""
    told: list[EpochEnded] = []
    for event in run.events():
        if isinstance(event, Continued):
            yield [epoch for epoch in told if epoch.epoch > event.epoch]
            told = [epoch for epoch in told if epoch.epoch <= event.epoch]
        elif isinstance(event, EpochEnded):
            told.append(event)


def check_after_a_kill(store: RunStore, run: Run) -> None:
    """The store opens, the run says what happened, and has every epoch that it had."""
    assert store.damaged() == {}
    assert store.open(run.id).status == "interrupted" and "gone: it ended" in run.reason
    epochs = run.epochs()
    assert [epoch.epoch for epoch in epochs] == list(range(1, len(epochs) + 1))
    assert not any(lost_epochs(run)), "an epoch that was over was trained again"
    if epochs:
        assert all(np.isfinite(array).all() for array in run.arrays().values())


def test_a_run_killed_again_and_again_ends_with_the_weights_of_one_that_was_not(
    nursery: Nursery, store: RunStore, csv: Path
):
    request = request_for(csv, model="mf_bias", settings={"epochs": 60, "patience": 4, "batch_size": 8})
    whole, killed = store.create(request), store.create(request)
    nursery.train(whole)
    assert nursery.ended() == 0
    chance = random.Random(3)
    for _ in range(3):
        kill_at_random(nursery.train(killed), killed, chance)
        nursery.ended()
        if killed.status != "interrupted":
            break
        killed.ask(Continue())
    if killed.status == "interrupted":
        nursery.train(killed)
        assert nursery.ended() == 0
    assert killed.status == whole.status == "finished", killed.reason
    for name, array in whole.arrays().items():
        np.testing.assert_allclose(killed.arrays()[name], array, atol=1e-6)
    assert killed.metrics["test"] == pytest.approx(whole.metrics["test"], abs=1e-6)


def test_a_killed_worker_is_replaced_and_its_run_goes_on_through_the_queue(manager: Manager, csv: Path):
    run, waiting = manager.start(long_run(csv)), manager.start(request_for(csv))
    begun(run)
    os.kill(manager.worker_pids[0], signal.SIGKILL)
    wait_until(lambda: run.status == "interrupted" and "SIGKILL" in run.reason, "the death is told")
    assert over(waiting).status == "finished"
    had = len(run.epochs())
    manager.ask(run.id, Continue())
    begun(run, had + 2)
    assert run.status == "running" and [e.epoch for e in run.epochs()] == list(range(1, len(run.epochs()) + 1))
    manager.stop(run.id)
    assert over(run).status == "stopped" and run.metrics is not None


def test_of_two_workers_one_is_killed_and_the_other_trains_on(store: RunStore, csv: Path):
    with managing(store, workers=2) as manager:
        one, other = begun(manager.start(long_run(csv))), begun(manager.start(long_run(csv)))
        assert (one.status, other.status) == ("running", "running") and one.started.pid != other.started.pid
        os.kill(one.started.pid, signal.SIGKILL)
        wait_until(lambda: one.status == "interrupted", "the death is seen")
        begun(other, len(other.epochs()) + 3)
        assert other.status == "running" and other.started.pid in manager.worker_pids


@pytest.fixture
def hanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Workers hang while this file is there, and are given 3 seconds."""
    flag = tmp_path / "hang"
    monkeypatch.setenv(FLAG, str(flag))
    monkeypatch.setenv("RECO_HANG_SECONDS", "3")
    monkeypatch.setattr(process, "command", lambda: [sys.executable, "-m", "tests.hanging_worker"])
    return flag


def test_a_training_that_stands_still_is_told_ended_and_replaced(hanging: Path, store: RunStore, csv: Path):
    with managing(store) as manager:
        run, waiting = manager.start(long_run(csv)), manager.start(request_for(csv))
        begun(run)
        pid = manager.worker_pids[0]
        hanging.touch()
        wait_until(lambda: run.status == "interrupted", "the hanging worker is ended")
        assert "hung, without a step" in run.reason and "its last saved epoch is kept" in run.reason
        hanging.unlink()
        assert not alive(pid) and over(waiting).status == "finished"
        had = len(run.epochs())
        manager.ask(run.id, Continue())
        begun(run, had + 1)


def test_a_hanging_worker_ends_itself_when_there_is_no_server(hanging: Path, store: RunStore, csv: Path):
    run = store.create(long_run(csv))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "text": True}
    worker = subprocess.Popen(process.command(), cwd=Path(__file__).parents[1], **pipes)
    worker.stdin.write(to_line({"do": "train", "folder": str(run.folder)}))
    worker.stdin.close()
    begun(run)
    hanging.touch()
    assert worker.wait(timeout=60) == HUNG
    assert run.status == "interrupted" and "hung" in run.reason


def test_a_worker_without_a_sign_of_life_is_killed_and_replaced(
    store: RunStore, csv: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RECO_HANG_SECONDS", "12")
    monkeypatch.setattr(crew, "LEAST_BEATS", 5)
    with managing(store) as manager:
        run = begun(manager.start(long_run(csv)))
        pid = manager.worker_pids[0]
        os.kill(pid, signal.SIGSTOP)
        wait_until(lambda: run.status == "interrupted" and "no sign of life" in run.reason, "the death is told")
        assert not alive(pid)
        wait_until(lambda: manager.worker_pids and manager.worker_pids != [pid], "there is another worker")


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of a megabyte; skips where this user may not make one."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"a small file system needs root: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """A file that leaves no room on its file system."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
    return ballast


def test_a_full_disk_ends_the_run_at_its_last_whole_epoch_in_words_and_it_goes_on_when_there_is_room(
    tmp_path: Path, csv: Path
):
    with small_disk(tmp_path / "disk") as disk:
        store = RunStore(disk / "runs")
        with managing(store) as manager:
            run = begun(manager.start(long_run(csv)))
            ballast = fill(disk)
            over(run)
            check_full(store, run)
            ballast.unlink()
            check_goes_on(manager, run)


def test_a_file_that_may_not_grow_ends_the_run_like_a_full_disk(manager: Manager, csv: Path):
    resource = pytest.importorskip("resource")
    if not hasattr(resource, "prlimit"):
        pytest.skip("limits of another process can be set on Linux only")
    run = begun(manager.start(long_run(csv)))
    limits = resource.prlimit(manager.worker_pids[0], resource.RLIMIT_FSIZE)
    resource.prlimit(manager.worker_pids[0], resource.RLIMIT_FSIZE, (2048, limits[1]))
    over(run)
    resource.prlimit(manager.worker_pids[0], resource.RLIMIT_FSIZE, limits)
    check_full(manager.store, run)
    check_goes_on(manager, run)


def check_full(store: RunStore, run: Run) -> None:
    assert store.damaged() == {} and run.id in {one.id for one in store.list()}
    assert run.status == "interrupted" and "The disk is full: it ended after epoch" in run.reason, run.state
    assert run.has_result
    assert np.isfinite(run.scorer().score_all(np.arange(3))).all()


def check_goes_on(manager: Manager, run: Run) -> None:
    """The same worker trains the run on, from where it was."""
    had = len(run.epochs())
    manager.ask(run.id, Continue())
    begun(run, had + 2)
    assert [epoch.epoch for epoch in run.epochs()] == list(range(1, len(run.epochs()) + 1))
    manager.stop(run.id)
    assert over(run).status == "stopped" and run.metrics is not None


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


SERVER = """
import sys
from pathlib import Path
from reco_core.jobs.manager import Manager
from reco_core.runs import RunRequest, RunStore
manager = Manager(RunStore(Path(sys.argv[1])), start=True)
for line in sys.stdin:
    print(manager.start(RunRequest.model_validate_json(line)).id, manager.worker_pids[0], flush=True)
"""


def test_a_run_that_lost_server_and_worker_is_shown_as_interrupted_and_goes_on_in_the_next_server(
    store: RunStore, csv: Path
):
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(store.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    server.stdin.write(long_run(csv).model_dump_json() + "\n")
    server.stdin.flush()
    run_id, worker = server.stdout.readline().split()
    run = begun(store.open(run_id))
    server.kill()
    os.kill(int(worker), signal.SIGKILL)
    server.wait()
    wait_until(lambda: run.status == "interrupted", "the loss is seen")
    had = len(run.epochs())
    assert f"after epoch {had} of 2000" in run.reason
    with managing(store) as manager:
        assert manager.queue() == [] and run.status == "interrupted"
        manager.ask(run.id, Continue(epochs=3))
        assert over(run).status == "finished", run.reason
    # An epoch whose checkpoint was written before the kill is told when the run goes on.
    assert len(run.epochs()) in (had + 3, had + 4) and run.metrics is not None
    assert len([event for event in run.events() if isinstance(event, Started)]) == 1
