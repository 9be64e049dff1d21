"""Fixtures that every test shares: a home of its own, and the real data where it is."""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from reco_core.jobs.server.manager import Manager
    from reco_core.ratings import Ratings
    from reco_core.runs import RunStore
    from tests.nursery import Nursery
    from tests.scripted import ScriptedTraining

# Timing decides no test: an example may take as long as a busy machine needs.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Parallel runs by file, in the order of the names, and each folder in tests/ as if it were one file.

    So browsers and faults come first, where they are not what is waited for in the end, and one at a time.
    """
    if config.option.dist != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFolder(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            folder = file.rpartition("/")[0]
            return file if folder in ("", "tests") else folder

    config.option.loadscopereorder = False
    return ByFolder(config, log)


def skip_or_fail(reason: str, required: str) -> None:
    """Skip visibly, or fail where the environment variable `required` says that the thing must be there."""
    if os.environ.get(required) == "1":
        pytest.fail(f"{reason} ({required}=1)")
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def made_once() -> Iterator[None]:
    """The demo dataset and each drawn poster are made once in a process: always the same, and slow to make.

    So is Streamlit's look through all installed packages for components, a third of a second before each page's test.
    Arrays of the demo are for reading only; its tables are each test's own.
    """
    from streamlit.components.v2 import manifest_scanner

    from reco_core.data import demo
    from reco_core.posters import drawn

    make = functools.cache(demo.demo)

    def kept() -> Ratings:
        ratings = make()
        for array in (ratings.user_index, ratings.item_index, ratings.rating, ratings.timestamp, ratings.expected):
            array.setflags(write=False)
        return dataclasses.replace(ratings, item_table=ratings.item_table.copy(), user_table=ratings.user_table.copy())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "demo", kept)
        patch.setattr(drawn, "draw", functools.cache(drawn.draw))
        scan = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A RECO_HOME that no other test sees."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("RECO_HOME", str(home))
    monkeypatch.delenv("RECO_RUNS", raising=False)
    return home


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a server turns on in its process is off, and is off again after a test that plays one."""
    from reco_core.data import subprocess_reader
    from reco_core.posters import ahead

    monkeypatch.setattr(subprocess_reader, "_here", True)
    monkeypatch.setattr(ahead, "_on", False)


@pytest.fixture(autouse=True)
def no_worker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages under test start no training process."""
    if request.path.name.startswith("test_pages_"):
        monkeypatch.setenv("RECO_NO_WORKER", "1")


@pytest.fixture
def demo() -> Ratings:
    """The embedded dataset."""
    from reco_core import data

    return data.load("demo")


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder with real data: RECO_TEST_DATA."""
    folder = os.environ.get("RECO_TEST_DATA")
    if not folder or not Path(folder).is_dir():
        skip_or_fail(
            "real data not found: set RECO_TEST_DATA to the folder that holds ml-100k.zip", "RECO_REQUIRE_DATA"
        )
    return Path(folder).resolve()


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    """A table of a few ratings."""
    from tests.tiny import write_csv

    return write_csv(tmp_path / "tiny.csv")


@pytest.fixture
def store() -> RunStore:
    """The store of this test's home."""
    from reco_core.runs import RunStore

    return RunStore()


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> type[ScriptedTraining]:
    """Training is played from a script for the length of a test."""
    from reco_core.jobs.running import training_job
    from tests.scripted import ScriptedTraining

    script = type("Scripted", (ScriptedTraining,), {"made": []})
    monkeypatch.setattr(training_job, "Training", script)
    monkeypatch.setattr(training_job, "load", lambda: None)
    return script


@pytest.fixture
def trained(csv: Path) -> str:
    """The id of a finished run."""
    from tests.commands import Answer

    return Answer("train", csv, "--model", "bias", "--json").json["run"]


@pytest.fixture
def with_vectors(csv: Path) -> str:
    """The id of a run of mf with its first weights, as a killed one would leave it."""
    import numpy as np

    from reco_core import data
    from reco_core.models.spec import Shape
    from reco_core.models.weights import initial
    from reco_core.runs import RunStore, Sizes
    from reco_core.runs.arrays import write_arrays
    from tests.test_runs import STARTED, epoch, record, request

    ratings = data.load(csv)
    run = record(RunStore().create(request(source=str(csv), dataset="tiny", settings={"dim": 3})), STARTED, epoch(1))
    shape = Shape(ratings.n_users, ratings.n_items, ratings.scale, 3.0)
    run.update(sizes=Sizes.of(shape).model_dump(), dataset_fingerprint=ratings.fingerprint)
    arrays = initial(run.spec.layout(run.settings, shape), np.random.default_rng(0))
    write_arrays(run.folder / "weights.npz", arrays, 1)
    return run.id


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery | None]:
    """What bears processes that have TensorFlow loaded; None where a process cannot fork."""
    from tests.nursery import Nursery

    made = Nursery() if hasattr(os, "fork") else None
    yield made
    if made is not None:
        made.close()


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Manager]:
    """One manager with one worker, for all tests of a file that leave it alive and idle."""
    from reco_core.jobs.server.manager import Manager
    from reco_core.runs import RunStore

    home = tmp_path_factory.mktemp("manager")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECO_HOME", str(home))
        made = Manager(RunStore(home / "runs"), start=True)
    yield made
    made.close()


@pytest.fixture
def idle(manager: Manager) -> Manager:
    """The manager, its worker ready."""
    from tests.tiny import wait_until

    wait_until(lambda: manager.worker_state == "ready", "the worker is ready")
    return manager


@pytest.fixture
def off(tmp_path: Path) -> Manager:
    """A manager without workers."""
    from reco_core.jobs.server.manager import Manager
    from reco_core.runs import RunStore

    return Manager(RunStore(tmp_path / "runs"), start=False)
