"""The Train page in each of its faces, and its form."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.ui.training.model_cards import FAMILIES
from pages.ui.training.pace import pace_of
from reco_core import data
from reco_core.models import MODELS, get_model
from reco_core.models.spec import Shape
from reco_core.runs import Pace, RunStore
from reco_core.runs.checkpoint_file import write_state
from reco_core.runs.requests import latest
from tests.apptest import (
    closed_form_run,
    epoch,
    failed_run,
    finished_run,
    open_page,
    query,
    requested,
    running_run,
    started,
    texts,
)


def newest_run():
    return RunStore().list()[0]


def progress_texts(app: AppTest) -> str:
    return " ".join(bar.proto.text for bar in app.get("progress"))


def keys(app: AppTest) -> set[str]:
    """What can be pressed."""
    return {button.key for button in app.button if not button.disabled}


def form_of_family(family: str) -> AppTest:
    """The page with a run, after the first model of a family was chosen among the other models."""
    app = open_page("train")
    app.session_state["family"] = family
    return app.run()


def test_without_a_run_the_page_says_where_the_curve_will_grow():
    app = open_page("train")
    assert not app.exception
    assert "Your training curve appears here" in texts(app)
    assert len(app.get("vega_lite_chart")) == 2


def test_state_of_the_training_process_is_said():
    assert "Training process off" in texts(open_page("train"))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_shows_a_card_with_sentence_and_equation_for_each_model(family):
    app = open_page("train")
    app.segmented_control(key="family").set_value(family).run()
    assert not app.exception
    words = texts(app)
    for spec in (spec for spec in MODELS if spec.family == family):
        assert f"**{spec.title}**" in words
        assert spec.sentence in words
        assert any(spec.equation in one.value for one in app.latex)


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.name)
def test_every_model_can_be_chosen_and_its_parameters_are_counted(spec):
    app = open_page("train")
    app.segmented_control(key="family").set_value(spec.family).run()
    app.button(key=f"choose_{spec.name}").click().run()
    assert not app.exception
    ratings = data.load("demo")
    shape = Shape.of(ratings, 3.5)
    assert app.metric[0].value == f"{spec.parameters(spec.parse(), shape):,}"


def test_parameters_follow_the_settings_at_once():
    app = open_page("train")
    app.number_input(key="set_mf_bias_dim").set_value(10).run()
    ratings = data.load("demo")
    assert app.metric[0].value == f"{11 * (ratings.n_users + ratings.n_items):,}"


def test_train_starts_a_run_with_the_forms_settings_and_puts_it_into_the_url():
    app = open_page("train")
    app.number_input(key="set_mf_bias_dim").set_value(10).run()
    app.number_input(key="val_size").set_value(0.2).run()
    app.number_input(key="run_seed").set_value(3).run()
    app.button(key="train").click().run()
    assert not app.exception
    run = newest_run()
    assert query(app, "run") == run.id
    assert (run.settings.dim, run.info.split.val_size, run.info.seed) == (10, 0.2, 3)
    assert run.info.dataset_fingerprint == data.load("demo").fingerprint


def test_form_keeps_its_values_while_other_pages_are_visited():
    app = open_page("train")
    app.number_input(key="set_mf_bias_dim").set_value(10).run()
    app.number_input(key="test_size").set_value(0.3).run()
    app.switch_page("pages/compare.py").run()
    app.switch_page("pages/train.py").run()
    assert app.number_input(key="set_mf_bias_dim").value == 10
    assert app.number_input(key="test_size").value == 0.3


def test_setting_out_of_its_range_is_one_sentence_and_train_is_off():
    app = open_page("train")
    app.segmented_control(key="family").set_value("neural").run()
    app.text_input(key="set_neural_bias_layers").set_value("32,x").run()
    assert not app.exception
    assert "layers must be" in texts(app)
    assert app.button(key="train").disabled
    assert len(RunStore().list()) == 0


def test_queued_run_says_that_the_process_is_off_and_can_be_stopped():
    app = open_page("train")
    app.button(key="train").click().run()
    assert "The training process is off" in progress_texts(app)
    app.button(key="stop").click().run()
    assert newest_run().status == "stopped"
    assert app.button(key="again")


def test_running_run_shows_progress_curve_and_stop():
    with running_run() as run:
        app = open_page("train", run=run.id)
        assert not app.exception
        assert "Epoch 2 of 20" in progress_texts(app)
        app.button(key="stop").click().run()
        assert run.stop_asked()


def test_failed_run_says_why_and_trains_again_with_the_same_settings():
    failed = failed_run("The loss was not a number after epoch 1.")
    app = open_page("train", run=failed.id)
    assert "The loss was not a number after epoch 1." in texts(app)
    app.button(key="again").click().run()
    assert not app.exception
    again = newest_run()
    assert again.id != failed.id
    assert again.settings == failed.settings
    assert again.info.split == failed.info.split
    assert query(app, "run") == again.id


@pytest.mark.parametrize(("epochs", "offered"), [(0, {"again"}), (1, {"continue", "train_further"})])
def test_run_whose_process_died_says_so_and_offers_the_way_on(epochs, offered):
    run = requested()
    with run.record() as recording:
        recording.emit(started(run))
        for number in range(1, epochs + 1):
            recording.emit(epoch(number))
            write_state(run.folder, {"anything": np.zeros(1)}, number)
    run.note_end("The training process was killed (SIGKILL, as the system does when memory runs out)")
    app = open_page("train", run=run.id)
    assert "was killed (SIGKILL" in texts(app)
    assert offered == keys(app) & {"again", "continue", "train_further"}


def test_finished_run_shows_both_kinds_of_figures_beside_baselines_with_their_protocol():
    run = closed_form_run("bias")
    app = open_page("train", run=run.id)
    assert not app.exception
    assert [metric.label for metric in app.metric][1:3] == ["RMSE in stars", "NDCG@10"]
    table = app.dataframe[0].value
    assert table.columns[0] == run.name and "Popularity" in table.columns
    assert {"RMSE", "Rounded MAE", "NDCG@10", "Coverage", "Novelty"} <= set(table.index)
    assert "candidates are all items" in texts(app)


def test_finished_run_leads_on_with_run_and_dataset_kept():
    run = finished_run("mf_bias")
    app = open_page("train", run=run.id)
    assert app.button(key="next_similar")
    app.button(key="next_embeddings").click().run()
    assert not app.exception
    assert (query(app, "run"), query(app, "dataset")) == (run.id, "demo")


def test_model_that_predicts_no_stars_shows_no_rmse():
    app = open_page("train", run=closed_form_run("popularity").id)
    assert "RMSE in stars" not in [metric.label for metric in app.metric]


def test_second_stage_is_offered_on_finished_runs_of_the_first_stages_model_only():
    base = finished_run("mf")
    finished_run("mf_bias")
    app = form_of_family("two-stage")
    options = app.selectbox(key="base_run").options
    assert [option for option in options if base.name in option] and len(options) == 2


def test_chosen_base_run_sets_the_length_of_the_vectors():
    base = finished_run("mf")
    app = form_of_family("two-stage")
    app.selectbox(key="base_run").set_value(base.id).run()
    assert app.number_input(key="set_deep_regressor_dim").value == base.settings.dim
    app.button(key="train").click().run()
    assert newest_run().info.base_run == base.id


def test_layers_say_in_one_sentence_that_the_process_is_off():
    app = open_page("train")
    app.toggle(key="show_layers").set_value(True).run()
    assert not app.exception
    assert "needs the training process" in texts(app)


def test_beside_a_run_the_chosen_model_is_one_row_over_the_form_of_the_next_run():
    app = open_page("train")
    app.segmented_control(key="family").set_value("neural").run()
    app.button(key="choose_neural_wide").click().run()
    app.button(key="train").click().run()
    assert not app.exception
    assert newest_run().info.model == "neural_wide"
    assert "Next run" in texts(app)
    assert f"**{get_model('neural_wide').title}**" in texts(app).replace("\\", "")
    assert not [button for button in app.button if button.key.startswith("choose_")]
    assert app.button(key="other_models")


def test_cards_have_different_names():
    app = open_page("train")
    names = [button.label for button in app.button if button.key.startswith("choose_")]
    assert len(names) > 3 and len(set(names)) == len(names)


def test_setting_without_effect_is_greyed_over_the_reason():
    app = open_page("train")
    assert app.toggle(key="set_mf_bias_center").disabled
    assert "No effect: needs Output linear." in texts(app)
    app.selectbox(key="set_mf_bias_output").set_value("linear").run()
    assert not app.toggle(key="set_mf_bias_center").disabled
    assert "No effect: needs Output linear." not in texts(app)
    app.selectbox(key="set_mf_bias_units").set_value("share").run()
    assert "No effect: needs Units of the output none or stars." in texts(app)


@pytest.mark.parametrize("model", ["popularity", "ease"])
def test_closed_form_promises_no_curve_and_shows_none(model):
    app = open_page("train")
    app.session_state["family"] = get_model(model).family
    app.session_state[f"model_of_{get_model(model).family}"] = model
    app.run()
    assert "No curve" in texts(app)
    assert not app.get("vega_lite_chart")
    app = open_page("train", run=closed_form_run(model).id)
    assert not app.exception
    assert not [chart for chart in app.get("vega_lite_chart") if "Loss" in chart.proto.alt]
    assert "NDCG@10" in [metric.label for metric in app.metric]


def test_a_visitors_first_run_pauses_half_a_second_and_the_choice_holds_for_the_next_ones():
    app = open_page("train")
    assert app.segmented_control(key="pace").value == 0.5
    assert "Your first run pauses ½ s" in texts(app)
    app.button(key="train").click().run()
    assert pace_of(newest_run()) == 0.5
    app.segmented_control(key="pace").set_value(0.0).run()
    assert pace_of(newest_run()) == 0.0
    app.button(key="train").click().run()
    assert latest(Pace, newest_run().requests()) is None


def test_pace_is_full_speed_for_who_has_runs_and_the_browsers_own_where_it_kept_one(monkeypatch):
    cookies = {"reco_visitor": "a" * 32}
    monkeypatch.setattr(type(st.context), "cookies", cookies)
    finished_run().update(owner=hashlib.sha256(f"visitor {'a' * 32}".encode()).hexdigest()[:32])
    assert open_page("train").segmented_control(key="pace").value == 0.0
    cookies["reco_pace"] = "1"
    assert open_page("train").segmented_control(key="pace").value == 1.0
    cookies["reco_pace"] = "never"
    assert open_page("train").segmented_control(key="pace").value == 0.0
