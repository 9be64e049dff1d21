"""The store of runs: ids, names, the list, finding, renaming, deleting, and what is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from reco_core.errors import RunError, SettingsError
from reco_core.models import get_model
from reco_core.runs import RunStore
from tests.planted_events import aged, request


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


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
    assert all(name.startswith("MF, dim 2") for name in names)


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


def test_a_deleted_run_leaves_the_list_and_is_kept_for_a_while(store: RunStore):
    run = aged(store.create(request()))
    store.delete(run.id)
    assert store.list() == [] and store.damaged() == {}
    assert [path.name for path in store.root.iterdir()] == [".trash"]
    assert [one.run_id for one in store.removed()] == [run.id]


def test_a_run_that_waits_or_trains_cannot_be_deleted(store: RunStore):
    run = store.create(request())
    lock = run.wait()
    with pytest.raises(RunError, match="is queued: stop it first"):
        store.delete(run.id)
    lock.release()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda folder: (folder / "run.json").write_text("{"), "must be readable JSON"),
        (lambda folder: (folder / "run.json").write_text("[]"), "must have the format of this version"),
        (lambda folder: (folder / "run.json").write_text('{"format": 9}'), "must have the format of this version"),
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
