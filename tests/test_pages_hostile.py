"""Pages of a dataset whose every title, genre, id and name is hostile: text stays text, on every one of them."""

from __future__ import annotations

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from reco_core import data
from reco_core.runs import Run
from reco_core.spreadsheet import harmless
from tests.apptest import finished_run, grids, open_page, texts
from tests.hostile import ALIVE, ALIVE_STILL, MARK, NEVER, RUN_NAME, hostile_ratings, strings

# What is shown as it is, whatever is in it: boxes to choose from, forms, charts of Vega, and components of our own,
# which take text as text. Code of our own is long.
PLAIN = ("Selectbox", "MultiSelect", "TextInput", "VegaLiteChart", "BidiComponent", "Code")
OWN = ("js_content", "css_content")
WALK = [
    *((name, {}) for name in ("home", "train", "evaluate", "compare", "similar", "recommend", "foryou")),
    *(("data", {"data_tab": tab}) for tab in ("Overview", "Movies", "Matrix", "Rows", "Datasets", "Posters")),
    *(("embeddings", {"side": side}) for side in ("items", "users")),
]


@pytest.fixture
def hostile_run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """A finished run with a hostile name, of the hostile ratings under the demo's name."""
    monkeypatch.setattr(data, "_demo", hostile_ratings)
    return finished_run(name=RUN_NAME)


def wrong(app: AppTest) -> list[tuple[str, str, str]]:
    """(element, field, what is wrong) of all text that a page would show as something else, or without a bound."""
    found = []
    for kind, field, text in strings(app):
        if field in OWN or kind == "Html":  # a stylesheet of our own is long; what is not one is looked at below
            text = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL) if kind == "Html" else ""
        if NEVER.search(text):
            found.append((kind, field, "control characters"))
        if kind == "PlotlyChart":
            found += [(kind, field, tag) for tag in ("<b", "<img", "<script") if tag in text]
        elif kind not in PLAIN:
            bare, unescaped = re.sub(r"\\.", "", text), text.replace("\\", "")
            found += [(kind, field, alive) for alive in ALIVE if MARK in text and alive in bare]
            found += [(kind, field, alive) for alive in ALIVE_STILL if MARK in text and alive in unescaped]
            if len(text) > 3_000:
                found.append((kind, field, f"{len(text)} characters"))
    return found


@pytest.mark.parametrize(("name", "query"), WALK, ids=str)
def test_hostile_text_is_shown_as_text_and_bounded(hostile_run, name, query):
    app = open_page(name, run=hostile_run.id, **query)
    if name == "embeddings":
        app.session_state["side"] = query["side"]
        app.run()
    assert not app.exception
    assert any(MARK in text for _, _, text in strings(app))
    assert wrong(app) == []
    boxes = [label for box in (*app.selectbox, *app.multiselect, *app.sidebar.selectbox) for label in box.options]
    assert max(map(len, boxes), default=0) < 260
    assert all(len(set(box.options)) == len(box.options) for box in (*app.selectbox, *app.multiselect))
    for grid in grids(app).values():
        assert max(len(item["title"]) for item in grid["items"]) <= 160
    for frame in app.dataframe:
        cells = [*frame.value.to_numpy().ravel(), *frame.value.columns, *frame.value.index]
        assert [cell for cell in cells if isinstance(cell, str) and harmless(cell) != cell] == []


@pytest.mark.parametrize("name", ["item", "user", "run", "dataset"])
def test_a_long_choice_in_the_address_is_not_echoed_whole(name):
    wanted = "<b>" + "x" * 6_000
    app = open_page("similar", **{name: wanted})
    assert not app.exception
    assert all(len(warning.value) < 500 for warning in app.warning)
    assert "x" * 300 not in texts(app)


def test_a_folder_name_that_no_disk_takes_is_said_to_be_missing(own_home):
    for folder in ("/" + "x" * 9_000, "~nobody-of-that-name/x", "a\0b"):
        (own_home / "posters").mkdir(exist_ok=True)
        (own_home / "posters" / "folders.json").write_text(json.dumps({"demo": folder}))
        app = open_page("data", data_tab="Posters")
        assert not app.exception
        assert "There is no folder" in app.warning[0].value and len(app.warning[0].value) < 300
