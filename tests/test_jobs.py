"""One run from data to figures, without TensorFlow: closed forms, and a training played from a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from reco_core import data
from reco_core.errors import RunError, SettingsError
from reco_core.evaluation import PROTOCOL
from reco_core.events import EpochEnded, Evaluating, Failed, Finished, StageStarted, Started, Stopped
from reco_core.jobs import figures, training_job
from reco_core.jobs.base_run import check_base
from reco_core.jobs.dataset import lasting_source, ratings_of
from reco_core.jobs.training_job import train_run
from reco_core.models import MODELS, get_model
from reco_core.models.spec import Shape
from reco_core.models.weights import initial
from reco_core.runs import Run, RunStore
from reco_core.split import SplitSettings, make_split
from tests.tiny import request_for, write_csv

RANKING = {"ndcg@10", "recall@10", "precision@10", "map@10", "mrr@10", "hit_rate@10"}
RANKING |= {"coverage", "gini", "novelty", "diversity@10", "popularity_lift"}
STARS = {"mse", "rmse", "mae", "rounded_mae"}


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


@pytest.fixture
def store() -> RunStore:
    return RunStore()


class ScriptedTraining:
    """Plays Training: `script` is what happens, each number an epoch with that validation loss."""

    script: tuple[object, ...] = (3.0, 2.0, 1.0)
    best: int | None = None
    made: list[ScriptedTraining] = []  # noqa: RUF012

    checkpoint, complete = None, True

    def __init__(
        self, spec, settings, ratings, split, seed, programs=None, tables=None, steering=None, checkpoint=None
    ):
        self.settings, self.split, self.tables, self.steering = settings, split, tables, steering
        self.shape = Shape(
            ratings.n_users, ratings.n_items, ratings.scale, float(ratings.rating[split.train].mean(dtype=np.float64))
        )
        self.epochs, self.best_epoch, self.done = settings.epochs, None, 0
        self._layout = spec.layout(settings, self.shape)
        self.refit_settings = settings.model_copy(update={"epochs": self.best or 1, "patience": None})
        self.made.append(self)

    def arrays(self) -> dict[str, np.ndarray]:
        return initial(self._layout, np.random.default_rng(self.done))

    def events(self) -> Iterator[object]:
        yield StageStarted(1, "training", self.epochs, 0.1)
        script = self.script if len(self.split.validation) else (1.0,) * self.epochs
        for step in script:
            if isinstance(step, Exception):
                raise step
            if not isinstance(step, float):
                self.complete = False
                yield step
                return
            if self.steering.between_chunks():
                self.complete = False
                yield Stopped(self.done, "asked")
                return
            self.done += 1
            yield EpochEnded(self.done, 1, step, step, 1.0, 1.0, 0.1, 0.1 * self.done, 9.0, 0.1)
        self.best_epoch = self.best


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> type[ScriptedTraining]:
    """Training is played from a script for the length of a test."""
    script = type("Scripted", (ScriptedTraining,), {"made": []})
    monkeypatch.setattr(training_job, "Training", script)
    monkeypatch.setattr(training_job, "load", lambda: None)
    return script


def kinds(run: Run) -> list[str]:
    return [type(event).__name__ for event in run.events()]


@pytest.mark.parametrize("model", [spec.name for spec in MODELS if spec.fit is not None])
def test_a_closed_form_becomes_a_finished_run_with_every_figure(store: RunStore, csv: Path, model: str):
    run = store.create(request_for(csv, model=model))
    train_run(run)
    assert kinds(run) == ["Started", "EpochEnded", "Evaluating", "Finished"] and run.status == "finished"
    stars = STARS if get_model(model).predicts_stars else set()
    assert set(run.metrics["test"]) == RANKING | stars
    assert set(run.metrics["baselines"]) == {"global_mean", "user_mean", "item_mean", "bias", "popularity"}
    assert run.metrics["protocol"] == PROTOCOL
    if model in run.metrics["baselines"]:
        assert run.metrics["test"] == run.metrics["baselines"][model]
        assert "collapse" in [alarm["name"] for alarm in run.metrics["alarms"]]
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


def test_a_dataset_that_changed_since_fails_the_run(store: RunStore, csv: Path):
    run = store.create(request_for(csv, dataset_fingerprint="0" * 16))
    train_run(run)
    assert run.status == "failed"
    assert "needs its dataset tiny (fingerprint 0000000000000000)" in run.reason
    assert "holds other ratings" in run.reason


def test_a_dataset_that_is_gone_fails_the_run(store: RunStore, csv: Path):
    run = store.create(request_for(csv))
    csv.unlink()
    train_run(run)
    assert run.status == "failed" and "needs its dataset tiny" in run.reason and not run.has_result


def test_a_split_that_leaves_nothing_fails_the_run(store: RunStore, csv: Path):
    run = store.create(request_for(csv, split=SplitSettings(kind="fold:u1")))
    train_run(run)
    assert run.status == "failed" and "fold" in run.reason.lower()


def test_an_error_of_the_program_fails_the_run_and_leaves_a_log(store: RunStore, csv: Path, scripted):
    scripted.script = (3.0, ZeroDivisionError("of all things"))
    run = store.create(request_for(csv, model="mf"))
    train_run(run)
    assert run.reason == "The program broke off (ZeroDivisionError: of all things); its log.txt says where."
    assert "Traceback" in (run.folder / "log.txt").read_text()
    assert run.saved()[1] == 1


def test_no_memory_is_said_plainly(store: RunStore, csv: Path, scripted):
    scripted.script = (MemoryError(),)
    run = store.create(request_for(csv, model="mf"))
    train_run(run)
    assert run.reason.startswith("Memory ran out")


def test_a_training_that_fails_ends_the_run_with_its_reason(store: RunStore, csv: Path, scripted):
    scripted.script = (3.0, Failed("The loss is no longer a number in epoch 2."))
    run = store.create(request_for(csv, model="mf"))
    train_run(run)
    assert kinds(run)[-1] == "Failed" and run.metrics is None
    assert run.reason == "The loss is no longer a number in epoch 2."


def test_the_best_epoch_is_what_is_kept(store: RunStore, csv: Path, scripted):
    scripted.script, scripted.best = (3.0, 1.0, 2.0), 2
    run = store.create(request_for(csv, model="mf"))
    train_run(run)
    assert run.finished.best_epoch == 2 and run.saved()[1] == 2 and len(run.epochs()) == 3


def test_a_run_that_was_stopped_is_scored_and_kept(store: RunStore, csv: Path, scripted):
    run = store.create(request_for(csv, model="mf"))

    def stop_after_the_first(event: object) -> None:
        if isinstance(event, EpochEnded):
            run.ask_stop()

    train_run(run, listen=stop_after_the_first)
    assert run.status == "stopped" and run.has_result and run.finished.epochs == 1
    assert set(run.metrics["test"]) >= RANKING


def test_a_run_stopped_before_its_first_epoch_has_no_result(store: RunStore, csv: Path, scripted):
    run = store.create(request_for(csv, model="mf"))
    run.ask_stop()
    train_run(run)
    assert run.status == "stopped" and not run.has_result and "no result" in run.reason


def test_a_refit_trains_on_all_known_rows_for_as_long_as_validation_chose(store: RunStore, csv: Path, scripted):
    scripted.best = 2
    run = store.create(request_for(csv, model="mf", refit=True))
    train_run(run)
    first, second = scripted.made
    assert len(first.split.validation) > 0 and len(second.split.validation) == 0
    assert (second.split.train == first.split.known).all()
    assert (second.settings.epochs, second.settings.patience) == (2, None)
    assert [epoch.epoch for epoch in run.epochs()] == [1, 2, 3, 4, 5]
    assert [e.name for e in run.events() if isinstance(e, StageStarted)] == ["training", "refit: training"]
    assert run.shape.mean == second.shape.mean != first.shape.mean
    assert run.saved()[1] == 5 and run.finished.best_epoch == 2
    assert (figures.trained_rows(run, first.split) == first.split.known).all()


def test_a_stopped_run_is_not_trained_again(store: RunStore, csv: Path, scripted):
    scripted.script = (3.0, Stopped(1, "asked"))
    run = store.create(request_for(csv, model="mf", refit=True))
    train_run(run)
    assert len(scripted.made) == 1 and run.status == "stopped"


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
    with pytest.raises(SettingsError, match="Only a model in two stages"):
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


def test_an_added_dataset_is_found_by_its_name(store: RunStore, csv: Path):
    run = store.create(request_for(csv))
    train_run(run)
    name = data.add("tiny", "tiny.csv", csv.read_bytes())
    csv.unlink()
    assert name == "tiny"
    assert ratings_of(run.info).fingerprint == run.info.dataset_fingerprint


def test_a_path_lasts_and_a_name_stays(csv: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(csv.parent)
    (csv.parent / "demo").mkdir()
    assert lasting_source("tiny.csv") == str(csv)
    assert lasting_source("demo") == "demo"
    assert lasting_source("ml-100k") == "ml-100k"
