"""Jobs that build on others: the base run of a second stage, and where a dataset is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from reco_core import data
from reco_core.errors import RunError, SettingsError
from reco_core.jobs.results.run_data import lasting_source, ratings_of
from reco_core.jobs.running.base_run import check_base
from reco_core.jobs.running.training_job import train_run
from reco_core.runs import RunRequest, RunStore
from reco_core.split import SplitSettings, make_split
from tests.tiny import request_for, write_csv


def test_the_second_stage_reads_the_arrays_of_its_base_run(store: RunStore, csv: Path, scripted):
    base = store.create(request_for(csv, model="mf", settings={"dim": 3}))
    train_run(base)
    run = store.create(request_for(csv, model="deep_regressor", settings={"dim": 3}, base_run=base.id))
    train_run(run)
    assert run.status == "finished"
    tables, wanted = scripted.made[-1].tables, base.arrays()
    assert all((tables[name] == value).all() for name, value in wanted.items())


def test_a_base_run_must_fit(store: RunStore, csv: Path, tmp_path: Path, scripted):
    ratings = data.load(csv)
    split = make_split(ratings)
    base = store.create(request_for(csv, model="mf", name="base"))
    with pytest.raises(RunError, match="must be finished; base is"):
        check_base(base, "deep_regressor", ratings, split)
    train_run(base)
    check_base(base, "deep_regressor", ratings, split)
    with pytest.raises(SettingsError, match="Only a two-stage model"):
        check_base(base, "mf", ratings, split)
    with pytest.raises(RunError, match="the same split"):
        check_base(base, "deep_regressor", ratings, make_split(ratings, SplitSettings(seed=1)))
    with pytest.raises(RunError, match="the same dataset"):
        check_base(base, "deep_regressor", data.load(write_csv(tmp_path / "other.csv", seed=1)), split)
    other = store.create(request_for(csv, name="plain"))
    train_run(other)
    with pytest.raises(RunError, match="must be a run of mf; plain is one of bias"):
        check_base(other, "deep_regressor", ratings, split)


def test_the_dataset_of_a_run_is_found_where_it_is_said_to_be(store: RunStore, csv: Path, tmp_path: Path):
    run = store.create(request_for(csv))
    train_run(run)
    moved = csv.rename(tmp_path / "moved.csv")
    with pytest.raises(RunError, match="needs its dataset tiny"):
        ratings_of(run.info)
    assert ratings_of(run.info, str(moved)).fingerprint == run.info.dataset_fingerprint
    write_csv(tmp_path / "wrong.csv", seed=2)
    with pytest.raises(RunError, match="holds other ratings"):
        ratings_of(run.info, str(tmp_path / "wrong.csv"))


def test_a_run_of_an_earlier_demo_says_so(store: RunStore):
    run = store.create(RunRequest(source="demo", dataset="demo", model="bias", dataset_fingerprint="0" * 16))
    with pytest.raises(RunError, match="; it was trained on an earlier version of the demo"):
        ratings_of(run.info)


def test_an_added_dataset_is_found_by_its_name(store: RunStore, csv: Path):
    run = store.create(request_for(csv))
    train_run(run)
    assert data.add(csv).slug == "tiny"
    csv.unlink()
    assert ratings_of(run.info).fingerprint == run.info.dataset_fingerprint


def test_a_path_lasts_and_a_name_stays(csv: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(csv.parent)
    (csv.parent / "demo").mkdir()
    assert lasting_source("tiny.csv") == str(csv)
    assert lasting_source("demo") == "demo"
    assert lasting_source("ml-100k") == "ml-100k"
