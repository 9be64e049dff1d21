"""What the Evaluate page looks at, against the figures that the run was given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reco_core import data
from reco_core.errors import DataError, RunError
from reco_core.evaluation.variety import gini
from reco_core.jobs.results import predictions as module
from reco_core.jobs.results.figures import figures_of
from reco_core.jobs.results.predictions import HELD_OUT, LEARNED, UNSEEN, corner, lists_of, predictions
from reco_core.jobs.running.training_job import train_run
from reco_core.ratings import Ratings
from reco_core.runs import Run, RunStore
from reco_core.split import make_split
from tests.tiny import request_for, write_csv


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


@pytest.fixture
def ratings(csv: Path) -> Ratings:
    return data.load(csv)


def trained(csv: Path, model: str) -> Run:
    run = RunStore().create(request_for(csv, model=model))
    train_run(run)
    return run


def test_predictions_have_the_figures_of_the_run_and_of_bias(csv: Path, ratings: Ratings):
    run = trained(csv, "item_mean")
    found = predictions(run, ratings)
    error = found.test.predicted - found.test.actual
    assert np.sqrt(np.mean(error**2)) == pytest.approx(run.metrics["test"]["rmse"], abs=1e-6)
    rival = found.rival - found.test.actual
    assert np.sqrt(np.mean(rival**2)) == pytest.approx(run.metrics["baselines"]["bias"]["rmse"], abs=1e-6)
    assert found.user_known.sum() == found.item_known.sum() == len(make_split(ratings, run.info.split).known)
    assert len(found.trained.rows) == found.user_known.sum()


def test_of_many_rows_learned_from_a_sample_is_taken_always_the_same(csv, ratings, monkeypatch):
    monkeypatch.setattr(module, "MOST_TRAINED", 20)
    run = trained(csv, "bias")
    first, second = predictions(run, ratings).trained.rows, predictions(run, ratings).trained.rows
    assert len(np.unique(first)) == 20 and first.tolist() == second.tolist()
    assert not np.isin(first, make_split(ratings, run.info.split).test).any()


def test_lists_have_the_figures_of_the_run_and_of_popularity(csv: Path, ratings: Ratings):
    run = trained(csv, "bias")
    found = lists_of(run, ratings)
    for lists, kept in ((found.own, run.metrics["test"]), (found.rival, run.metrics["baselines"]["popularity"])):
        assert lists.means() == pytest.approx({name: kept[name] for name in lists.means()})
        assert gini(lists.shown) == pytest.approx(kept["gini"])
        assert (lists.found <= lists.wanted).all() and lists.wanted.sum() == len(
            make_split(ratings, run.info.split).test
        )


def test_corner_tells_learned_held_out_and_unseen_cells_apart(csv: Path, ratings: Ratings):
    run = trained(csv, "bias")
    found = corner(run, ratings, n_users=ratings.n_users, n_items=ratings.n_items)
    split = make_split(ratings, run.info.split)
    counts = {kind: int((found.part == kind).to_numpy().sum()) for kind in (LEARNED, HELD_OUT, UNSEEN)}
    cells = ratings.n_users * ratings.n_items
    assert counts == {LEARNED: len(split.known), HELD_OUT: len(split.test), UNSEEN: cells - len(ratings)}
    assert (found.given.isna() == (found.part == UNSEEN)).all().all()
    inside = (found.predicted >= ratings.scale.min) & (found.predicted <= ratings.scale.max)
    assert inside.all().all()


def test_small_corners_hold_the_busiest(csv: Path, ratings: Ratings):
    found = corner(trained(csv, "bias"), ratings, 3, 2)
    assert found.given.shape == found.predicted.shape == (3, 2)
    assert ratings.user_counts.max() == ratings.user_counts[ratings.users.encode(found.given.index)[0]]


def test_models_without_stars_and_runs_without_a_result_are_refused(csv: Path, ratings: Ratings):
    with pytest.raises(RunError, match="Popularity ranks without predicting stars"):
        predictions(trained(csv, "popularity"), ratings)
    with pytest.raises(RunError, match="has no result: it is queued"):
        lists_of(RunStore().create(request_for(csv)), ratings)


def test_kept_figures_are_not_worked_out_again_and_others_are(csv: Path, ratings: Ratings):
    run = trained(csv, "bias")
    kept = run.metrics
    assert figures_of(run, ratings) == {key: kept[key] for key in ("test", "baselines", "protocol")}
    assert "ndcg@3" in figures_of(run, ratings, k=3)["test"]
    with pytest.raises(DataError, match="No held-out rating has 6 stars or more"):
        figures_of(run, ratings, relevant_from=6)
