"""The training loop: what it yields, computes, keeps warm, and refuses."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from reco_core.errors import SettingsError
from reco_core.events import Failed, Progress, Stopped
from reco_core.models import get_model
from reco_core.split import Split, SplitSettings
from reco_core.training import learner
from reco_core.training.loop import Programs, Training
from tests.planted import SCALE, planted, planted_split, ratings_of
from tests.planted_runs import FAST, PROGRAMS, epochs, training


def test_training_imports_no_tensorflow_for_a_closed_form_model() -> None:
    code = (
        "import sys; from tests.planted_runs import training; list(training('bias').events());"
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


@pytest.mark.parametrize("model", ["mf_nonneg", "deep_regressor"])
def test_xla_changes_no_figure(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = []
    for pays in (False, True):
        monkeypatch.setattr("reco_core.training.part_inputs.compiling_pays", lambda *sizes, pays=pays: pays)
        more = {"table_epochs": 2, "dropout": 0} if model == "deep_regressor" else {}
        run = training(model, programs=Programs(), **more)
        figures.append([(event.loss, event.val_rmse) for event in epochs(list(run.events()))])
    assert np.allclose(*figures, rtol=1e-3)


def test_no_more_programs_are_kept_than_there_is_room_for() -> None:
    programs = Programs(capacity=2)
    for dim in (1, 2, 3, 1):
        list(training(programs=programs, dim=dim, epochs=1).events())
    assert (len(programs), programs.traces) == (2, 4)


def test_a_stop_is_seen_within_the_first_epoch() -> None:
    run = training(should_stop=lambda: True)
    assert list(run.events())[-1] == Stopped(0, "asked")
    assert np.isfinite(run.arrays()["user_vectors"]).all()


def test_numbers_without_bound_end_the_run_with_a_reason_that_helps() -> None:
    events = list(training("mf", optimizer="sgd", learning_rate=10, init_sd=1, epochs=9).events())
    assert isinstance(events[-1], Failed)
    assert "no longer a number in epoch" in events[-1].reason
    assert "Try a learning_rate below 10" in events[-1].reason


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


def test_closed_form_models_fit_on_training_and_validation_rows_in_one_epoch() -> None:
    run = training("global_mean")
    (ended,) = run.events()
    assert (ended.epoch, ended.val_rmse, run.epochs, run.stages) == (1, None, 1, ())
    assert run.arrays()["offset"] == pytest.approx(planted().rating[planted_split().known].mean())
    (ended,) = training("popularity").events()
    assert ended.loss is ended.rmse is None


def test_progress_tells_speed_and_the_seconds_left(monkeypatch: pytest.MonkeyPatch) -> None:
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
