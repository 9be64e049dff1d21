"""The faces of every page that shows one run: no run, queued, running, failed, broken off."""

from __future__ import annotations

import os

import pytest

from reco_core.jobs.running.training_job import train_run
from reco_core.runs import RunStore
from tests.apptest import failed_run, finished_run, grids, open_page, query, requested, running_run, texts
from tests.lists import top_n

# These show any kept epoch, so also that of a run which is still training, and train what they need themselves.
LIVE = ("embeddings", "similar", "recommend", "foryou")
PAGES = ("evaluate", *LIVE)


@pytest.mark.parametrize("name", PAGES)
def test_without_a_run_it_names_the_page_to_go_to(name):
    app = open_page(name)
    assert "No trained model yet" in texts(app)
    assert {button.key for button in app.button} == {"empty_go_train"} | ({"train_here"} if name in LIVE else set())
    app.button(key="empty_go_train").click().run()
    assert app.title[0].value == "Train"


def test_one_button_trains_what_a_page_needs_and_the_page_goes_on_with_it(demo):
    app = open_page("foryou")
    assert "Train **Implicit ALS** with its defaults" in texts(app) and "a few seconds" in texts(app)
    app.button(key="train_here").click().run()
    (run,) = RunStore().list()
    assert (query(app, "run"), run.info.model, run.info.dataset_fingerprint) == (
        run.id,
        "implicit_als",
        demo.fingerprint,
    )
    assert f"{run.name} is queued" in texts(app)
    train_run(run)
    app.run()
    assert not app.exception
    assert app.title[0].value == "For you"
    assert len(grids(app)["Recommended for you"]["items"]) == 12


@pytest.mark.parametrize("name", LIVE)
def test_a_run_that_trains_is_shown_by_its_last_kept_epoch_which_is_said(name):
    with running_run(epochs=3, kept=(0, 1, 2)) as run:
        app = open_page(name, run=run.id)
    assert not app.exception
    assert f"{run.name} after epoch 2, the latest one saved (epoch 3 of 20 done)" in texts(app)
    assert "epoch_choice" not in [slider.key for slider in app.select_slider]
    assert grids(app)


def test_a_page_follows_a_run_to_its_next_kept_epoch(demo):
    with running_run(epochs=1, kept=(1,)) as run:
        app = open_page("recommend", run=run.id, user=str(demo.users.ids[3]))
        first = [item["id"] for item in grids(app)["Recommended"]["items"]]
        with running_run(epochs=2, kept=(2,)) as other:  # the weights of its second epoch
            os.replace(other.folder / "snapshots" / "epoch-0002.npz", run.folder / "snapshots" / "epoch-0002.npz")
        app.run()
        assert "after epoch 2, the latest one saved" in texts(app)
        best = top_n(run.scorer(epoch=2), demo, 3, 21)
    shown = [item["id"] for item in grids(app)["Recommended"]["items"]]
    assert shown == [str(id_) for id_ in demo.items.ids[best.item_index]] and shown != first


def test_while_a_run_has_nothing_to_show_a_finished_one_is_offered():
    done = finished_run()
    with running_run() as run:
        app = open_page("similar", run=run.id)
        assert "This page continues automatically after the first epoch." in texts(app)
        app.button(key="face_other").click().run()
    assert query(app, "run") == done.id
    assert len(grids(app)["Nearest movies"]["items"]) == 21


@pytest.mark.parametrize("name", PAGES)
def test_running_and_queued_runs_say_how_far_they_are(name):
    with running_run() as run:
        app = open_page(name, run=run.id)
    assert not app.exception
    assert f"{run.name} is training" in texts(app)
    assert "Epoch 1 of 20" in [bar.proto.text for bar in app.get("progress")]
    assert "is queued" in texts(open_page(name, run=requested().id))


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
