"""The sweep on the Train page: its form, its runs, the best one."""

from __future__ import annotations

import pandas as pd
import pytest

from pages.ui.charts.sweep_charts import parallel
from pages.ui.training.sweep_form import first_values
from reco_core.jobs.sweeps.search_space import Axis
from reco_core.jobs.sweeps.sweep import SWEEPS, list_sweeps, new_sweep, write_info
from reco_core.jobs.sweeps.sweep_request import SweepRequest, Trial
from reco_core.models import get_model
from reco_core.runs import RunRequest, RunStore
from tests.apptest import finished_run, open_page, query, texts


def sweep_of_two():
    """A sweep that is over, of two finished runs."""
    base = RunRequest(source="demo", dataset="demo", model="mf_bias", settings={"dim": 10})
    sweep = new_sweep(RunStore(), SweepRequest(base=base, over=(Axis(setting="dim", values=(10, 20)),), runs=2))
    runs = [finished_run(), finished_run()]
    trials = [Trial(values={"dim": dim}, runs=[run.id]) for dim, run in zip((10, 20), runs, strict=True)]
    write_info(sweep.folder, sweep.info.model_copy(update={"trials": trials, "over": True}))
    return sweep, runs


def sweep_page(**query_: str):
    app = open_page("train", **query_)
    if not query_:
        app.segmented_control(key="train_mode").set_value("Sweep").run()
    return app


def test_before_the_first_sweep_the_page_says_what_one_is():
    app = sweep_page()
    assert not app.exception
    assert "One sweep, many runs" in texts(app)
    assert "train" not in {button.key for button in app.button}


def test_form_counts_the_runs_of_a_grid():
    app = sweep_page()
    app.multiselect(key="sweep_over_mf_bias").set_value(["dim", "l2"]).run()
    app.text_input(key="sweep_values_mf_bias_dim").set_value("10,20,40").run()
    app.text_input(key="sweep_values_mf_bias_l2").set_value("0.01,0.1").run()
    app.number_input(key="sweep_seeds").set_value(2).run()
    assert "6 combinations, each with 2 seeds: 12 runs" in texts(app)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ("10,x", "dim must be"),
        ("1,2,3,4,5,6,7,8,9,10,11,12,13", "A grid must fit"),
        ("5:1", "from a lower to a higher"),
    ],
)
def test_values_that_make_no_sweep_are_one_sentence_and_the_button_is_off(values, sentence):
    app = sweep_page()
    app.multiselect(key="sweep_over_mf_bias").set_value(["dim"]).run()
    app.text_input(key="sweep_values_mf_bias_dim").set_value(values).run()
    assert not app.exception
    assert sentence in texts(app)
    assert app.button(key="start_sweep").disabled


def test_sweep_that_is_over_shows_its_runs_and_opens_the_best_like_any_other():
    sweep, runs = sweep_of_two()
    app = sweep_page(sweep=sweep.id)
    assert not app.exception
    assert "Best: dim 10" in texts(app) and "Statistically tied with dim 20" in texts(app)
    assert len(app.dataframe[0].value) == 2
    app.button(key="open_best").click().run()
    assert not app.exception
    assert query(app, "run") in {run.id for run in runs}
    assert query(app, "sweep") is None
    assert app.segmented_control(key="train_mode").value == "One run"


def test_sweep_of_a_server_that_is_gone_can_go_on():
    sweep, _ = sweep_of_two()
    write_info(sweep.folder, sweep.info)
    app = sweep_page(sweep=sweep.id)
    assert "can be resumed" in texts(app)
    assert app.button(key="resume_sweep")


def test_unknown_sweep_in_the_address_shows_the_newest():
    sweep, _ = sweep_of_two()
    app = sweep_page(sweep="20250131-093000-sweep-0000")
    assert not app.exception
    assert query(app, "sweep") == sweep.id
    assert (RunStore().root / SWEEPS).is_dir() and len(list_sweeps(RunStore())) == 1


@pytest.mark.parametrize(
    ("name", "now", "text"),
    [("dim", 40, "20,40,80"), ("dim", 1, "1,2"), ("learning_rate", 0.003, "0.001:0.009:log"), ("l2", 0, "0,0.01,0.1")],
)
def test_suggested_values_lie_around_the_one_that_is_set(name, now, text):
    assert first_values(get_model("mf_bias").settings.model_fields[name], now) == text


def test_parallel_coordinates_have_an_axis_for_each_setting_and_one_for_the_error():
    axes = (Axis(setting="rate", low=0.001, high=0.1, log=True), Axis(setting="loss", values=("mse", "mae")))
    rows = pd.DataFrame({"rate": [0.001, 0.1, 0.01], "loss": ["mse", "mae", "mse"], "val_rmse": [0.9, 0.95, None]})
    figure = parallel(rows, axes, {"rate": "Rate", "loss": "Loss"})
    labels = [dimension.label for dimension in figure.data[0].dimensions]
    assert labels == ["Rate", "Loss", "RMSE (val.)"]
    rate, loss, error = figure.data[0].dimensions
    assert list(rate.values) == pytest.approx([-3.0, -1.0])
    assert list(loss.ticktext) == ["mae", "mse"] and list(loss.values) == [1, 0]
    assert list(error.values) == [0.9, 0.95]
    assert parallel(rows.iloc[:1], axes, {"rate": "Rate", "loss": "Loss"}) is None
