"""The queue on the Train page: who waits, in which place, and who may cancel."""

from __future__ import annotations

import pytest

from pages.ui.training.queue_panel import place_words
from reco_core.runs import RunStore
from tests.apptest import finished_run, open_page, texts


def test_queue_shows_who_waits_and_cancels_ones_own():
    app = open_page("train")
    for _ in range(2):
        app.button(key="train").click().run()
    later, first = RunStore().list()
    assert "next · yours" in texts(app) and "place 2 in the queue · yours" in texts(app)
    app.button(key=f"cancel_{first.id}").click().run()
    assert not app.exception
    assert (first.status, later.status) == ("stopped", "queued")


def test_queue_of_others_can_be_seen_and_not_cancelled():
    app = open_page("train")
    app.button(key="train").click().run()
    run = RunStore().list()[0]
    other = open_page("train", run=finished_run().id)
    assert "another visitor's" in texts(other)
    assert f"cancel_{run.id}" not in {button.key for button in other.button}


@pytest.mark.parametrize(("place", "words"), [(0, "training"), (1, "next"), (3, "place 3 in the queue")])
def test_places_in_the_queue_in_words(place, words):
    assert place_words(place) == words
