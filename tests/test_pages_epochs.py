"""Time travel: the epoch slider on Embeddings, Similar and Recommend, and that everything comes from its epoch."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pages.ui.embeddings.entities import packed_map
from pages.ui.shell import cache
from pages.ui.shell.epoch_slider import PLAYING, STEPPED
from pages.ui.shell.navigation import url_params
from reco_core.inspect.neighbours import nearest, with_ratings
from tests.apptest import finished_run, grids, open_page, query, run_with_snapshots, texts
from tests.lists import top_n

PAGES = ("embeddings", "similar", "recommend")


def shown(app, label: str) -> list[str]:
    return [item["id"] for item in grids(app)[label]["items"]]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_begins_with_the_result_and_offers_the_kept_epochs(page):
    run_with_snapshots((0, 1, 3), result=3)
    app = open_page(page)
    assert not app.exception
    slider = app.select_slider(key="epoch_choice")
    assert (slider.value, slider.options) == (3, ["0 (untrained)", "1", "3 (result)"])
    assert query(app, "epoch") is None
    assert "Looking back" not in texts(app)


@pytest.mark.parametrize("page", PAGES)
def test_an_epoch_is_kept_in_the_url_and_said(page):
    run_with_snapshots()
    app = open_page(page)
    app.select_slider(key="epoch_choice").set_value(1).run()
    assert not app.exception
    assert query(app, "epoch") == "1"
    assert "After epoch 1, with a validation RMSE of 0.960; the result, from epoch 3, has 0.960." in texts(app)
    app.select_slider(key="epoch_choice").set_value(3).run()
    assert query(app, "epoch") is None


@pytest.mark.parametrize("page", PAGES)
def test_without_snapshots_there_is_nothing_to_choose(page):
    finished_run()
    app = open_page(page)
    assert not app.exception
    assert "epoch_choice" not in [slider.key for slider in app.select_slider]


@pytest.mark.parametrize("wanted", ["7", "-1", "x", "1e9", "²"])
def test_an_epoch_that_was_not_kept_gets_one_sentence_that_lists_the_kept_ones(wanted):
    run_with_snapshots((0, 1, 3))
    app = open_page("similar", epoch=wanted)
    assert not app.exception
    assert [warning.value.replace("\\", "") for warning in app.warning] == [
        f"Epoch {wanted} of this run was not kept (kept: 0, 1, 3); showing its result."
    ]
    assert query(app, "epoch") is None


def test_similar_movies_are_those_of_the_epoch(demo):
    run = run_with_snapshots()
    app = open_page("similar", epoch="1", item=str(demo.items.ids[5]))
    app.selectbox(key="similar_at_least").set_value(1)
    app.button_group(key="similar_by").set_value("vectors").run()
    found, _ = nearest(run.scorer(epoch=1).item_vectors, 5, 21, "cosine")
    assert shown(app, "Nearest movies") == [str(id_) for id_ in demo.items.ids[found]]


def test_recommendations_are_those_of_the_epoch(demo):
    run = run_with_snapshots()
    app = open_page("recommend", epoch="0", user=str(demo.users.ids[3]))
    best = top_n(run.scorer(epoch=0), demo, 3, 21)
    assert shown(app, "Recommended") == [str(id_) for id_ in demo.items.ids[best.item_index]]


def test_the_result_of_a_run_that_ended_early_is_its_best_epoch(demo):
    run = run_with_snapshots((0, 1, 2, 3), result=2)
    app = open_page("recommend", user=str(demo.users.ids[3]))
    assert app.select_slider(key="epoch_choice").value == 2
    best = top_n(run.scorer(), demo, 3, 21)
    assert shown(app, "Recommended") == [str(id_) for id_ in demo.items.ids[best.item_index]]
    assert "3" in app.select_slider(key="epoch_choice").options


def test_neighbours_statistics_and_map_on_embeddings_are_those_of_the_epoch(demo):
    run = run_with_snapshots()
    app = open_page("embeddings", epoch="1")
    picked = int(demo.item_counts.argmax())
    vectors = run.scorer(epoch=1).item_vectors
    assert shown(app, "Nearest movies") == [
        str(i)
        for i in demo.items.ids[nearest(vectors, picked, 8, usable=with_ratings(demo.item_counts, 20, picked))[0]]
    ]
    assert app.dataframe[0].value["mean"].to_numpy() == pytest.approx(vectors.mean(axis=0), abs=1e-3)
    given = [json.loads(e.proto.json) for e in app.get("bidi_component") if e.proto.component_name == "reco_map"]
    now = given[0]
    app.select_slider(key="epoch_choice").set_value(3).run()
    later = next(json.loads(e.proto.json) for e in app.get("bidi_component") if e.proto.component_name == "reco_map")
    assert (later["things"], later["words"]) == (now["things"], now["words"])  # so the points travel
    assert later["points"] != now["points"]


def test_maps_of_all_epochs_share_plane_and_square(demo):
    run = run_with_snapshots((0, 3))
    first, last = (packed_map(demo, run, "items", epoch) for epoch in (0, 3))
    assert (first.epoch, last.epoch) == (0, 3)
    again = packed_map(demo, run, "items")
    assert again.points == last.points
    places = [np.frombuffer(m.points, "<u2", offset=4 + 4 * demo.n_items).astype(int) for m in (first, last)]
    assert max(p.max() for p in places) <= 65535
    assert max(np.ptp(np.concatenate(places).reshape(2, 2, -1), axis=(0, 2))) >= 65534  # together they fill the square


def test_the_epoch_is_remembered_where_the_url_says_nothing():
    run_with_snapshots()
    app = open_page("similar", epoch="2")
    app.query_params.pop("epoch")
    app.switch_page("pages/recommend.py").run()
    assert app.select_slider(key="epoch_choice").value == 2
    assert query(app, "epoch") == "2"


def test_another_run_has_epochs_of_its_own():
    other = run_with_snapshots((0, 1))
    run_with_snapshots()
    app = open_page("similar", epoch="2")
    app.selectbox(key="run_choice").set_value(other.id).run()
    assert not app.exception
    assert not app.warning
    assert query(app, "epoch") is None


def test_links_keep_the_epoch_with_its_run_only(monkeypatch):
    monkeypatch.setattr("streamlit.query_params", {"run": "a", "epoch": "3", "dataset": "demo"})
    assert url_params(item=4) == {"dataset": "demo", "run": "a", "epoch": "3", "item": "4"}
    assert url_params(run="b") == {"dataset": "demo", "run": "b"}


def test_playing_goes_from_the_untrained_vectors_to_the_result_and_stops_there():
    run_with_snapshots((0, 1, 3, 5), result=3)
    app = open_page("similar")
    app.button(key="epoch_play").click().run()
    assert app.select_slider(key="epoch_choice").value == 0
    assert app.button(key="epoch_play").label == "Pause"
    for expected in (1, 3):
        app.session_state[STEPPED] -= 2.0
        app.run()
        assert app.select_slider(key="epoch_choice").value == expected
    assert PLAYING not in app.session_state
    assert app.button(key="epoch_play").label == "Play"


def test_a_click_pauses_what_plays():
    run_with_snapshots((0, 1, 3))
    app = open_page("similar")
    app.button(key="epoch_play").click().run()
    app.button(key="epoch_play").click().run()
    assert PLAYING not in app.session_state
    app.session_state[STEPPED] -= 2.0
    assert app.run().select_slider(key="epoch_choice").value == 0


def test_playing_from_after_the_result_begins_anew():
    run_with_snapshots((0, 1, 3, 5), result=3)
    app = open_page("similar", epoch="5")
    app.button(key="epoch_play").click().run()
    assert app.select_slider(key="epoch_choice").value == 0


def test_models_are_read_once_per_epoch():
    run = run_with_snapshots()
    assert cache.scorer(run, 1) is cache.scorer(run, 1)
    assert cache.scorer(run, 1) is not cache.scorer(run)
