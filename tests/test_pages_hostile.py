"""What no browser would send: values outside the limits of widgets, unknown choices, long addresses, odd clicks."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from pages.ui.movies.star_rating import MOST_RATED, read
from reco_core.encode import IdEncoder, RatingScale
from reco_core.errors import RunError, SettingsError, UnknownIdError
from reco_core.recommend.rerank import ListSettings
from reco_core.runs import RunRequest, RunStore
from reco_core.split import SplitSettings
from tests.apptest import finished_run, open_page, texts

EVIL = "<b>evil</b>\x1b[31m"
LONG = "x" * 6_000


def send(app: AppTest, key: str, **value: Any) -> AppTest:
    """The page after the browser sent this raw value for a widget, whatever the widget allows."""
    (node,) = (one for part in (app.main, app.sidebar) for one in part if getattr(one, "key", None) == key)
    state = WidgetState(id=node.proto.id)
    for name, given in value.items():
        if isinstance(given, list):
            getattr(state, name).data.extend(given)
        else:
            setattr(state, name, given)
    node.__class__ = type("Sent", (type(node),), {"_widget_state": property(lambda self: state)})
    return app.run()


def said(app: AppTest) -> str:
    """What the page says, where it did not fail and no line is endless."""
    assert not app.exception, app.exception[0].value
    words = texts(app)
    assert max(map(len, words.splitlines()), default=0) < 1_500 and "\x1b" not in words
    return words


@pytest.mark.parametrize(
    ("page", "key", "sentence"),
    [
        ("recommend", "user_choice", "user must be given by an index from 0 to 942; got <b>evil</b>."),
        ("similar", "item_search", "item must be given by an index from 0 to 1,681; got <b>evil</b>."),
        ("train", "preset_mf_bias", "preset of mf_bias must be one of"),
    ],
)
def test_an_unknown_choice_gets_one_sentence_and_the_page_goes_on(page: str, key: str, sentence: str):
    app = open_page(page, run=finished_run().id)
    assert sentence in said(send(app, key, string_value=EVIL))
    said(app.run())


def test_numbers_outside_the_limits_of_a_field_are_not_taken():
    app = open_page("train")
    for value in (math.inf, 1e308, -1.0):
        send(app, "test_size", double_value=value)
        assert "SettingsError" not in said(app) and app.number_input(key="test_size").value == 0.2
    send(app, "run_seed", int_value=-(2**40))
    assert app.number_input(key="run_seed").value == 0


@pytest.mark.parametrize(
    "name", ["dataset", "run", "item", "user", "epoch", "rated", "beside", "like", "runs", "sweep"]
)
def test_a_long_address_is_never_echoed_whole(name: str):
    query = {"run": finished_run().id} | {name: LONG}
    page = {"like": "train", "sweep": "train", "runs": "compare", "rated": "foryou", "item": "similar"}
    words = said(open_page(page.get(name, "recommend"), **query))
    assert "x" * 1_000 not in words


def test_a_visitors_values_are_checked_again_where_they_are_used():
    scale, ids = RatingScale(1, 5, 1), IdEncoder.fit([10, 20])
    for stars in (math.nan, 1e308, 0, "5", None, True, [5], {"stars": 5}):
        with pytest.raises(SettingsError, match="A rating must be from 1 to 5 stars; got"):
            scale.checked(stars)
    assert scale.checked(4) == 4.0
    for index in (-1, 2, 1.0, "1", None, True, [0]):
        with pytest.raises(UnknownIdError, match="item must be given by an index from 0 to 1; got"):
            ids.id_at(index, "item")
    assert ids.id_at(1) == 20
    for name, value in (("n", 0), ("blend", math.nan), ("damping", math.inf), ("diversity", 2), ("at_least", -1)):
        with pytest.raises(SettingsError, match=f"{name} must be"):
            ListSettings(**{name: value})
    for values in ({"test_size": math.nan}, {"val_size": 1.5}, {"kind": EVIL}, {"seed": -1}, {"seed": LONG}):
        with pytest.raises(SettingsError):
            SplitSettings(**values)
    for values in ({"seed": -1}, {"seed": 2**40}, {"owner": EVIL}, {"base_run": "../x"}, {"dataset": "../x"}):
        with pytest.raises(SettingsError, match=f"A run's {next(iter(values))} is invalid"):
            RunRequest.asked(**{"source": "demo", "dataset": "demo", "model": "mf"} | values)


@pytest.mark.parametrize("name", ["", " ", "a\nb", EVIL, "x" * 81, None])
def test_a_run_is_not_renamed_to_what_is_no_name(name: Any):
    run = finished_run()
    with pytest.raises(RunError, match="A name must be one line of 1 to 80 printable characters; got"):
        RunStore().rename(run.id, name)
    assert RunStore().open(run.id).name == run.name


def test_ratings_of_an_address_are_counted_up_to_a_limit(demo):
    ids = demo.items.ids[:3]
    text = "_".join(f"{item}~3" for item in ids) + "_x~3" * MOST_RATED
    rated, wrong = read(demo, text)
    assert len(rated) == 3 and wrong == MOST_RATED
    assert read(demo, f"{ids[0]}~nan_{ids[1]}~1e400")[1] == 2


def test_a_folder_is_named_only_where_the_app_serves_this_computer_alone(monkeypatch, tmp_path: Path):
    def posters() -> AppTest:
        return open_page("data", data_tab="Posters")

    box = "poster_folder_demo"
    assert posters().text_input(key=box)
    monkeypatch.setenv("RECO_FOLDERS", "0")
    app = posters()
    assert box not in [one.key for one in app.text_input]
    assert "its owner starts it with --allow-folders" in texts(app)
    monkeypatch.setenv("RECO_FOLDERS", "1")
    assert posters().text_input(key=box)
