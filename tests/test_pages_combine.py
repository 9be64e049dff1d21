"""The Compare page makes one run of several."""

from __future__ import annotations

from reco_core.runs import RunStore
from tests.apptest import closed_form_run, open_page


def test_chosen_runs_are_combined_into_a_run_that_is_there_at_once():
    members = [closed_form_run("bias"), closed_form_run("item_mean")]
    app = open_page("compare")
    assert not app.exception
    app.text_input(key="combine_name").input("Both").run()
    app.button(key="combine_go").click().run()
    assert not app.exception
    run = RunStore().find("Both")
    assert set(run.settings.runs) == {member.id for member in members}
    assert run.settings.weights == (0.5, 0.5)
    assert run.metrics["test"]["rmse"] > 0


def test_nothing_is_offered_where_one_of_the_chosen_is_an_ensemble():
    closed_form_run("bias"), closed_form_run("item_mean")
    app = open_page("compare")
    app.button(key="combine_go").click().run()
    app = open_page("compare")
    assert not app.exception
    assert not [button for button in app.button if button.key == "combine_go"]
