"""Home in every state: what it says, and where its buttons and posters lead."""

from __future__ import annotations

import pytest

from pages.ui.movies import poster_grid
from tests.apptest import closed_form_run, failed_run, finished_run, grids, open_page, query, running_run, texts


def test_home_says_what_it_is_and_shows_the_dataset_at_a_glance():
    app = open_page("home")
    assert app.title[0].value == "See a recommender learn"
    assert {metric.label: metric.value for metric in app.metric} == {
        "Ratings": "100,000",
        "Users": "943",
        "Movies": "1,682",
        "Density": "6.3%",
    }


def test_home_without_runs_leads_to_the_first_training():
    app = open_page("home")
    assert "Nothing trained yet." in texts(app)
    app.button(key="first_run").click().run()
    assert not app.exception
    assert app.title[0].value == "Train"


@pytest.mark.parametrize("name", ["data", "train", "embeddings", "similar", "recommend"])
def test_each_step_has_a_button_that_keeps_dataset_and_run(name):
    run = closed_form_run()
    app = open_page("home")
    app.button(key=f"go_{name}").click().run()
    assert not app.exception
    assert app.title[0].value == name.capitalize()
    assert (query(app, "dataset"), query(app, "run")) == ("demo", run.id)


def test_last_five_runs_are_listed_newest_first_with_their_figures():
    runs = [closed_form_run(name=f"Run {number}") for number in range(6)]
    app = open_page("home")
    opened = [button.key for button in app.button if button.key.startswith("open_")]
    assert opened == [f"open_{run.id}" for run in runs[:0:-1]]
    assert "NDCG@10" in texts(app)
    assert "RMSE" not in texts(app)


def test_run_with_stars_shows_its_rmse():
    finished_run()
    assert "RMSE] 0.950".replace("] ", "]] **") in texts(open_page("home"))


def test_failed_and_running_runs_are_told_apart():
    failed_run()
    with running_run():
        said = texts(open_page("home"))
    assert "demo · failed" in said
    assert "demo · running" in said


def test_open_leads_to_that_run():
    first = closed_form_run()
    closed_form_run()
    app = open_page("home")
    app.button(key=f"open_{first.id}").click().run()
    assert query(app, "run") == first.id


def test_shelf_shows_the_most_rated_movies_and_a_click_leads_to_similar(monkeypatch):
    finished_run()
    shelf = grids(open_page("home"))["Most rated movies"]
    assert len(shelf["items"]) == 12
    wanted = shelf["items"][3]
    picked = iter([wanted["id"]])
    monkeypatch.setattr(
        poster_grid, "_component", lambda: lambda **_: type("Result", (), {"picked": next(picked, None)})
    )
    app = open_page("home")
    assert app.title[0].value == "Similar"
    assert query(app, "item") == wanted["id"]
