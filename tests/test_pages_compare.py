"""The Compare page in each of its faces, and what it says about runs that must not be compared."""

from __future__ import annotations

import io
import os
import zipfile
from collections import Counter

import pytest

from pages.ui.evaluation import on_demand
from pages.ui.runs.run_exports import exported, tensorboard_zip
from pages.ui.runs.runs_table import differing_settings, runs_table
from reco_core.jobs.running.training_job import train_run
from reco_core.runs import RunRequest, RunStore
from reco_core.runs import run as run_module
from tests.apptest import closed_form_run, failed_run, finished_run, open_page, query, running_run, texts
from tests.tiny import wait_until


def run_of(model: str, **request):
    return RunStore().create(RunRequest(source="demo", dataset="demo", model=model, **request))


def test_without_runs_the_page_names_where_they_are_made():
    app = open_page("compare")
    assert not app.exception
    assert "Nothing to compare yet" in texts(app)
    assert app.button(key="empty_go_train")


def test_newest_two_with_a_result_are_chosen_at_first():
    first, second, third = (closed_form_run(model) for model in ("popularity", "item_mean", "user_mean"))
    app = open_page("compare")
    assert not app.exception
    cards = texts(app)
    assert f"**{second.name}**" in cards and f"**{third.name}**" in cards
    assert f"**{first.name}**" not in cards
    assert list(app.dataframe[0].value["Run"]) == [third.name, second.name, first.name]


def test_figures_and_differences_of_the_chosen_runs_are_shown():
    closed_form_run("popularity"), closed_form_run("item_mean")
    app = open_page("compare")
    assert "Test metrics" in texts(app)
    assert "Differences" in texts(app)
    assert not app.warning


def test_running_and_failed_runs_are_in_the_table_with_their_status():
    failed = failed_run()
    with running_run() as running:
        app = open_page("compare")
        assert not app.exception
        assert dict(zip(app.dataframe[0].value["Run"], app.dataframe[0].value["Status"], strict=True)) == {
            running.name: "running",
            failed.name: "failed",
        }


def test_curves_of_two_trained_runs_lie_in_one_chart():
    finished_run("mf"), finished_run("mf_bias")
    app = open_page("compare")
    assert not app.exception
    assert len(app.get("vega_lite_chart")) == 2, "the curves, and stars against lists"
    app.segmented_control(key="across").set_value("Seconds").run()
    assert not app.exception


def test_one_drawing_looks_at_each_run_once_and_opens_each_of_its_files_at_most_once(monkeypatch):
    runs = [finished_run("mf"), finished_run("mf_bias"), closed_form_run("item_mean")]
    opened, looked = Counter(), Counter()

    def counted(function, count):
        def call(path, *args, **kwargs):
            count[str(path)] += 1
            return function(path, *args, **kwargs)

        return call

    monkeypatch.setattr(io, "open", counted(io.open, opened))
    monkeypatch.setattr(os, "open", counted(os.open, opened))
    monkeypatch.setattr(run_module, "standing", counted(run_module.standing, looked))
    app = open_page("compare", runs=",".join(run.id for run in runs))
    assert not app.exception
    assert looked == {str(run.folder): 1 for run in runs}
    ours = {path: n for path, n in opened.items() if any(path.startswith(str(run.folder)) for run in runs)}
    assert len(ours) >= 9 and set(ours.values()) == {1}, "run.json, events and figures of three runs, each once"
    opened.clear()
    app.run()
    assert not [path for path in opened if any(path.startswith(str(run.folder)) for run in runs)], "nothing is new"


def test_runs_of_another_split_stand_side_by_side_with_the_reason_and_without_ranks():
    one, other = closed_form_run("item_mean"), run_of("bias", split={"kind": "random", "seed": 1})
    train_run(other)
    app = open_page("compare", runs=f"{one.id},{other.id}")
    assert not app.exception
    (warning,) = [element.value for element in app.warning]
    assert "not ranked" in warning and "different splits" in warning
    assert "Significance" not in texts(app)


def test_difference_of_two_runs_comes_with_its_interval_and_whether_it_is_significant():
    closed_form_run("item_mean"), closed_form_run("bias")
    app = open_page("compare")
    assert not app.exception
    said = texts(app)
    assert "Significance" in said
    assert "is better than" in said and "95 % interval [" in said and "statistically significant" in said
    assert len(app.get("vega_lite_chart")) == 3, "the intervals, the curves, and stars against lists"


def test_intervals_that_take_long_wait_for_the_button(monkeypatch):
    monkeypatch.setattr(on_demand, "SMALL", 0)
    monkeypatch.setattr(on_demand, "AT_ONCE", 0.0)
    closed_form_run("item_mean"), closed_form_run("bias")
    app = open_page("compare")
    assert "**Confidence intervals for these runs** take about" in texts(app) and "95 % interval [" not in texts(app)
    app.button(key="work_out_intervals").click().run()
    wait_until(lambda: "95 % interval [" in texts(app.run()), "the intervals are there")
    assert not app.exception


def test_lists_alone_have_the_whole_width_where_no_two_runs_predict_stars():
    closed_form_run("item_mean"), closed_form_run("popularity")
    app = open_page("compare")
    assert "**Top ten**" in texts(app) and "**Stars**" not in texts(app)
    assert [column.weight for column in app.columns] == [1.0]


def test_runs_of_the_address_are_chosen_and_the_choice_is_in_the_address():
    first, second, third = (closed_form_run(model) for model in ("popularity", "item_mean", "user_mean"))
    app = open_page("compare", runs=f"{first.id},{third.id}")
    assert f"**{first.name}**" in texts(app) and f"**{second.name}**" not in texts(app)
    assert set(query(app, "runs").split(",")) == {first.id, third.id}
    assert set(query(open_page("compare"), "runs").split(",")) == {second.id, third.id}


def test_repeated_runs_show_mean_and_spread():
    for seed, rmse in ((0, 0.90), (1, 0.92)):
        run = finished_run("mf", seed=seed)
        run.write_metrics({"test": {"rmse": rmse, "ndcg@10": 0.1}, "baselines": {}, "protocol": "p"})
    app = open_page("compare")
    assert not app.exception
    assert "Across seeds" in texts(app)
    table = next(frame.value for frame in app.dataframe if "Seeds" in frame.value)
    assert list(table["Seeds"]) == [2]
    assert list(table["RMSE in stars"]) == ["0.9100 ± 0.0141"]


def test_one_click_queues_more_seeds():
    run = finished_run("mf")
    app = open_page("compare")
    app.number_input(key=f"seeds_{run.id}").set_value(3).run()
    app.button(key=f"repeat_go_{run.id}").click().run()
    assert not app.exception
    others = [other for other in RunStore().list() if other.id != run.id]
    assert sorted(other.info.seed for other in others) == [1, 2, 3]
    assert {other.info.split for other in others} == {run.info.split}


def test_closed_form_has_nothing_to_repeat():
    run = closed_form_run("item_mean")
    assert f"repeat_go_{run.id}" not in [button.key for button in open_page("compare").button]


def test_run_can_be_taken_away_in_every_form():
    run = closed_form_run("bias")
    app = open_page("compare")
    kinds = {button.key for button in app.get("download_button")} if app.get("download_button") else set()
    assert {f"export_{kind}_{run.id}" for kind in ("zip", "py", "keras", "tensorboard")} <= kinds
    with zipfile.ZipFile(io.BytesIO(tensorboard_zip(run))) as archive:
        assert any("tfevents" in name for name in archive.namelist())


def test_only_settings_that_differ_are_listed():
    one, other = run_of("mf_bias", settings={"dim": 8}), run_of("mf_bias", settings={"dim": 16}, seed=1)
    table = differing_settings([one, other])
    assert list(table.index) == ["dim", "seed"]
    assert list(table.loc["dim"]) == ["8", "16"]


def test_setting_that_a_model_lacks_is_a_dash():
    table = differing_settings([run_of("mf"), run_of("mf_bias", settings={"bias_l2": 0.25})])
    assert list(table.loc["bias_l2"]) == ["–", "0.25"]


def test_setting_that_a_model_lacks_is_left_out_where_the_other_has_its_default():
    table = differing_settings([run_of("mf"), run_of("mf_bias")])
    assert "model" in table.index
    assert "bias_l2" not in table.index


def test_run_before_its_first_epoch_is_a_row_without_figures():
    row = runs_table([run_of("mf")]).iloc[0]
    assert row["Model"] == "Matrix factorisation"
    assert all(value is None for value in row[["RMSE", "NDCG@10", "Epochs", "Seconds", "Parameters"]])


def test_rename_takes_the_new_name():
    run = closed_form_run("item_mean")
    app = open_page("compare")
    app.text_input(key=f"name_{run.id}").set_value("my best *run*").run()
    assert not app.exception
    assert RunStore().open(run.id).name == "my best *run*"


def test_delete_waits_for_the_second_click_and_removes_the_run():
    run = closed_form_run("item_mean")
    app = open_page("compare", run=run.id)
    assert len(RunStore().list()) == 1
    app.button(key=f"delete_{run.id}").click().run()
    assert not app.exception
    assert RunStore().list() == []
    assert "Nothing to compare yet" in texts(app)


def test_exported_run_comes_back_with_the_same_figures():
    run = closed_form_run("item_mean")
    content, figures = exported(run), run.metrics
    RunStore().delete(run.id)
    app = open_page("compare")
    app.file_uploader(key="import_file").set_value(("run.zip", content, "application/zip")).run()
    app.button(key="import_go").click().run()
    assert not app.exception
    assert RunStore().open(run.id).metrics == figures


@pytest.mark.parametrize("member", ["../../run.json", "/etc/passwd", "weights.pkl"])
def test_hostile_zip_is_refused_in_one_sentence(member):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(member, "{}")
    app = open_page("compare")
    app.file_uploader(key="import_file").set_value(("run.zip", file.getvalue(), "application/zip")).run()
    app.button(key="import_go").click().run()
    assert not app.exception
    assert len(app.error) == 1
    assert RunStore().list() == []
