"""No room on the disk: the run ends at its last whole epoch, says so, and goes on when there is room."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from reco_core.jobs.server.manager import Manager
from reco_core.runs import Run, RunStore
from tests.faults.workers import begun, check_goes_on, long_run, managing, over, posix

pytestmark = posix
FULL = r"The disk of /.* is full \(free some space, then continue\): it ended after epoch \d+ of"


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
    assert run.status == "interrupted" and re.search(FULL, run.reason), run.state
    assert run.has_result
    assert np.isfinite(run.scorer().score_all(np.arange(3))).all()
