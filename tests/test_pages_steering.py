"""Steering on the Train page: buttons by status, who may press them, changes."""

from __future__ import annotations

import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.charts.marks import change_words
from pages.ui.shell import notices
from pages.ui.shell import visitor as who
from pages.ui.training.progress import LAST_TICK, _of_page, tick_of
from pages.ui.training.steering import WATCH_ONLY
from reco_core.events import Changed, Continued, Failed, Paused
from reco_core.models import get_model
from reco_core.runs import Run, RunStore
from reco_core.runs.checkpoint_file import write_state
from reco_core.runs.requests import Change, Continue, Pause, Step, Stop
from tests.apptest import closed_form_run, epoch, finished_run, open_page, requested, running_run, started, texts

DECK = ["pause", "continue", "step", "stop"]
STEERING = {"pause", "continue", "step", "stop", "train_further", "again"}


def paused_run(*events: object) -> Run:
    """A run that was paused after its first epoch, after which these events happened."""
    run = requested()
    with run.record() as recording:
        for event in (started(run), epoch(1), *events, Paused(time.time(), 1)):
            recording.emit(event)
    write_state(run.folder, {"anything": np.zeros(1)}, 1)
    return run


def asked(run: Run, kind: type) -> object:
    """The last request of a kind."""
    return [request for request in run.requests() if isinstance(request, kind)][-1]


def buttons(app: AppTest) -> set[str]:
    """What can be pressed."""
    return {button.key for button in app.button if not button.disabled} & STEERING


def deck(app: AppTest) -> list[str]:
    """The buttons of the deck from left to right, live or not."""
    return [button.key for button in app.button if button.key in DECK]


def told(app: AppTest) -> str:
    """The words over the bar of progress."""
    return " ".join(bar.proto.text for bar in app.get("progress"))


def belongs_to(run: Run, owner: str) -> Run:
    run.update(owner=owner)
    return run


def test_running_run_can_be_paused_and_stopped_and_changed_but_not_stepped():
    with running_run(2) as run:
        app = open_page("train", run=run.id)
        assert not app.exception
        assert buttons(app) == {"pause", "stop"}
        app.button(key="pause").click().run()
        assert asked(run, Pause)
        assert app.button(key="pause").label == "Pausing ..."


def test_paused_run_can_go_on_or_one_epoch_or_some_more():
    app = open_page("train", run=paused_run().id)
    assert not app.exception
    assert buttons(app) == {"continue", "step", "stop", "train_further"}
    assert "Paused after epoch 1 of 20" in told(app)


def test_buttons_are_the_same_in_the_same_order_whatever_the_run_does():
    run = paused_run()
    app = open_page("train", run=run.id)
    assert deck(app) == DECK
    app.button(key="continue").click().run()
    assert run.status == "queued" and deck(app) == DECK and buttons(app) == {"stop"}
    with running_run(2) as other:
        assert deck(open_page("train", run=other.id)) == DECK
    over = finished_run()
    write_state(over.folder, {"anything": np.zeros(1)}, 1)
    app = open_page("train", run=over.id)
    assert deck(app) == DECK and buttons(app) == {"step", "train_further"}


def test_failed_run_goes_on_from_its_last_whole_epoch():
    run = requested()
    with run.record() as recording:
        for event in (started(run), epoch(1), Failed("The loss is no longer a number in epoch 2.")):
            recording.emit(event)
    write_state(run.folder, {"anything": np.zeros(1)}, 1)
    app = open_page("train", run=run.id)
    assert buttons(app) == {"continue", "step", "train_further"}
    app.button(key="rate_0.1").click().run()
    assert "From the next epoch on: Learning rate 0.001" in texts(app)
    app.button(key="continue").click().run()
    assert not app.exception
    assert asked(run, Continue).epochs is None and run.status == "queued"


def test_refusal_stays_until_the_next_request():
    run = paused_run()
    app = open_page("train", run=run.id)
    run.ask(Continue())
    with run.record() as recording:  # somebody else has it by now
        recording.emit(Continued(time.time(), 1, 1, 20, serial=1))
        app.button(key="step").click().run()
        assert "Only a paused or ended run can be continued" in texts(app)
        app.run()
        assert "Only a paused or ended run can be continued" in texts(app)
        app.button(key="rate_0.5").click().run()
        assert "Only a paused or ended run can be continued" not in texts(app)


def test_refusal_that_nobody_answers_goes_after_some_seconds(monkeypatch):
    app = open_page("train", run=paused_run().id)
    app.session_state["train_refused"] = "This cannot be done."
    assert "This cannot be done." in texts(app.run())
    monkeypatch.setattr(notices, "SECONDS", 0.0)
    assert "This cannot be done." not in texts(app.run())


@pytest.mark.parametrize(("key", "kind"), [("continue", Continue), ("step", Step)])
def test_paused_run_that_goes_on_waits_in_the_queue_and_can_be_cancelled(key, kind):
    run = paused_run()
    app = open_page("train", run=run.id)
    app.button(key=key).click().run()
    assert not app.exception
    assert asked(run, kind)
    assert run.status == "queued"
    app.button(key="stop").click().run()
    assert run.status == "paused"


@pytest.mark.parametrize("status", ["finished", "paused"])
def test_train_further_asks_for_so_many_epochs(status):
    run = finished_run() if status == "finished" else paused_run()
    write_state(run.folder, {"anything": np.zeros(1)}, 1)
    app = open_page("train", run=run.id)
    app.number_input(key="further_epochs").set_value(7).run()
    app.button(key="train_further").click().run()
    assert not app.exception
    assert (asked(run, Continue).epochs, run.status) == (7, "queued")


def test_number_that_is_filled_in_is_changed_from_the_next_epoch_and_said():
    run = paused_run()
    app = open_page("train", run=run.id)
    app.number_input(key="change_learning_rate").set_value(0.001).run()
    assert not app.exception
    assert app.number_input(key="change_learning_rate").value is None, "the field is empty again"
    change = asked(run, Change)
    assert (change.setting, change.value) == ("learning_rate", 0.001)
    assert "From the next epoch on: Learning rate 0.001" in texts(app)
    app.number_input(key="change_learning_rate").set_value(0.001).run()
    assert sum(isinstance(one, Change) for one in run.requests()) == 1, "the same number again asks nothing"


def test_one_click_halves_the_learning_rate():
    run = paused_run()
    app = open_page("train", run=run.id)
    app.button(key="rate_0.5").click().run()
    assert asked(run, Change).value == pytest.approx(0.005)


def test_change_by_hand_is_a_mark_on_both_curves_with_its_words():
    change = Changed(time.time(), 1, "learning_rate", 0.01, 0.001)
    app = open_page("train", run=paused_run(change).id)
    assert not app.exception
    assert change_words(change, get_model("mf").settings.label) == "Learning rate 0.01 → 0.001 from epoch 2 on"


def test_run_of_another_visitor_is_watched_and_not_steered():
    for run in (belongs_to(paused_run(), "somebody"), belongs_to(finished_run(), "somebody")):
        write_state(run.folder, {"anything": np.zeros(1)}, 1)
        app = open_page("train", run=run.id)
        assert not app.exception
        assert not buttons(app)
        assert texts(app).count(WATCH_ONLY) == 1


def test_run_belongs_to_the_visitor_who_started_it():
    app = open_page("train")
    app.button(key="train").click().run()
    run = RunStore().list()[0]
    assert len(run.info.owner) == 32
    assert app.button(key="stop")
    other = open_page("train", run=run.id)
    assert not buttons(other)
    assert WATCH_ONLY in texts(other)


def test_owner_of_a_run_is_a_hash_of_the_secret_in_the_cookie():
    app = open_page("train")
    app.button(key="train").click().run()
    secret = app.session_state["visitor_secret"]
    assert who.SECRET.fullmatch(secret)
    assert secret not in (RunStore().list()[0].folder / "run.json").read_text()


def test_closed_form_run_has_nothing_to_steer():
    app = open_page("train", run=closed_form_run("bias").id)
    assert not buttons(app)


def test_stop_of_a_paused_run_is_asked_for():
    run = paused_run()
    app = open_page("train", run=run.id)
    app.button(key="stop").click().run()
    assert not app.exception
    assert asked(run, Stop)


def test_a_page_looks_again_at_every_run_that_may_train_once_more():
    over = finished_run()
    assert tick_of(over, over.status) is None
    write_state(over.folder, {"anything": np.zeros(1)}, 1)
    over.ask(Continue(epochs=2))
    assert (over.status, tick_of(over, over.status)) == ("finished", LAST_TICK), "nobody has taken it yet"
    run = requested()
    with run.record() as recording:
        for event in (started(run), epoch(1)):
            recording.emit(event)
    assert (run.status, tick_of(run, run.status)) == ("interrupted", LAST_TICK)
    write_state(run.folder, {"anything": np.zeros(1)}, 1)
    run.ask(Continue())
    with run.record() as recording:
        recording.emit(Continued(time.time(), 1, 1, 20, serial=1))
        assert run.status == "running" and _of_page(run, "running") != _of_page(run, "interrupted")


def test_run_without_a_checkpoint_offers_to_be_trained_again_only():
    run = requested()
    with run.record() as recording:
        for event in (started(run), epoch(1)):
            recording.emit(event)
    app = open_page("train", run=run.id)
    assert buttons(app) == {"again"}
