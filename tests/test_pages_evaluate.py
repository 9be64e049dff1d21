"""The Evaluate page in each of its faces, the picture of Compare, and alarms wherever a run is shown."""

from __future__ import annotations

import pandas as pd
import pytest

from pages.ui.charts.busiest_matrix import corner_figures
from pages.ui.charts.evaluation_charts import tenths_chart
from pages.ui.charts.rmse_vs_ndcg_chart import lesson, lesson_chart, points
from pages.ui.evaluation import on_demand
from pages.ui.shell import cache
from reco_core import data
from reco_core.data.demo import SCALE
from reco_core.jobs.results.predictions import HELD_OUT, LEARNED, UNSEEN, Corner
from reco_core.runs import RunStore
from tests.apptest import closed_form_run, finished_run, open_page, texts

TABS = ("Stars", "Error analysis", "Lists", "Most active × most rated")
CHARTS = {"Stars": 4, "Error analysis": 2, "Lists": 2, "Most active × most rated": 0}


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("model", ["bias", "mf_bias"])
def test_each_tab_of_a_model_with_stars_has_its_pictures(tab, model):
    run = closed_form_run(model) if model == "bias" else finished_run(model)
    app = open_page("evaluate", run=run.id, evaluate_tab=tab)
    assert not app.exception and not app.error
    assert len(app.get("vega_lite_chart")) == CHARTS[tab]
    assert len(app.get("plotly_chart")) == (2 if tab == "Most active × most rated" else 0)
    assert {run.name, "Global mean", "Popularity"} <= set(app.dataframe[0].value.columns)
    if tab == "Error analysis":
        (cold,) = [frame.value for frame in app.dataframe if "User and movie" in frame.value.columns]
        assert cold["User and movie"].iloc[0] == "both known"


@pytest.mark.parametrize("tab", ["Stars", "Lists"])
def test_a_model_without_stars_says_so_and_shows_its_lists(tab):
    app = open_page("evaluate", run=closed_form_run("popularity").id, evaluate_tab=tab)
    assert not app.exception
    assert "ranks movies without predicting stars" in texts(app)
    assert len(app.get("vega_lite_chart")) == 2 and not app.tabs


def test_list_length_and_relevance_change_the_figures_and_their_protocol():
    app = open_page("evaluate", run=closed_form_run("popularity").id, evaluate_tab="Lists")
    app.number_input(key="evaluate_k").set_value(5).run()
    assert not app.exception
    table = app.dataframe[0].value
    assert {"NDCG@5", "Hit rate@5", "Diversity@5", "Popularity lift"} <= set(table.index)
    before = table.loc["Precision@5"].iloc[0]
    app.selectbox(key="evaluate_relevant").set_value(4.0).run()
    assert not app.exception
    assert app.dataframe[0].value.loc["Precision@5"].iloc[0] < before
    assert "4 stars or more are relevant" in texts(app)


def test_alarms_stand_on_evaluate_train_and_compare_with_their_remedies():
    run = finished_run("mf_bias")
    alarm = {"name": "collapse", "sentence": "Everyone gets the same.", "remedy": "Train a model that ranks."}
    run.write_metrics(run.metrics | {"alarms": [alarm]})
    for page in ("evaluate", "train", "compare"):
        words = texts(open_page(page, run=run.id))
        assert alarm["sentence"] in words and alarm["remedy"] in words, page


def test_a_run_that_nobody_searched_for_alarms_shows_none_and_one_without_any_says_so():
    run = finished_run("mf_bias")
    assert "larm" not in texts(open_page("evaluate", run=run.id))
    run.write_metrics(run.metrics | {"alarms": []})
    assert "No issues found" in texts(open_page("evaluate", run=run.id))


def test_an_alarm_of_an_import_is_text_and_nothing_else():
    run = finished_run("mf_bias")
    run.write_metrics(run.metrics | {"alarms": [{"name": "x", "sentence": "<b>**loud**</b> :red[x]", "remedy": ""}]})
    app = open_page("evaluate", run=run.id)
    assert any(r"\*\*loud\*\*" in element.value and r"\:red\[x\]" in element.value for element in app.markdown)


def test_train_leads_to_a_closer_look():
    app = open_page("train", run=closed_form_run("bias").id)
    app.button(key="next_evaluate").click().run()
    assert not app.exception and "Evaluate" in [title.value for title in app.title] + [h.value for h in app.header]


@pytest.mark.parametrize("models", [("bias",), ("popularity",), ("bias", "popularity", "item_mean")])
def test_compare_draws_stars_against_lists_for_one_run_and_several(models):
    runs = [closed_form_run(model) for model in models]
    app = open_page("compare", runs=",".join(run.id for run in runs))
    assert not app.exception
    assert "Stars against lists" in texts(app)
    table = next(
        frame.value for frame in app.dataframe if "NDCG@10" in frame.value and frame.value.index.name == "Model"
    )
    assert {"Global mean", "Popularity"} <= set(table.index)


BASELINES = {"bias": {"rmse": 0.94, "ndcg@10": 0.08}, "popularity": {"ndcg@10": 0.21}}


def test_the_picture_has_a_point_for_each_model_and_a_strip_for_those_without_stars():
    drawn = lesson_chart({"mine": {"rmse": 0.91, "ndcg@10": 0.09}, "twice": {"rmse": 0.94, "ndcg@10": 0.08}}, BASELINES)
    assert drawn.table[["name", "kind"]].values.tolist() == [
        ["mine", "run"],
        ["twice", "run"],  # stands where bias would: drawn once
        ["popularity", "baseline"],
    ]
    assert "no stars" in str(drawn.spec)
    assert "no stars" not in str(lesson_chart({"mine": {"rmse": 0.9, "ndcg@10": 0.1}}, {}).spec)
    assert lesson_chart({"mine": {"rmse": 0.9}}, {}) is None


def test_the_lesson_is_said_where_stars_and_lists_disagree():
    said = lesson(points({"mine": {"rmse": 0.91, "ndcg@10": 0.09}}, BASELINES))
    assert said.startswith("mine is best at stars (RMSE 0.910, NDCG@10 0.090), popularity at lists (NDCG@10 ")
    assert "predicts no stars at all" in said
    assert lesson(points({"best": {"rmse": 0.8, "ndcg@10": 0.5}}, BASELINES)) == ""
    assert lesson(points({}, {"popularity": {"ndcg@10": 0.2}})) == ""


def test_names_of_near_points_do_not_cover_one_another():
    same = {f"run {i}": {"rmse": 0.9, "ndcg@10": 0.1} for i in range(3)}
    table = points(same | {"far": {"rmse": 1.0, "ndcg@10": 0.2}}, {})
    assert len(table.iloc[:3][["align", "dx", "dy"]].drop_duplicates()) == 3


def test_cells_are_dotted_where_unseen_and_framed_where_held_out():
    given = pd.DataFrame([[5.0, None], [3.0, 1.0]], index=["a", "b"], columns=[0, 1])
    part = pd.DataFrame([[LEARNED, UNSEEN], [HELD_OUT, LEARNED]], index=["a", "b"], columns=[0, 1])
    for figure in corner_figures(Corner(given, given.fillna(4.2), part), ["Same", "Same"], SCALE):
        dotted, framed = sorted(figure.layout.shapes, key=lambda shape: shape.line.dash != "dot")
        assert (dotted.x0 < 1 < dotted.x1, dotted.y0 < 0 < dotted.y1) == (True, True)
        assert framed.line.dash is None and framed.y0 < 1 < framed.y1
        assert figure.data[0].customdata[0][1] == "predicted 4.20<br>never rated"
        assert list(figure.data[0].x) == ["Same", "Same (2)"]


def test_a_tenth_is_named_by_its_known_ratings():
    own = pd.DataFrame({"tenth": [0, 1], "low": [0, 12], "high": [0, 19], "units": [1, 5], "rmse": [1.2, 0.9]})
    table = tenths_chart(own, own.iloc[:1], "rmse", "RMSE", "ratings per user", "bias").table
    assert table["band"].tolist() == ["0", "12–19"] and table["rival"].isna().tolist() == [False, True]


def test_figures_of_an_earlier_version_are_worked_out_again():
    run = closed_form_run("item_mean")
    run.write_metrics({"test": {"rmse": 1.0, "ndcg@10": 0.1}, "baselines": {}, "protocol": "old"})
    app = open_page("evaluate", run=run.id)
    assert not app.exception
    assert "Gini" in app.dataframe[0].value.index and RunStore().open(run.id).metrics["protocol"] == "old"
    assert data.load("demo").name == run.info.dataset


def test_what_takes_long_says_so_waits_for_the_button_and_is_kept(monkeypatch):
    monkeypatch.setattr(on_demand, "SMALL", 0)
    monkeypatch.setattr(on_demand, "AT_ONCE", 0.0)
    run = closed_form_run("bias")
    app = open_page("evaluate", run=run.id, evaluate_tab="Lists")
    assert "**Lists for all users** take about" in texts(app) and len(app.get("vega_lite_chart")) == 0
    app.button(key="work_out_lists").click().run()
    key = ("lists", *cache.key_of(run), 10, None)
    assert cache.aside().find(key).result() is not None
    app.run()
    assert not app.exception and len(app.get("vega_lite_chart")) == 2
    assert len(open_page("evaluate", run=run.id, evaluate_tab="Lists").get("vega_lite_chart")) == 2
