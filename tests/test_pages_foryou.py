"""For you in its faces: nobody's list, a list of one's own, ratings in the address, and the reasons."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pages.ui.movies import poster_grid, star_rating
from pages.ui.movies.star_rating import read, written
from pages.ui.recommendations.reason_bars import rows, waterfall
from reco_core.inspect.neighbours import first_k
from reco_core.models.folding import CAUTION, fold_in
from reco_core.models.reasons import Part, Why
from tests.apptest import closed_form_run, finished_run, grids, open_page, query, texts


def asked(app) -> dict[str, dict]:
    """What each row of posters with stars was given, by its label."""
    given = [json.loads(e.proto.json) for e in app.get("bidi_component") if e.proto.component_name == "reco_rate"]
    return {one["label"]: one for one in given}


def result(**values):
    """What a component gives back."""
    return type("Result", (), {"picked": None, "asked": None, "rated": None, "restored": None} | values)


def test_without_ratings_it_is_anybodys_list_and_fifteen_posters_are_asked(demo):
    run = finished_run()
    app = open_page("foryou")
    assert not app.exception
    assert "Until you rate something" in texts(app)
    best = first_k(run.scorer().score_all(np.array([-1]))[0], 12)
    shown = grids(app)["Recommended for you"]["items"]
    assert [item["id"] for item in shown] == [str(i) for i in demo.items.ids[best]]
    row = asked(app)["Rate what you know"]
    assert (len(row["items"]), row["levels"]) == (15, [1, 2, 3, 4, 5])
    assert all(item["stars"] is None for item in row["items"])
    assert app.button(key="start_again").disabled


def test_ratings_of_the_address_make_the_list_of_folding_in(demo):
    run = finished_run()
    app = open_page("foryou", rated="3~5_12~1_17~4")
    assert not app.exception
    rated = demo.items.encode([3, 12, 17])
    score = fold_in(run.fitted(), rated, [5, 1, 4], CAUTION).score
    score[rated] = -np.inf
    shown = grids(app)["Recommended for you"]["items"]
    assert [item["id"] for item in shown] == [str(i) for i in demo.items.ids[first_k(score, 12)]]
    assert {item["id"]: item["stars"] for item in asked(app)["Your ratings"]["items"]} == {"3": 5, "12": 1, "17": 4}
    assert "Based on 3 ratings; rate at least 5" in texts(app)


@pytest.mark.parametrize("model", ["bias", "popularity", "ease", "implicit_als"])
def test_every_kind_of_model_takes_a_visitor_in(model):
    closed_form_run(model)
    app = open_page("foryou", rated="3~5_12~1")
    assert not app.exception
    assert len(grids(app)["Recommended for you"]["items"]) == 12
    maps = [e for e in app.get("bidi_component") if e.proto.component_name == "reco_map"]
    assert len(maps) == (model == "implicit_als")


RATED = "3~5_12~1_17~5_20~1_30~1"


def shown(app) -> list[str]:
    return [item["id"] for item in grids(app)["Recommended for you"]["items"]]


@pytest.mark.parametrize(
    ("model", "words"), [("ease", "likes count for a movie"), ("implicit_als", "only your user vector is fitted")]
)
def test_turning_the_stars_round_changes_the_list_of_a_model_that_ranks(model, words):
    closed_form_run(model)
    one = open_page("foryou", rated=RATED)
    other = open_page("foryou", rated=RATED.replace("~5", "~x").replace("~1", "~5").replace("~x", "~1"))
    assert shown(one) != shown(other)
    assert words in texts(one)
    assert "you have not liked any movie yet" in texts(open_page("foryou", rated="3~1_12~1"))


def test_a_model_that_takes_no_notice_of_stars_says_so():
    closed_form_run("popularity")
    app = open_page("foryou", rated=RATED)
    assert "everybody gets this list, whatever they rate" in texts(app)
    assert "fitted" not in texts(app)


def test_ratings_of_no_movie_are_left_out_in_one_sentence():
    finished_run()
    app = open_page("foryou", rated="3~5_nobody~4_5~9_7~x")
    assert not app.exception
    assert "Ignored 3 ratings in the URL: unknown movie or value out of range." in texts(app)
    assert query(app, "rated") == "3~5"


def test_a_click_on_a_star_is_taken_in_and_kept_in_the_address(monkeypatch):
    finished_run()
    first = asked(open_page("foryou"))["Rate what you know"]["items"][0]["id"]
    clicks = iter([{"id": first, "stars": 4}])
    answer = lambda **given: result(  # noqa: E731
        rated=next(clicks, None) if given["data"]["label"] == "Rate what you know" else None
    )
    monkeypatch.setattr(star_rating, "_component", lambda: answer)
    app = open_page("foryou")
    assert not app.exception
    assert query(app, "rated") == f"{first}~4"
    assert "You rated 1 movie" in [expander.label for expander in app.expander]


def test_ratings_of_an_earlier_visit_come_back_once(monkeypatch):
    finished_run()
    monkeypatch.setattr(star_rating, "_component", lambda: lambda **_: result(restored="3~5_12~1"))
    assert query(open_page("foryou"), "rated") == "3~5_12~1"


def test_starting_again_forgets_everything(demo):
    finished_run()
    app = open_page("foryou", rated="3~5_12~1")
    app.button(key="start_again").click().run()
    assert not app.exception
    assert query(app, "rated") is None
    assert "Until you rate something" in texts(app)


def test_other_items_are_other_ones():
    finished_run()
    app = open_page("foryou")
    before = {item["id"] for item in asked(app)["Rate what you know"]["items"]}
    app.button(key="other_items").click().run()
    after = {item["id"] for item in asked(app)["Rate what you know"]["items"]}
    assert len(after) == 15 and not before & after


def test_a_movie_found_by_title_is_added(demo):
    finished_run()
    app = open_page("foryou")
    app.selectbox(key="rate_search").set_value(40).run()
    assert not app.exception
    assert query(app, "rated") == f"{demo.items.ids[40]}~4"


@pytest.mark.parametrize("page", ["foryou", "recommend"])
@pytest.mark.parametrize("model", ["mf_bias", "neural_bias"])
def test_why_opens_a_dialog_for_the_asked_poster(monkeypatch, page, model):
    finished_run(model)
    shown = "Recommended for you" if page == "foryou" else "Recommended"
    wanted = grids(open_page(page, rated="3~5_12~1_17~4"))[shown]["items"][2]["id"]
    calls = iter([wanted])
    answer = lambda **given: result(asked=next(calls, None) if given["data"]["label"] == shown else None)  # noqa: E731
    monkeypatch.setattr(poster_grid, "_component", lambda: answer)
    app = open_page(page, rated="3~5_12~1_17~4")
    assert not app.exception
    told = texts(app)
    assert ("they add up to the prediction exactly" in told) == (model == "mf_bias")
    assert ("how far it falls when that rating is left out" in told) == (model == "neural_bias")
    assert any("reco-why" in e.proto.body for e in app.get("html"))


def test_the_text_of_ratings_comes_back_whatever_the_ids_look_like(demo):
    assert read(demo, written(demo, {3: 5.0, 7: 2.0})) == ({3: 5.0, 7: 2.0}, 0)
    assert read(demo, "") == ({}, 0)


WHY = Why(
    1,
    4.0,
    3.0,
    "parts",
    (Part("user", -1, 0.5), Part("item", -1, 0.75), *(Part("dimension", k, -0.025) for k in range(10))),
)


def test_bars_stand_on_each_other_and_end_at_the_prediction():
    made = rows(WHY, str, (), "Global mean", new=False)
    assert (made[0].kind, made[-1].kind) == ("start", "total")
    parts = made[1:-1]
    assert len(parts) == 8
    assert parts[-1].label == "The other 5 dimensions"
    assert made[0].value + sum(row.value for row in parts) == pytest.approx(made[-1].value) == pytest.approx(4.0)
    at = 3.0
    for row in parts:
        assert at == pytest.approx(row.low if row.value > 0 else row.high)
        at += row.value


def test_titles_in_bars_are_no_html():
    why = Why(1, 1.0, 0.0, "contributions", (Part("rated", 0, 1.0),))
    assert "<b>" not in waterfall(rows(why, lambda _: "<b>", (), "", new=False))
