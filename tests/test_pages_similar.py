"""Similar in its five faces: no run, running, failed, finished without vectors, finished."""

from __future__ import annotations

import numpy as np
import pytest

from pages.ui.movies import poster_grid
from pages.ui.shell import cache
from reco_core.inspect.alike import BASES, alike
from reco_core.inspect.alike import near as near_by
from reco_core.inspect.likeness import likeness as likeness_of
from reco_core.inspect.neighbours import nearest, with_ratings
from reco_core.jobs.results.neighbours import raters_of
from reco_core.split import make_split
from tests.apptest import closed_form_run, finished_run, grids, open_page, query, texts


def near(app) -> list[str]:
    return [item["id"] for item in grids(app)["Nearest movies"]["items"]]


def test_model_without_vectors_leads_to_one_that_has_some():
    closed_form_run("popularity")
    app = open_page("similar")
    assert "This model has no map of movies" in texts(app)
    app.button(key="empty_go_train").click().run()
    assert app.title[0].value == "Train"


def test_model_without_vectors_offers_the_newest_run_that_has_some():
    better = finished_run()
    closed_form_run("popularity")
    app = open_page("similar")
    app.button(key="use_other_run").click().run()
    assert query(app, "run") == better.id
    assert len(near(app)) == 21


def test_nearest_movies_are_those_of_the_vectors_in_their_order(demo):
    run = finished_run()
    app = open_page("similar", item=str(demo.items.ids[5]))
    app.selectbox(key="similar_at_least").set_value(1)
    app.button_group(key="similar_by").set_value("vectors").run()
    found, scores = nearest(run.scorer().item_vectors, 5, 21, "cosine")
    assert near(app) == [str(id_) for id_ in demo.items.ids[found]]
    assert grids(app)["Nearest movies"]["items"][0]["line1"] == f"{scores[0]:.2f}"


@pytest.mark.parametrize("measure", ["cosine", "dot", "euclidean"])
def test_measure_switch_changes_the_order(demo, measure):
    run = finished_run()
    app = open_page("similar")
    app.selectbox(key="similar_at_least").set_value(1)
    app.button_group(key="similar_by").set_value("vectors").run()
    app.button_group(key="similar_measure").set_value(measure).run()
    chosen = int(demo.item_counts.argmax())
    found, _ = nearest(run.scorer().item_vectors, chosen, 21, measure)
    assert near(app) == [str(id_) for id_ in demo.items.ids[found]]


@pytest.mark.parametrize("by", BASES)
def test_nearest_movies_are_those_of_the_chosen_likeness(demo, by):
    run, chosen = finished_run(), int(demo.item_counts.argmax())
    app = open_page("similar")
    assert app.button_group(key="similar_by").value == "blend"
    app.button_group(key="similar_by").set_value(by).run()
    likeness = alike(by, run.scorer(), raters_of(run, demo))
    found, scores = near_by(likeness, chosen, 21, with_ratings(demo.item_counts, 20, chosen))
    assert near(app) == [str(id_) for id_ in demo.items.ids[found]]
    assert grids(app)["Nearest movies"]["items"][0]["line1"] == f"{scores[0]:.2f}"
    sense = likeness_of(likeness, demo, raters_of(run, demo))
    assert f"overlap **{sense.genre_overlap:.2f} times** as much as by chance" in texts(app)


def test_movie_that_nobody_has_rated_is_like_no_other(demo):
    run = finished_run()
    unseen = np.flatnonzero(
        np.bincount(demo.item_index[make_split(demo, run.info.split).train], minlength=demo.n_items) == 0
    )
    app = open_page("similar", item=str(demo.items.ids[unseen[0]]))
    app.button_group(key="similar_by").set_value("raters").run()
    assert not app.exception and "Nearest movies" not in grids(app)
    assert "This movie has too few ratings" in texts(app)


def test_similar_movies_of_ease_are_those_of_its_weights(demo):
    run = closed_form_run("ease")
    app = open_page("similar", item=str(demo.items.ids[5]))
    assert "vectors" not in app.button_group(key="similar_by").options
    app.button_group(key="similar_by").set_value("learned").run()
    weights = np.where(with_ratings(demo.item_counts, 20, 5), run.scorer().weights_between(5), -np.inf)
    assert near(app) == [str(id_) for id_ in demo.items.ids[np.argsort(-weights, kind="stable")[:21]]]
    app = open_page("embeddings", run=run.id)
    app.button(key="weights_similar").click().run()
    assert app.title[0].value == "Similar"


def test_movies_that_few_people_rated_are_left_out(demo):
    finished_run()
    app = open_page("similar")
    assert all(demo.item_counts[demo.items.index_of(item)] >= 20 for item in near(app))


def test_how_many_are_shown_can_be_chosen():
    finished_run()
    app = open_page("similar")
    app.selectbox(key="similar_k").set_value(50).run()
    assert len(near(app)) == 50


def test_search_puts_the_movie_into_the_url_and_shows_it(demo):
    finished_run()
    app = open_page("similar")
    app.selectbox(key="item_search").set_value(7).run()
    assert query(app, "item") == str(demo.items.ids[7])
    assert cache.titles(demo)[7] in texts(app)


def test_unknown_item_in_the_url_gets_one_sentence_and_the_most_rated_movie(demo):
    finished_run()
    app = open_page("similar", item="nothing")
    assert not app.exception
    assert len(app.warning) == 1
    assert query(app, "item") == str(demo.items.ids[demo.item_counts.argmax()])


def test_click_goes_on_from_there_and_the_trail_leads_back(monkeypatch):
    finished_run()
    app = open_page("similar")
    first, wanted = query(app, "item"), near(app)[2]
    picked = iter([None, wanted])
    monkeypatch.setattr(
        poster_grid, "_component", lambda: lambda **_: type("Result", (), {"picked": next(picked, None)})
    )
    app.run()
    assert query(app, "item") == wanted
    app.button(key="trail_0").click().run()
    assert query(app, "item") == first
    assert "trail_0" not in {button.key for button in app.button}


def test_movie_leads_to_its_place_on_the_map():
    run = finished_run()
    app = open_page("similar")
    item = query(app, "item")
    app.button(key="item_map").click().run()
    assert not app.exception
    assert (app.title[0].value, query(app, "run"), query(app, "item")) == ("Embeddings", run.id, item)


def test_posters_travel_as_data_and_titles_as_plain_text():
    finished_run()
    grid = grids(open_page("similar"))["Nearest movies"]
    assert all(item["image"].startswith("data:image/") for item in grid["items"])
    script = (poster_grid.WEB / "posters.js").read_text("utf-8")
    assert "textContent" in script
    assert "innerHTML" not in script
