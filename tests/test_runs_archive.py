"""Runs out and in again: what was exported comes back equal, and a hostile archive is refused in one sentence."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from reco_core.errors import RunError
from reco_core.events import Changed, Continued, Failed, Paused, Watched, to_line
from reco_core.runs import Run, RunStore
from tests.archives import changed, exported, zipped
from tests.test_runs import FINISHED, SHAPE, STARTED, epoch, record, request


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.fixture
def elsewhere(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "elsewhere")


@pytest.fixture
def run(store: RunStore) -> Run:
    made = record(store.create(request(name="mine")), STARTED, epoch(1), FINISHED, saved=1)
    made.write_metrics({"test": {"rmse": 0.9}, "baselines": {"bias": {"rmse": 1.0}}, "protocol": "how"})
    return made


@pytest.mark.parametrize("kind", ["zip", "folder", "file"])
def test_an_exported_run_comes_back_equal(store: RunStore, elsewhere: RunStore, run: Run, tmp_path: Path, kind: str):
    to = {"zip": tmp_path / "deep" / "out.ZIP", "folder": tmp_path / "out", "file": io.BytesIO()}[kind]
    store.export(run.id, to)
    back = elsewhere.import_(to)
    assert back.id == run.id and back.info == run.info
    assert back.events() == run.events() and back.metrics == run.metrics and back.status == "finished"
    assert all((back.arrays()[name] == value).all() for name, value in run.arrays().items())


def test_an_import_whose_id_and_name_are_taken_gets_others(store: RunStore, run: Run):
    back = store.import_(zipped(exported(store, run)))
    assert back.id != run.id and back.name == "mine · 2"
    assert {each.id for each in store.list()} == {run.id, back.id}


def test_a_zip_of_the_folder_itself_is_taken_in(store: RunStore, elsewhere: RunStore, run: Run):
    members = {f"{run.id}/{name}": content for name, content in exported(store, run).items()}
    assert elsewhere.import_(zipped(members)).id == run.id


def test_paths_of_this_machine_are_not_exported(store: RunStore, elsewhere: RunStore):
    made = store.create(
        request(
            source="/home/somebody/secret/ml-100k.zip", dataset="ml-100k", split={"kind": "fold:/a/u1.base,/a/u1.test"}
        )
    )
    record(made, STARTED, epoch(1), FINISHED, saved=1)
    members = exported(store, made)
    assert b"somebody" not in b"".join(members.values()) and b"/a/" not in members["run.json"]
    back = elsewhere.import_(zipped(members)).info
    assert (back.source, back.split.kind) == ("ml-100k", "fold:u1.base,u1.test")


def test_a_path_in_an_import_is_never_a_source(store: RunStore, elsewhere: RunStore, run: Run):
    members = exported(store, run)
    for source in (
        "\\\\evil\\share\\x.zip",
        "postgresql://me@10.0.0.1/db?table=t",
        "s3://bucket/key",
        "duckdb:/x.db?table=t",
    ):
        members["run.json"] = changed(members["run.json"], source=source)
        assert elsewhere.import_(zipped(members)).info.source == "demo"


def test_a_run_in_training_is_not_exported(store: RunStore, tmp_path: Path):
    with pytest.raises(RunError, match="Only a run that has ended can be exported; x is queued"):
        store.export(store.create(request(name="x")).id, tmp_path / "x.zip")


def test_an_export_overwrites_no_folder(store: RunStore, run: Run, tmp_path: Path):
    (tmp_path / "there").mkdir()
    with pytest.raises(RunError, match=r"needs a \.zip file or a new folder"):
        store.export(run.id, tmp_path / "there")


def test_a_run_that_failed_early_comes_back(store: RunStore, elsewhere: RunStore):
    made = record(store.create(request()), STARTED, Failed("The loss is no number."))
    back = elsewhere.import_(zipped(exported(store, made)))
    assert (back.status, back.reason) == ("failed", "The loss is no number.")


def test_a_line_cut_off_at_the_end_is_left_out_of_an_import(store: RunStore, elsewhere: RunStore, run: Run):
    members = exported(store, run)
    members["events.jsonl"] += to_line(epoch(2)).encode()[:-5]
    assert elsewhere.import_(zipped(members)).events() == run.events()


def test_the_shape_of_the_tests_is_the_shape_of_the_run(run: Run):
    assert run.shape == SHAPE


def test_what_was_steered_and_watched_is_exported_and_who_owned_the_run_is_not(store: RunStore, elsewhere: RunStore):
    steered = (Paused(1.0, 1, 1), Continued(2.0, 9, 1, 3, 2), Changed(3.0, 1, "l2", 0.1, 0.2, 3))
    seen = Watched(2, 1, 3, [2, 0], [1], [[0, 4.0, 3.5]])
    made = store.create(request(owner="visitor-1"))
    record(made, STARTED, epoch(1), *steered, epoch(2), seen, FINISHED, saved=2)
    back = elsewhere.import_(zipped(exported(store, made)))
    assert (made.info.owner, back.info.owner) == ("visitor-1", "")
    assert back.events() == made.events() and back.watched() == [seen] and back.changes() == [steered[2]]
