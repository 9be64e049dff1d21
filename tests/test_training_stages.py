"""Stages, learning rates, early stopping, and models in two stages."""

from __future__ import annotations

import numpy as np
import pytest

from reco_core.errors import SettingsError
from reco_core.events import StageStarted, Stopped
from reco_core.models import get_model
from tests.planted import SCALE, planted, planted_split
from tests.planted_runs import epochs, training


def test_patience_ends_training_and_goes_back_to_the_best_epoch() -> None:
    run = training(dim=30, epochs=60, patience=2, l2=0, learning_rate=0.05)
    events, spec = list(run.events()), get_model("mf_bias")
    errors = [event.val_rmse for event in epochs(events)]
    assert events[-1] == Stopped(len(errors), "patience")
    assert len(errors) < 60
    assert run.best_epoch == 1 + int(np.argmin(errors)) == len(errors) - 2
    scorer = spec.scorer(run.arrays(), run.shape, spec.parse())
    rows, ratings = planted_split().validation, planted()
    kept = scorer.score(ratings.user_index[rows], ratings.item_index[rows]).astype(float)
    assert np.sqrt(np.mean((SCALE.clip(kept) - ratings.rating[rows]) ** 2)) == pytest.approx(min(errors), rel=1e-6)
    assert run.refit_settings.epochs == run.best_epoch
    assert run.refit_settings.patience is None


def test_without_validation_rows_every_epoch_is_trained() -> None:
    run = training(split=planted_split(val_size=0), dim=30, epochs=12, patience=1, l2=0, learning_rate=0.05)
    ended = epochs(list(run.events()))
    assert len(ended) == 12
    assert run.best_epoch is None
    assert ended[-1].val_loss is ended[-1].val_rmse is None


def test_a_second_stage_really_has_its_own_learning_rate() -> None:
    """As in notebook D, but effective: a second stage at a rate next to zero leaves the weights as they were."""
    one, two, other = training(), training(schedule="3x0.000001"), training(schedule="3x0.02")
    events = [list(run.events()) for run in (one, two, other)][1]
    assert [e for e in events if isinstance(e, StageStarted)] == [
        StageStarted(1, "training", 4, 0.02),
        StageStarted(2, "stage 2", 3, 1e-6),
    ]
    assert [(e.epoch, e.stage) for e in epochs(events)] == [(n, 1 if n < 5 else 2) for n in range(1, 8)]
    bias, same, moved = (run.arrays()["item_bias"] for run in (one, two, other))
    assert np.abs(bias - same).max() < 1e-4 < 1e-2 < np.abs(bias - moved).max()


def test_decay_lets_the_rate_fall_evenly_to_its_share() -> None:
    rates = [e.learning_rate for e in epochs(list(training(decay=0.1, epochs=4).events()))]
    assert rates == pytest.approx([0.02, 0.014, 0.008, 0.002])


def test_unit_norm_holds_after_every_epoch() -> None:
    run = training("deep_regressor", table_epochs=1, epochs=3)
    list(run.events())
    for name in ("hidden_1", "hidden_2", "prediction"):
        assert np.linalg.norm(run.arrays()[f"{name}_kernel"], axis=0) == pytest.approx(1, abs=1e-5)


def test_two_stages_keep_the_tables_of_the_first_frozen() -> None:
    run, tables = training("deep_regressor", table_epochs=2, epochs=3), {}
    for event in run.events():
        if isinstance(event, StageStarted) and event.stage == 2:
            tables = run.arrays()
    assert np.array_equal(tables["user_vectors"], run.arrays()["user_vectors"])
    assert not np.array_equal(tables["hidden_1_kernel"], run.arrays()["hidden_1_kernel"])
    assert [stage.name for stage in run.stages] == ["tables", "network"]
    assert run.epochs == 5


def test_the_second_stage_alone_reads_the_tables_of_an_earlier_run() -> None:
    earlier = training("mf", oov_row=True)
    list(earlier.events())
    run = training("deep_regressor", tables=earlier.arrays(), epochs=2)
    events = list(run.events())
    assert [e.stage for e in epochs(events)] == [1, 1]
    assert [stage.name for stage in run.stages] == ["network"]
    assert np.array_equal(run.arrays()["user_vectors"], earlier.arrays()["user_vectors"][:-1])


@pytest.mark.parametrize(
    ("tables", "model", "sentence"),
    [
        ({}, "mf", "Only a two-stage model reads an earlier run's tables; got mf."),
        ({}, "deep_regressor", "The earlier run must have embedding tables; its model has no user_vectors."),
        (
            {"user_vectors": np.zeros((60, 9)), "item_vectors": np.zeros((40, 9))},
            "deep_regressor",
            "dim must be 9, as in the run whose tables are read; got 4.",
        ),
        (
            {"user_vectors": np.zeros((50, 4)), "item_vectors": np.zeros((40, 4))},
            "deep_regressor",
            "The earlier run must be of the same dataset, with 60 user vectors; got 50.",
        ),
    ],
)
def test_tables_that_do_not_fit_are_refused(tables: dict, model: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        training(model, tables=tables)
    assert str(refusal.value) == sentence


def test_a_batch_larger_than_the_data_is_all_of_it() -> None:
    ended = epochs(list(training("deep_regressor", batch_size=100_000, epochs=1, table_epochs=1).events()))
    assert all(np.isfinite(event.loss) for event in ended)
