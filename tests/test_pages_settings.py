"""What a run was set to on the pages that show it, the way on from its alarms, and which run is shown first."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from reco_core.events import EpochEnded, Finished
from reco_core.runs import RunStore
from tests.apptest import closed_form_run, finished_run, open_page, query, requested, started, texts


def codes(app: AppTest) -> list[str]:
    return [code.value for code in app.code]


def newest():
    return RunStore().list()[0]


def alarmed(run, **wanted: object):
    """The run with an alarm that another run would mend."""
    alarm = {"name": "collapse", "sentence": "Everyone gets the same.", "remedy": "Another run.", "next": wanted}
    run.write_metrics(run.metrics | {"alarms": [alarm]})
    return run


def diverged_run():
    """A finished run whose kept weights left the scale, with the loss that says so."""
    run = finished_run("mf", learning_rate=10)
    log = run.folder / "events.jsonl"
    log.write_text(log.read_text().replace('"val_loss": 0.95', '"val_loss": 1000000.0'))
    return RunStore().open(run.id)


def test_settings_stand_on_train_evaluate_and_compare_with_the_command_for_the_same_run():
    run = finished_run("mf_bias", dim=20, l2=0)
    assert run.name == "Biased MF, dim 20, l2 0"
    for page in ("train", "evaluate", "compare"):
        app = open_page(page, run=run.id, runs=run.id)
        assert not app.exception
        assert codes(app) == ["reco train demo --model mf_bias --set dim=20 --set l2=0"], page
        own = next(frame.value for frame in app.dataframe if "Default" in frame.value.columns)
        assert list(own["Name"]) == ["dim", "l2"] and list(own["Value"]) == ["20", "0"]


def test_use_these_settings_fills_the_form_with_model_settings_split_and_seed():
    run = finished_run("neural", seed=3, layers=(50, 20), learning_rate=0.01)
    run.update(split={"kind": "user", "test_size": 0.3, "val_size": 0.2, "seed": 5})
    app = open_page("evaluate", run=run.id)
    app.button(key="run_settings_use").click().run()
    assert not app.exception and query(app, "like") is None
    app.button(key="train").click().run()
    made = newest()
    assert made.id != run.id
    same = ("model", "settings", "split", "seed", "refit")
    assert [getattr(made.info, name) for name in same] == [getattr(run.info, name) for name in same]


def test_a_run_is_pinned_by_its_owner_in_one_click_and_is_then_shown_first():
    pinned, best = finished_run("mf"), finished_run("mf_bias")
    app = open_page("train", run=pinned.id)
    app.button(key="run_settings_pin").click().run()
    assert RunStore().open(pinned.id).info.pinned is not None
    assert app.button(key="run_settings_pin").label == "Unpin"
    assert query(open_page("evaluate"), "run") == pinned.id
    assert f"📌 {pinned.name}" in list(open_page("compare").dataframe[0].value["Run"])
    assert "keep" in texts(open_page("home"))
    pinned.update(owner="somebody_else")
    assert "run_settings_pin" not in {button.key for button in open_page("train", run=pinned.id).button}
    RunStore().pin(pinned.id, False)
    assert query(open_page("evaluate"), "run") in (best.id, pinned.id)


def test_with_no_choice_in_the_address_the_best_run_is_shown_and_never_one_that_diverged():
    runs = {value: requested("mf_bias") for value in (0.95, 0.9, 0.97)}
    for value, run in runs.items():
        with run.record() as recording:
            recording.emit(started(run))
            recording.emit(EpochEnded(1, 1, 0.9, 0.95, 0.93, value, 0.5, 0.5, 150_000.0, 0.01))
            recording.save({}, 1)
            recording.emit(Finished(1.0, 1, 1))
    wild = diverged_run()
    assert query(open_page("train"), "run") == runs[0.9].id
    assert query(open_page("train", run=wild.id), "run") == wild.id


def test_a_run_that_diverged_is_said_to_be_so_first_with_one_way_on():
    run = diverged_run()
    app = open_page("train", run=run.id)
    assert not app.exception
    words = texts(app)
    assert "It diverged" in words and "overfitting" not in words and "1 alarm" in words
    assert [badge for badge in words.splitlines() if "diverged" in badge]
    app.button(key="alarms_next").click().run()
    assert not app.exception
    again = newest()
    assert (again.settings.learning_rate, query(app, "run")) == (0.002, again.id)
    assert app.number_input(key="set_mf_learning_rate").value == 0.002
    assert list(open_page("compare", runs=run.id).dataframe[0].value["Status"])[1] == "diverged"


def test_poor_lists_lead_to_a_model_that_ranks_and_to_both_in_one_picture():
    run = alarmed(finished_run("mf_bias"), model="ease", settings={})
    app = open_page("train", run=run.id)
    assert app.button(key="alarms_next").label == "Train EASE and compare both"
    app.button(key="alarms_next").click().run()
    assert not app.exception
    made = newest()
    assert (made.info.model, made.info.split) == ("ease", run.info.split)
    assert set(query(app, "runs").split(",")) == {run.id, made.id}
    assert "Compare" in [title.value for title in app.title]


def test_where_the_other_model_is_trained_already_both_are_shown_at_once():
    there = closed_form_run("ease")
    run = alarmed(finished_run("mf_bias"), model="ease", settings={})
    app = open_page("evaluate", run=run.id)
    assert app.button(key="alarms_next").label == f"Compare with {there.name}"
    app.button(key="alarms_next").click().run()
    assert set(query(app, "runs").split(",")) == {run.id, there.id} and len(RunStore().list()) == 2
