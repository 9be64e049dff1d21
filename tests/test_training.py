"""The training loop: what it yields, keeps, stops for, and refuses."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from reco_core.errors import SettingsError
from reco_core.events import EpochEnded, Event, Failed, StageStarted, Stopped
from reco_core.models import get_model
from reco_core.split import Split, SplitSettings
from reco_core.training.loop import Programs, Training
from tests.planted import SCALE, planted, planted_split, ratings_of

PROGRAMS = Programs(capacity=20)
FAST = {"dim": 4, "batch_size": 64, "epochs": 4, "learning_rate": 0.02, "patience": None, "decay": 1}


def training(
    model: str = "mf_bias",
    split: Split | None = None,
    seed: int = 0,
    programs: Programs | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    tables: dict | None = None,
    **settings: object,
) -> Training:
    """A run on the planted data."""
    spec = get_model(model)
    known = FAST if spec.build else {}
    return Training(
        spec,
        spec.parse(known | settings),
        planted(),
        split or planted_split(),
        seed,
        PROGRAMS if programs is None else programs,
        tables=tables,
        should_stop=should_stop,
    )


def epochs(events: list[Event]) -> list[EpochEnded]:
    """The epochs among the events."""
    return [event for event in events if isinstance(event, EpochEnded)]


def test_training_imports_no_tensorflow_for_a_closed_form_model() -> None:
    code = (
        "import sys; from tests.test_training import training; list(training('bias').events());"
        "print([m for m in ('tensorflow', 'keras') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.strip() == "[]"


def test_figures_of_an_epoch_are_those_of_the_scorer() -> None:
    run = training()
    last = epochs(list(run.events()))[-1]
    spec, rows, ratings = get_model("mf_bias"), planted_split().validation, planted()
    scorer = spec.scorer(run.arrays(), run.shape, spec.parse(FAST))
    predicted = scorer.score(ratings.user_index[rows], ratings.item_index[rows]).astype(float)
    missed = predicted - ratings.rating[rows]
    assert last.val_loss == pytest.approx(np.mean(missed**2), rel=1e-6)
    assert last.val_rmse == pytest.approx(np.sqrt(np.mean((SCALE.clip(predicted) - ratings.rating[rows]) ** 2)))


def test_loss_has_no_penalty_in_it() -> None:
    """With the learning rate next to zero, the loss is the squared error of the first weights whatever the l2."""
    losses = [epochs(list(training(learning_rate=1e-6, epochs=1, l2=l2).events()))[0].loss for l2 in (0.001, 10)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_bce_is_no_error_in_stars_but_rmse_is() -> None:
    ended = epochs(list(training("mf_bce").events()))[-1]
    assert ended.loss < 0.7 < 1
    assert ended.val_rmse == pytest.approx(ended.rmse, abs=0.4)


def test_one_batch_of_all_rows_is_one_step_of_gradient_descent() -> None:
    """A hand-made step: b -= rate * mean gradient; the padded rows of the chunk must not count."""
    ratings = ratings_of(np.array([1, 1, 2]), np.array([5, 6, 5]), np.array([1.0, 2.0, 5.0]))
    split = Split(SplitSettings(), np.arange(3), np.empty(0, int), np.empty(0, int), 0, 0, 0)
    spec = get_model("mf_bias")
    values = {"optimizer": "sgd", "learning_rate": 0.1, "epochs": 1, "batch_size": 8, "l2": 0, "bias_l2": 0, "dim": 1}
    settings = spec.parse(values | {"output": "linear", "init_sd": 1e-4, "patience": None})
    run = Training(spec, settings, ratings, split, 0, PROGRAMS)
    list(run.events())
    mean = 8 / 3
    expected = [0.1 * 2 / 3 * sum(stars - mean for stars in those) for those in ((1, 2), (5,))]
    assert run.arrays()["user_bias"].ravel() == pytest.approx(expected, abs=1e-5)


def test_the_padded_tail_of_the_last_batch_has_no_weight() -> None:
    """Batches of 2 over 3 rows: the second holds one row; without its weight the copy would count twice."""
    ratings = ratings_of(np.array([1, 2, 3]), np.array([1, 2, 3]), np.array([1.0, 3.0, 5.0]))
    split = Split(SplitSettings(), np.arange(3), np.empty(0, int), np.empty(0, int), 0, 0, 0)
    spec = get_model("mf_bias")
    values = {"optimizer": "sgd", "learning_rate": 1.0, "epochs": 1, "batch_size": 2, "l2": 0, "bias_l2": 0, "dim": 1}
    run = Training(
        spec, spec.parse(values | {"output": "linear", "init_sd": 1e-4, "patience": None}), ratings, split, 0, PROGRAMS
    )
    list(run.events())
    moved = np.abs(run.arrays()["user_bias"].ravel())
    assert sorted(moved) == pytest.approx([0.0, 2.0, 4.0], abs=1e-3) or sorted(moved) == pytest.approx(
        [0.0, 2.0, 2.0], abs=1e-3
    )


def test_another_seed_split_or_number_needs_no_new_trace() -> None:
    programs = Programs()
    list(training(programs=programs).events())
    assert programs.traces == 1
    for change in (
        {"seed": 5},
        {"split": planted_split(seed=2)},
        {"learning_rate": 0.001, "l2": 0.3, "bias_l2": 0.3, "epochs": 2, "init_sd": 0.2, "decay": 0.5, "patience": 2},
        {"schedule": "1x0.1"},
        {"center": False},
    ):
        list(training(programs=programs, **change).events())
    assert (programs.traces, len(programs)) == (1, 1)


def test_a_cold_program_gives_the_same_scores_as_a_warm_one() -> None:
    warm, cold = training(seed=7, l2=0.01), training(seed=7, l2=0.01, programs=Programs())
    for run in (training(seed=3), warm, cold):
        list(run.events())
    assert all(np.array_equal(array, cold.arrays()[name]) for name, array in warm.arrays().items())


def test_no_more_programs_are_kept_than_there_is_room_for() -> None:
    programs = Programs(capacity=2)
    for dim in (1, 2, 3, 1):
        list(training(programs=programs, dim=dim, epochs=1).events())
    assert (len(programs), programs.traces) == (2, 4)


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


def test_a_stop_is_seen_within_the_first_epoch() -> None:
    run = training(should_stop=lambda: True)
    assert list(run.events())[-1] == Stopped(0, "asked")
    assert np.isfinite(run.arrays()["user_vectors"]).all()


def test_numbers_without_bound_end_the_run_with_a_reason_that_helps() -> None:
    events = list(training("mf", optimizer="sgd", learning_rate=10, init_sd=1, epochs=9).events())
    assert isinstance(events[-1], Failed)
    assert "no longer a number in epoch" in events[-1].reason
    assert "try a learning_rate below 10" in events[-1].reason


def test_no_weight_of_the_non_negative_model_is_below_zero() -> None:
    run = training("mf_nonneg", learning_rate=0.2)
    for event in run.events():
        assert all(array.min() >= 0 for array in run.arrays().values()), event


def test_rows_that_were_never_trained_hold_the_mean_of_the_others() -> None:
    ratings = planted()
    rows = np.flatnonzero(ratings.item_index != 3)
    split = Split(SplitSettings(), rows, np.empty(0, int), np.flatnonzero(ratings.item_index == 3), 0, 1, 0)
    run = training(split=split, oov_row=True)
    list(run.events())
    table = run.arrays()["item_vectors"]
    others = np.delete(table[:-1], 3, axis=0).mean(axis=0)
    assert table[3] == pytest.approx(others, abs=1e-6)
    assert table[-1] == pytest.approx(others, abs=1e-6)


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
        ({}, "mf", "Only a model in two stages reads an earlier run's tables; got mf."),
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


def test_closed_form_models_fit_on_training_and_validation_rows_in_one_epoch() -> None:
    run = training("global_mean")
    (ended,) = run.events()
    assert (ended.epoch, ended.val_rmse, run.epochs, run.stages) == (1, None, 1, ())
    assert run.arrays()["offset"] == pytest.approx(planted().rating[planted_split().known].mean())
    (ended,) = training("popularity").events()
    assert ended.loss is ended.rmse is None


def test_progress_tells_speed_and_the_seconds_left(monkeypatch: pytest.MonkeyPatch) -> None:
    from reco_core.events import Progress
    from reco_core.training import learner

    monkeypatch.setattr(learner, "_PROGRESS_EVERY", 0.0)
    monkeypatch.setattr("reco_core.training.program._CHUNK_ROWS", 64)
    monkeypatch.setattr("reco_core.training.program._CHUNK_STEPS", (2, 2))
    run = training(programs=Programs(), epochs=3)
    told = [event for event in run.events() if isinstance(event, Progress)]
    total = len(planted_split().train)
    assert {event.epoch for event in told} == {1, 2, 3}
    assert all(0 < event.rows_done < total == event.rows_total for event in told)
    left = told[0]
    assert left.seconds_left == pytest.approx((3 * total - left.rows_done) / left.ratings_per_second)


def test_a_split_without_training_rows_is_refused() -> None:
    empty = np.empty(0, int)
    with pytest.raises(SettingsError, match="at least one rating to train on; got none"):
        training(split=Split(SplitSettings(), empty, empty, np.arange(3), 0, 0, 0))
