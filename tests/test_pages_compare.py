"""The Compare page in each of its faces, and what it says about runs that must not be compared."""

from __future__ import annotations

import io
import zipfile

import pytest

from pages.ui.run_actions import exported
from pages.ui.runs_table import differing_settings, runs_table, unfair
from reco_core.models import get_model
from reco_core.runs import RunRequest, RunStore
from tests.apptest import (  # noqa: F401
    closed_form_run,
    failed_run,
    finished_run,
    no_worker,
    open_page,
    running_run,
    texts,
)


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
    assert "Figures on the test rows" in texts(app)
    assert "What differs" in texts(app)
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
    assert len(app.get("vega_lite_chart")) == 1
    app.segmented_control(key="across").set_value("Seconds").run()
    assert not app.exception


def test_other_split_is_warned_of_with_the_reason():
    one, other = (run_of("item_mean", split={"kind": "random", "seed": seed}) for seed in (0, 1))
    one.update(split_fingerprint="0" * 16, dataset_fingerprint="a" * 16)
    other.update(split_fingerprint="1" * 16, dataset_fingerprint="a" * 16)
    reasons = unfair([one, other])
    assert len(reasons) == 1
    assert "different test rows" in reasons[0]
    assert "seed 0" in reasons[0] and "seed 1" in reasons[0]


def test_other_ratings_are_warned_of_with_the_reason():
    one, other = run_of("item_mean"), run_of("user_mean")
    one.update(dataset_fingerprint="a" * 16)
    other.update(dataset_fingerprint="b" * 16)
    assert "different ratings" in unfair([one, other])[0]


def test_runs_on_the_same_rows_may_be_compared():
    assert unfair([closed_form_run("item_mean"), closed_form_run("user_mean")]) == []


def test_only_settings_that_differ_are_listed():
    one, other = run_of("mf_bias", settings={"dim": 8}), run_of("mf_bias", settings={"dim": 16}, seed=1)
    table = differing_settings([one, other])
    assert list(table.index) == ["dim", "seed"]
    assert list(table.loc["dim"]) == ["8", "16"]


def test_setting_that_a_model_lacks_is_a_dash():
    table = differing_settings([run_of("mf"), run_of("mf_bias")])
    mf, mf_bias = table.loc["bias_l2"]
    assert mf == "–"
    assert float(mf_bias) == get_model("mf_bias").parse().bias_l2


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
