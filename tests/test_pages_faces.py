"""The faces of every page that shows one run: no run, queued, running, failed, broken off."""

from __future__ import annotations

import pytest

from tests.apptest import failed_run, open_page, requested, running_run, texts

PAGES = ("evaluate", "embeddings", "similar", "recommend", "foryou")


@pytest.mark.parametrize("name", PAGES)
def test_without_a_run_it_names_the_page_to_go_to(name):
    app = open_page(name)
    assert "No trained model yet" in texts(app)
    assert {button.key for button in app.button} == {"empty_go_train"}
    app.button(key="empty_go_train").click().run()
    assert app.title[0].value == "Train"


@pytest.mark.parametrize("name", PAGES)
def test_running_and_queued_runs_say_how_far_they_are(name):
    with running_run() as run:
        app = open_page(name, run=run.id)
    assert not app.exception
    assert f"{run.name} is training" in texts(app)
    assert "Epoch 1 of 20" in [bar.proto.text for bar in app.get("progress")]
    assert "is training" in texts(open_page(name, run=requested().id))


@pytest.mark.parametrize("name", PAGES)
def test_failed_run_says_why_and_offers_to_train_again(name):
    failed_run("The loss was not a number after epoch 1.")
    app = open_page(name)
    assert "The loss was not a number after epoch 1." in texts(app)
    app.button(key="face_again").click().run()
    assert app.title[0].value == "Train"


@pytest.mark.parametrize("name", PAGES)
def test_run_whose_process_died_before_its_first_epoch_says_so(name):
    with running_run(epochs=0) as run:
        pass
    assert f"{run.name} ended without a result" in texts(open_page(name))
