"""Every script of ours in a real engine: it is read without an error, and its parts do what they say."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pages.ui.embeddings.maps import FOLDER, pack_points, pack_words
from pages.ui.movies.poster_grid import WEB
from pages.ui.shell import visitor
from pages.ui.shell.javascript import bundle

pytestmark = pytest.mark.browser
SCRIPTS = {
    "map": lambda: bundle(FOLDER, "map"),
    "posters": lambda: bundle(WEB, "posters"),
    "rate": lambda: bundle(WEB, "rate"),
    "visitor": lambda: visitor._SCRIPT,
}
HOSTILE = '<img src=x onerror="document.title = 1">'


@pytest.fixture
def run(new_page) -> Callable:
    """run(module text, body of a function of the module m and the value v, value) -> what the body gives back."""
    page = new_page()

    def evaluate(module: str, body: str, value: object = None) -> object:
        load = "await import(URL.createObjectURL(new Blob([text], {type: 'text/javascript'})))"
        return page.evaluate(f"async ([text, v]) => {{ const m = {load}; {body} }}", [module, value])

    return evaluate


def test_scripts_are_read_without_an_error_and_give_streamlit_a_function(run) -> None:
    for name, text in SCRIPTS.items():
        assert run(text(), "return typeof m.default") == "function", name
    with pytest.raises(Exception, match="SyntaxError"):
        run(bundle(FOLDER, "map").replace("class PointMap {", "class PointMap { {"), "return 1")


def test_modules_may_use_the_same_private_names(run, tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("const own = 1;\nexport const a = () => own;\n")
    (tmp_path / "b.js").write_text('import { a } from "./a.js";\nconst own = 2;\nexport const b = () => [a(), own];\n')
    (tmp_path / "c.js").write_text('import { b } from "./b.js";\nconst own = 3;\nexport default () => [...b(), own];\n')
    assert run(bundle(tmp_path, "c"), "return m.default()") == [1, 2, 3]


def test_map_draws_its_points_and_sends_the_one_that_is_clicked(run) -> None:
    rng = np.random.default_rng(0)
    packed = pack_points(rng.normal(size=(50, 2)), np.arange(50)), pack_words([HOSTILE] * 50, [""] * 50), bytes(50)
    points, words, codes = map(data_uri, packed)
    look = {"kind": "classes", "title": "Genre", "labels": ["Drama"], "light": ["#5b47e0"], "dark": ["#8e7df7"]}
    data = {"points": points, "words": words, "look": look | {"codes": codes}, "things": "items", "picked": [3]}
    told = run(
        bundle(FOLDER, "map"),
        """const root = document.body.appendChild(document.createElement("div"));
        root.innerHTML = `<style>${v.css}</style>${v.html}`;
        const sent = [], data = v.data;
        const leave = m.default({data, parentElement: root, setTriggerValue: (...what) => sent.push(what)});
        const {dataset} = root.querySelector(".map");
        while (!dataset.ready && !dataset.error) await new Promise(requestAnimationFrame);
        const {x, y} = root.pointMap.place(7);
        root.pointMap.click(x, y, false);
        const tip = root.querySelector(".tip").textContent.trim();
        leave();
        return {error: dataset.error ?? "", same: dataset.ready === data.points, sent, tip, left: !root.pointMap};""",
        {
            "html": (FOLDER / "map.html").read_text("utf-8"),
            "css": (FOLDER / "map.css").read_text("utf-8"),
            "data": data
            | {"near": [4], "posters": None, "withPosters": False, "titles": True, "label": "", "low": False},
        },
    )
    assert told == {"error": "", "same": True, "sent": [["clicked", 7]], "tip": HOSTILE, "left": True}


def data_uri(content: bytes) -> str:
    return f"data:application/octet-stream;base64,{b64encode(content).decode()}"


def test_grid_finds_the_points_that_are_nearest(run) -> None:
    rng = np.random.default_rng(0)
    points = rng.integers(0, 65536, (3000, 2))
    places = np.vstack([rng.integers(0, 65536, (20, 2)), [[0, 0], [65535, 65535]]])
    found = run(
        bundle(FOLDER, "grid"),
        """const grid = new m.Grid({n: v.x.length, x: Uint16Array.from(v.x), y: Uint16Array.from(v.y)});
        return v.places.map(([x, y]) => grid.nearest(x, y, 3000, 4, (row) => row % 3 > 0));""",
        {"x": points[:, 0].tolist(), "y": points[:, 1].tolist(), "places": places.tolist()},
    )
    for place, rows in zip(places, found, strict=True):
        squares = ((points - place) ** 2).sum(axis=1)
        shown = [row for row in np.lexsort((np.arange(3000), squares)) if row % 3 and squares[row] <= 3000**2]
        assert rows == shown[:4]


def test_a_long_title_on_the_map_ends_after_a_whole_letter(run) -> None:
    family, accented = "👩\u200d👩\u200d👧\u200d👦", "e\u0301"
    titles = ["A" * 30, "A" * 31, family * 30, family * 31, accented * 40]
    shown = run(bundle(FOLDER, "titles"), "return v.map(m.shorten);", titles)
    assert shown == ["A" * 30, "A" * 29 + "…", family * 30, family * 29 + "…", accented * 29 + "…"]


def test_view_shows_all_points_keeps_what_is_pointed_at_and_knows_both_ways(run) -> None:
    told = run(
        bundle(FOLDER, "view"),
        """const view = new m.View();
        view.setBox({n: 2, x: [6554, 58982], y: [13107, 52428]});
        view.resize(800, 500, 2);
        const corners = [view.toScreen(6554, 13107), view.toScreen(58982, 52428)];
        const before = view.toUnit(100, 200);
        const changed = view.zoomAt(100, 200, 3);
        const after = view.toUnit(100, 200), zoom = view.zoom, middle = view.toUnit(400, 250);
        view.resize(400, 400, 1);
        const again = view.toUnit(200, 200);
        view.zoomAt(0, 0, 1e9);
        const closest = view.zoom, more = view.zoomAt(0, 0, 2);
        view.zoomAt(0, 0, 1e-9);
        return {corners, before, after, changed, zoom, middle, again, closest, more, farthest: view.zoom};""",
    )
    assert all(0 <= corner["x"] <= 800 and 0 <= corner["y"] <= 500 for corner in told["corners"])
    assert told["after"] == pytest.approx(told["before"]) and told["again"] == pytest.approx(told["middle"])
    assert told["changed"] is True and told["zoom"] == pytest.approx(3)
    assert (told["closest"], told["farthest"]) == (pytest.approx(64), pytest.approx(0.6)) and told["more"] is False


def test_browser_reads_the_points_and_words_that_python_packs(run) -> None:
    xy = np.array([[0.0, 0.0], [2.0, 1.0], [1.0, 0.5]])
    places, words = pack_points(xy, np.array([1, 3, 2])), pack_words(["Löwe", "B\tC", ""], ["1990", "", "x\ny"])
    told = run(
        bundle(FOLDER, "blob"),
        """const places = await m.read(v[0], m.decodePlaces), words = await m.read(v[1], m.decodeWords);
        const list = (array) => Array.from(array);
        return {n: places.n, order: list(places.order), x: list(places.x), y: list(places.y), words,
                kept: places === await m.read(v[0], () => 0)};""",
        [data_uri(places), data_uri(words)],
    )
    assert (told["n"], told["order"], told["kept"]) == (3, [1, 2, 0], True)
    assert told["x"] == [0, 65535, 32768] and told["y"] == [49151, 16384, 32768]
    assert told["words"] == {"titles": ["Löwe", "B C", ""], "captions": ["1990", "", "x y"]}


DRAW = """const root = document.body.appendChild(document.createElement("div"));
root.innerHTML = "<div class='" + v.grid + "'></div>";
const sent = [];
const draw = (data) => m.default({data, parentElement: root, setTriggerValue: (...what) => sent.push(what)});
draw(v.data);
"""


def test_posters_show_titles_as_text_send_the_one_clicked_and_move_by_keys(run) -> None:
    item = {"line1": None, "line2": "1990", "rank": "1", "share": 0.5, "moved": 2, "note": "", "image": ""}
    items = [item | {"id": "7", "title": HOSTILE}, item | {"id": "8", "title": "B"}]
    data = {"items": items, "label": "Movies", "layout": "row", "clickable": True, "ask": "", "stamp": "1"}
    told = run(
        SCRIPTS["posters"](),
        DRAW
        + """const [first, second] = root.querySelectorAll(".card");
        first.focus();
        first.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true}));
        second.click();
        return {sent, focus: document.activeElement === second, images: root.querySelectorAll("img").length,
                title: first.querySelector(".title").textContent, bar: first.querySelector(".filled").style.width};""",
        {"grid": "grid", "data": data},
    )
    assert told == {"sent": [["picked", "8"]], "focus": True, "images": 2, "title": HOSTILE, "bar": "50%"}


def choices(items: list[dict], levels: list[float], slider: bool = False, stars: bool = True) -> dict:
    """What the row of posters to rate is given."""
    names = [f"{level:g}" for level in levels]
    drawn = {"levels": levels, "names": names, "said": [f"{name} stars" for name in names]}
    return {"items": items, "label": "Rate", "kept": None, "slider": slider, "stars": stars} | drawn


def test_stars_that_are_clicked_are_sent_and_taken_back(run) -> None:
    items = [{"id": "7", "title": HOSTILE, "line": "", "image": "", "stars": 2}]
    told = run(
        SCRIPTS["rate"](),
        DRAW
        + """const checked = () => [...root.querySelectorAll("input")].findIndex((input) => input.checked);
        const before = checked();
        root.querySelectorAll("input")[3].click();
        const after = checked();
        root.querySelector(".clear").click();
        return {sent, before, after, last: checked(), images: root.querySelectorAll("img").length};""",
        {"grid": "rate", "data": choices(items, [1, 2, 3, 4, 5])},
    )
    sent = [["rated", {"id": "7", "stars": 4}], ["rated", {"id": "7", "stars": None}]]
    assert told == {"sent": sent, "before": 1, "after": 3, "last": -1, "images": 1}


def test_a_long_scale_is_rated_on_a_slider_and_a_press_on_its_knob_is_a_rating(run) -> None:
    items = [{"id": "7", "title": "A", "line": "", "image": "", "stars": None}]
    told = run(
        SCRIPTS["rate"](),
        DRAW
        + """const input = root.querySelector("input"), words = () => root.querySelector(".value").textContent;
        const before = words();
        input.click();
        input.value = 4;
        for (const kind of ["input", "change", "click"]) input.dispatchEvent(new Event(kind, {bubbles: true}));
        const after = words();
        root.querySelector(".clear").click();
        return {sent, before, after, last: words(), inputs: root.querySelectorAll("input").length,
                said: input.getAttribute("aria-valuetext")};""",
        {"grid": "rate", "data": choices(items, [-9.5, -5, 0, 5, 9.9], slider=True, stars=False)},
    )
    sent = [["rated", {"id": "7", "stars": stars}] for stars in (0, 9.9, None)]
    assert told == {
        "sent": sent, "before": "–", "after": "9.9", "last": "–", "inputs": 1, "said": "not rated",
    }  # fmt: skip


@pytest.mark.parametrize(("levels", "stars", "found"), [([0, 1], False, "buttons"), ([0, 1, 2, 3], True, "stars")])
def test_a_rating_of_0_can_be_given_and_fills_no_star(run, levels, stars, found) -> None:
    items = [{"id": "7", "title": "A", "line": "", "image": "", "stars": 0}]
    told = run(
        SCRIPTS["rate"](),
        DRAW
        + """const group = root.querySelector("[role=radiogroup]"), all = [...root.querySelectorAll("input")];
        const filled = root.querySelector(".stars .filled"), first = all[0].parentElement.style.width;
        return {kind: group.className, checked: all.findIndex((input) => input.checked), wide: parseFloat(first) > 5,
                filled: filled ? filled.style.width : "0%"};""",
        {"grid": "rate", "data": choices(items, levels, stars=stars)},
    )
    assert told == {"kind": found, "checked": 0, "wide": True, "filled": "0%"}
