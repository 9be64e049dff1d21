"""Curves, progress and figures of a run: what is drawn from its events, without a page."""

from __future__ import annotations

import time

import pytest

from pages.ui.charts.curve_legend import WORDS, legend_html
from pages.ui.charts.curve_spec import FRAME, MARK, MARK_LOOKS, TRAINING, VALIDATION, ZONE
from pages.ui.charts.curves import Notes, goal_chart, horizon, loss_chart, series_table, thinned
from pages.ui.charts.marks import CHANGED, KINDS, OVERFITTING, PAUSED, Mark, marks
from pages.ui.evaluation.results import figure_table, styled
from pages.ui.training.eta import how_far
from pages.ui.training.live_metrics import figures, short
from pages.ui.training.progress import planned_epochs
from reco_core.events import Changed, Continued, EpochEnded, Evaluating, Paused, Progress, StageStarted
from reco_core.inspect.curves import End, curve_words, read_curves
from reco_core.models import get_model
from tests.apptest import epoch, requested


def test_progress_says_epoch_and_time_left():
    events = [epoch(1), Progress(2, 500, 1000, 1_234_567.0, 75.0)]
    share, text = how_far(events, 20)
    assert share == pytest.approx(1.5 / 20)
    assert text == "Epoch 2 of 20 · 1 min 15 s left"


def test_time_left_is_that_of_the_last_epochs_with_what_comes_between_them():
    assert how_far([epoch(1), epoch(2), epoch(3)], 20)[1] == "Epoch 4 of 20 · 8 s left"


def test_time_left_counts_the_pauses_between_the_epochs_that_are_left():
    events = [epoch(number) for number in range(1, 8)]  # half a second each
    assert how_far(events, 300, pace=0.5)[1] == "Epoch 8 of 300 · 4 min 52 s left"
    assert how_far(events, 300)[1] == "Epoch 8 of 300 · 2 min 26 s left"
    assert how_far(events, 8, pace=1.0)[1] == "Epoch 8 of 8 · 0 s left", "no pause after the last one"


def test_legend_names_every_line_area_and_mark():
    drawn = legend_html("blue", "orange")
    for words in (VALIDATION, TRAINING, "to beat", *WORDS.values()):
        assert f"</i>{words}</span>" in drawn
    assert set(WORDS) == set(MARK_LOOKS) == set(KINDS)


def test_progress_of_a_run_that_goes_on_counts_from_where_it_was():
    assert how_far([Continued(0.0, 1, 5, 20)], 20) == (0.25, "Resuming.")


def test_progress_names_a_later_stage_and_the_scoring_at_the_end():
    events = [StageStarted(1, "tables", 4, 0.01), epoch(4), StageStarted(2, "network", 4, 0.001)]
    assert "network" in how_far(events, 8)[1]
    assert how_far([*events, Evaluating(time.time())], 8) == (1.0, "Scoring the held-out rows.")


def test_planned_epochs_are_those_of_all_stages_before_the_run_begins():
    run = requested("deep_regressor")
    assert planned_epochs(run) == run.settings.table_epochs + run.settings.epochs


def test_curves_have_one_row_per_epoch_and_known_value():
    without = EpochEnded(2, 1, 0.8, None, None, None, 0.5, 1.0, 1e5, 0.01)
    table = series_table([epoch(1), without], "loss")
    assert list(zip(table["epoch"], table["series"], strict=True)) == [(1, TRAINING), (2, TRAINING), (1, VALIDATION)]


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
    with_lines, without = (goal_chart([epoch(1)], 20, each) for each in (lines, {}))
    table = with_lines.table[with_lines.table["series"] != FRAME]
    assert list(table["label"].dropna()) == ["Global mean 1.127", "Noise floor 0.844"]
    assert with_lines.spec == without.spec


def test_best_figure_of_each_column_is_marked():
    table = figure_table({"a": {"rmse": 0.9, "ndcg@10": 0.1}, "b": {"rmse": 1.0, "ndcg@10": 0.2, "mse": None}})
    assert list(table.columns) == ["RMSE", "NDCG@10"]
    turned = styled(table.T.rename_axis("Metric"))._compute().ctx
    marks = styled(table)._compute().ctx
    assert {(row, column) for (column, row), look in turned.items() if look} == {k for k, look in marks.items() if look}
    assert sorted(cell for cell, style in marks.items() if any("font-weight" in name for name, _ in style)) == [
        (0, 0),
        (1, 1),
    ]


def overfitted() -> list[EpochEnded]:
    """Validation is least in epoch 2; training falls on."""
    pairs = [(1.0, 1.1), (0.9, 1.0), (0.8, 1.1), (0.7, 1.2)]
    return [EpochEnded(n, 1, a, b, a, b, 0.1, 0.1 * n, 1e5, 0.01) for n, (a, b) in enumerate(pairs, start=1)]


def test_everything_done_at_one_epoch_is_one_mark_with_all_its_words():
    events = [*overfitted(), Paused(0, 4), Changed(0, 4, "learning_rate", 0.01, 0.001), Continued(0, 1, 4, 20)]
    (mark,) = marks(events, label=get_model("mf").settings.label)
    assert (mark.epoch, mark.kind) == (4, CHANGED)
    assert mark.words.split(" · ") == [
        "Paused after epoch 4",
        "Learning rate 0.01 → 0.001 from epoch 5 on",
        "Resumed after epoch 4 of 20",
    ]


def test_overfitting_is_a_mark_and_a_zone_between_the_curves_from_there_on():
    reading = read_curves(overfitted())
    (mark,) = marks([], reading)
    assert (mark.epoch, mark.kind) == (2, OVERFITTING)
    table = goal_chart(overfitted(), 4, {}, Notes([mark], reading)).table
    zone = table[table["series"] == ZONE]
    assert list(zone["epoch"]) == [2, 3, 4]
    assert list(zip(zone["line"], zone["other"], strict=True)) == [(1.0, 0.9), (1.1, 0.8), (1.2, 0.7)]
    assert list(table[table["series"] == MARK]["label"]) == [mark.words]


def test_what_the_curves_say_is_in_the_present_while_it_trains_and_in_the_past_after_it():
    words = curve_words(read_curves(overfitted()))
    assert words.startswith("**Overfitting starts at epoch 2**: validation RMSE was best there (1.0000) and has risen")
    after = curve_words(read_curves(overfitted()), End("patience", 2))
    assert after.startswith("**Overfitting started at epoch 2**: validation RMSE was best there (1.0000) and rose to")
    assert after.endswith("Stopped after 2 epochs without improvement. Epoch 2 is kept.")
    good = curve_words(read_curves(overfitted()[:2]))
    assert good.endswith("it is 0.100 stars above training RMSE after epoch 2. No overfitting so far.")
    assert "No overfitting" not in curve_words(read_curves(overfitted()[:2]), End("", 2))


def test_a_training_error_below_the_noise_floor_is_said_to_be_memorised_noise():
    reading = read_curves(overfitted()[:2], floor=0.95)
    assert reading.below_floor == 2
    assert curve_words(reading).startswith("**It memorises noise** from epoch 2 on: training RMSE is at 0.900, below")
    assert "No overfitting" not in curve_words(reading)
    assert curve_words(reading, End("", 2)).startswith("**It memorised noise** from epoch 2 on: training RMSE ended at")
    assert read_curves(overfitted(), floor=0.1).below_floor is None


def test_mark_before_the_first_epoch_stands_at_the_start_of_the_axis():
    table = series_table([], "loss", {}, Notes([Mark(0, PAUSED, "Paused after epoch 0")]))
    assert list(table["epoch"]) == [1]


@pytest.mark.parametrize("count", [0, 1, 4])
def test_every_axis_has_ends_whether_or_not_there_are_epochs_lines_and_a_zone(count):
    for chart in (goal_chart([epoch(n) for n in range(1, count + 1)], 20, {}), loss_chart([], 20, log=True)):
        for layer in chart.spec["layer"]:
            kept = chart.table
            for step in layer["transform"]:
                kept = kept[kept[step["filter"]["field"]].isin(step["filter"]["oneOf"])]
            field = layer["encoding"].get("y", {}).get("field")
            assert field is None or kept[field].notna().any(), layer["mark"]


def test_smoothing_moves_the_lines_and_not_the_points():
    charts = [goal_chart(overfitted(), 4, {}, smooth=on).table for on in (False, True)]
    plain, smooth = (table[table["series"] != FRAME] for table in charts)
    assert list(plain["value"]) == list(smooth["value"]) == list(plain["line"])
    assert list(smooth["line"]) != list(plain["line"])


def test_strip_says_epoch_errors_and_speed_with_what_the_last_epoch_changed():
    said = {label: (value, beside) for label, value, beside in figures(overfitted(), 20)}
    assert said["Epoch"] == ("4", "of 20")
    assert said["Validation RMSE"] == ("1.2000", "+0.1000")
    assert said["Training RMSE"] == ("0.7000", "-0.1000")
    assert said["Ratings per second"] == ("100 k", "100 ms per epoch")


@pytest.mark.parametrize(("count", "text"), [(850, "850"), (12_345, "12.3 k"), (1_250_000, "1.25 M")])
def test_speeds_are_short(count, text):
    assert short(count) == text


@pytest.mark.parametrize(("count", "most", "kept"), [(0, 5, 0), (5, 5, 5), (12, 5, 5), (2000, 600, 501)])
def test_long_curves_are_thinned_evenly_with_their_ends(count, most, kept):
    numbers = list(range(1, count + 1))
    shown = thinned(numbers, most)
    assert len(shown) == kept
    assert shown[:1] == numbers[:1] and shown[-1:] == numbers[-1:]
