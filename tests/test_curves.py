"""Curves, progress and figures of a run: what is drawn from its events, without a page."""

from __future__ import annotations

import time

import pytest

from pages.ui.curves import TRAINING, VALIDATION, horizon, loss_chart, rmse_chart, series_table
from pages.ui.progress import how_far, planned_epochs
from pages.ui.results import figure_table, styled
from reco_core.events import EpochEnded, Evaluating, Progress, StageStarted
from tests.apptest import epoch, requested


def test_progress_says_epoch_speed_and_time_left():
    events = [epoch(1), Progress(2, 500, 1000, 1_234_567.0, 75.0)]
    share, text = how_far(events, 20)
    assert share == pytest.approx(1.5 / 20)
    assert text == "Epoch 2 of 20 · 1,234,567 ratings a second · 1 min 15 s left"


def test_progress_names_a_later_stage_and_the_scoring_at_the_end():
    events = [StageStarted(1, "tables", 4, 0.01), epoch(4), StageStarted(2, "network", 4, 0.001)]
    assert "network" in how_far(events, 8)[1]
    assert how_far([*events, Evaluating(time.time())], 8) == (1.0, "Scoring the held-out rows.")


def test_planned_epochs_are_those_of_all_stages_before_the_run_begins():
    run = requested("deep_regressor")
    assert planned_epochs(run) == run.settings.table_epochs + run.settings.epochs


def test_curves_have_one_row_per_epoch_and_known_value():
    without = EpochEnded(2, 1, 0.8, None, None, None, 0.5, 1.0, 1e5, 0.01)
    table = series_table([epoch(1), without], "loss", "val_loss")
    assert list(zip(table["epoch"], table["series"], strict=True)) == [(1, TRAINING), (1, VALIDATION), (2, TRAINING)]


@pytest.mark.parametrize("log", [False, True])
def test_axis_of_epochs_stands_still_while_the_curve_grows(log):
    few, many = (loss_chart([epoch(n) for n in range(1, count)], 20, log) for count in (2, 9))
    assert few.spec == many.spec
    assert len(few.table) < len(many.table)


@pytest.mark.parametrize(
    ("planned", "done", "last"),
    [(20, 0, 20), (20, 20, 20), (2000, 0, 60), (2000, 49, 120), (2000, 1990, 2000), (70, 60, 70)],
)
def test_axis_of_a_long_plan_widens_in_few_steps(planned, done, last):
    assert horizon(planned, done) == last


def test_lines_of_baselines_are_labelled_with_their_value():
    lines = {"global_mean": 1.1268, "noise_floor": 0.8441}
    with_lines, without = (rmse_chart([epoch(1)], 20, each) for each in (lines, {}))
    assert list(with_lines.table["label"].dropna()) == ["Global mean 1.127", "Noise floor 0.844"]
    assert with_lines.spec == without.spec


def test_best_figure_of_each_column_is_marked():
    table = figure_table({"a": {"rmse": 0.9, "ndcg@10": 0.1}, "b": {"rmse": 1.0, "ndcg@10": 0.2, "mse": None}})
    assert list(table.columns) == ["RMSE", "NDCG@10"]
    marks = styled(table)._compute().ctx
    assert sorted(cell for cell, style in marks.items() if any("font-weight" in name for name, _ in style)) == [
        (0, 0),
        (1, 1),
    ]
