"""One run from data to figures, without TensorFlow: closed forms, and a training played from a script."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reco_core import data
from reco_core.evaluation import PROTOCOL
from reco_core.events import EpochEnded, Evaluating, Finished, StageStarted, Started
from reco_core.jobs.results import figures
from reco_core.jobs.running.training_job import train_run
from reco_core.models import MODELS, get_model
from reco_core.runs import RunStore
from reco_core.split import SplitSettings, make_split
from tests.scripted import RANKING, kinds
from tests.tiny import request_for

STARS = {"mse", "rmse", "mae", "rounded_mae"}


@pytest.mark.parametrize("model", [spec.name for spec in MODELS if spec.fit is not None])
def test_a_closed_form_becomes_a_finished_run_with_every_figure(store: RunStore, csv: Path, model: str):
    run = store.create(request_for(csv, model=model))
    train_run(run)
    told = [kind for kind in kinds(run) if kind != "Progress"]  # of fits that take long
    assert told == ["Started", "EpochEnded", "Evaluating", "Finished"] and run.status == "finished"
    stars = STARS if get_model(model).predicts_stars else set()
    assert set(run.metrics["test"]) == RANKING | stars
    assert set(run.metrics["baselines"]) == {"global_mean", "user_mean", "item_mean", "bias", "popularity"}
    assert run.metrics["protocol"] == PROTOCOL
    if model in run.metrics["baselines"]:
        assert run.metrics["test"] == run.metrics["baselines"][model]
        assert run.metrics["alarms"] == []
    assert set(run.finished.seconds) == {"total", "first_epoch", "fit"}
    assert np.isfinite(run.scorer().score_all(np.arange(3))).all()


def test_what_was_found_is_written_into_the_run(store: RunStore, csv: Path):
    run = store.create(request_for(csv, split=SplitSettings(kind="user", seed=3)))
    train_run(run)
    ratings = data.load(csv)
    split = make_split(ratings, SplitSettings(kind="user", seed=3))
    info, started = store.open(run.id).info, run.started
    assert (info.dataset, info.dataset_fingerprint) == (ratings.name, ratings.fingerprint)
    assert info.split_fingerprint == split.fingerprint
    assert run.shape.n_users == ratings.n_users and run.shape.scale == ratings.scale
    assert (started.n_train, started.n_validation, started.n_test) == tuple(
        map(len, (split.train, split.validation, split.test))
    )
    assert set(started.lines) == {"global_mean", "bias"}


def test_baselines_are_computed_once_for_a_split(store: RunStore, csv: Path, monkeypatch: pytest.MonkeyPatch):
    train_run(store.create(request_for(csv)))
    monkeypatch.setattr(figures, "baseline_metrics", lambda *_: pytest.fail("computed again"))
    second = store.create(request_for(csv, model="popularity"))
    train_run(second)
    assert second.status == "finished"
    third = store.create(request_for(csv, split=SplitSettings(seed=1)))
    with pytest.raises(pytest.fail.Exception):
        train_run(third)


def test_kept_baselines_that_are_damaged_are_computed_again(store: RunStore, csv: Path, own_home: Path):
    first, second = store.create(request_for(csv)), store.create(request_for(csv))
    train_run(first)
    for path in (own_home / "baselines").iterdir():
        path.write_text('{"test": 3')
    train_run(second)
    assert second.metrics["baselines"] == first.metrics["baselines"]


def test_the_best_epoch_is_what_is_kept(store: RunStore, csv: Path, scripted):
    scripted.script, scripted.best = (3.0, 1.0, 2.0), 2
    run = store.create(request_for(csv, model="mf"))
    train_run(run)
    assert run.finished.best_epoch == 2 and run.saved()[1] == 2 and len(run.epochs()) == 3


def test_a_refit_trains_on_all_known_rows_for_as_long_as_validation_chose(store: RunStore, csv: Path, scripted):
    scripted.best = 2
    run = store.create(request_for(csv, model="mf", refit=True))
    train_run(run)
    first, second = scripted.made
    assert len(first.split.validation) > 0 and len(second.split.validation) == 0
    assert (second.split.train == first.split.known).all()
    assert (second.settings.epochs, second.settings.patience) == (2, None)
    assert [epoch.epoch for epoch in run.epochs()] == [1, 2, 3, 4, 5]
    stages = [(e.name, e.refit) for e in run.events() if isinstance(e, StageStarted)]
    assert stages == [("training", False), ("refit: training", True)]
    assert run.shape.mean == second.shape.mean != first.shape.mean
    assert run.saved()[1] == 5 and run.finished.best_epoch == 2
    assert (figures.trained_rows(run, first.split) == first.split.known).all()


def test_a_closed_form_has_nothing_to_refit(store: RunStore, csv: Path):
    run = store.create(request_for(csv, refit=True))
    train_run(run)
    assert len(run.epochs()) == 1


def test_whoever_listens_hears_every_event(store: RunStore, csv: Path):
    heard: list[object] = []
    run = store.create(request_for(csv))
    train_run(run, listen=heard.append)
    assert heard == run.events()
    assert [type(event) for event in heard] == [Started, EpochEnded, Evaluating, Finished]
