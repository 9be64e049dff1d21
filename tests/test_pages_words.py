"""Words follow the data: pages and messages say what the items are, and leave out what the data does not have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from reco_core import data
from reco_core.jobs.running.training_job import train_run
from reco_core.runs import RunRequest, RunStore
from tests.apptest import PROJECT, grids, open_page, texts

MOVIES = re.compile(r"\b(?:movie|film)s?\b(?![.](?:csv|dat))", re.IGNORECASE)
# What is about films whatever the data: the words themselves, MovieLens, TMDB, the demo, and genres.
ALLOWED = {
    "reco_core/kinds.py",
    "reco_core/glossary.py",
    "reco_core/data/kind_guess.py",
    "reco_core/data/reading/roles.py",
    "reco_core/data/item_tables.py",
    "reco_core/data/catalogue.py",
    *(f"reco_core/data/demo{part}.py" for part in ("", "_genres", "_titles", "_words")),
    "reco_core/posters/tmdb.py",
    "reco_core/posters/styles.py",
    "pages/ui/movies/poster_settings.py",
}
GAPS = re.compile(r"\b(?:[Mm]ovies?|[Ff]ilms?|nan|NaT|None|NA)\b")
PAGES = ("home", "data", "train", "evaluate", "compare", "embeddings", "similar", "recommend", "foryou")


def strings(path: Path) -> Iterator[str]:
    """Every string of a module that is no docstring and no name of a module."""
    tree = ast.parse(path.read_text("utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def test_no_sentence_takes_items_for_movies():
    files = [path for folder in ("pages", "reco_core") for path in (PROJECT / folder).rglob("*.py")]
    said = {
        f"{name}: {text}"
        for path in files
        if (name := path.relative_to(PROJECT).as_posix()) not in ALLOWED
        for text in strings(path)
        if MOVIES.search(text)
    }
    assert said == set()


@pytest.mark.parametrize("path", sorted((PROJECT / "pages").rglob("*.js")), ids=lambda path: path.name)
def test_no_script_takes_items_for_movies(path: Path):
    assert not MOVIES.search(path.read_text("utf-8"))


@pytest.fixture
def books(own_home: Path, tmp_path: Path) -> None:
    """A dataset of ids and ratings only, called books, with a run that predicts stars and one that has vectors."""
    rows = [f"u{user};{item:09}X;{(user * item) % 10 + 1}" for user in range(40) for item in range(user % 3, 60, 2)]
    table = "\n".join(["User-ID;ISBN;Book-Rating", *rows])
    (tmp_path / "mine.csv").write_text(table)
    data.add(tmp_path / "mine.csv", "books")
    for model in ("bias", "implicit_als"):
        train_run(RunStore().create(RunRequest(source="books", dataset="books", model=model)))


def everything(app: AppTest) -> str:
    """All that the page sends to the browser, without images."""
    sent, blocks = [], [app._tree[place] for place in app._tree.children]
    while blocks:
        block = blocks.pop()
        blocks += getattr(block, "children", {}).values()
        said = str(block.proto or "")
        sent.append("" if "<style>" in said else said)
    technical = r'data:image/[^"\\]*|things\\": \\"[^"]*|options: "[^"]*"'
    other_datasets = r"invented films|\d movies\]"
    return re.sub(f"{technical}|{other_datasets}", "", "\n".join(sent))


@pytest.mark.parametrize("model", ["bias", "implicit_als"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_on_ids_and_ratings_alone_is_whole(books: None, page: str, model: str):
    run = next(run for run in RunStore().list() if run.info.model == model)
    tabs = {"data": ("data_tab", ("Overview", "Books", "Matrix", "Rows", "Datasets", "Images"))}
    tabs["evaluate"] = ("evaluate_tab", ("Stars", "Error analysis", "Lists", "Most active × most rated"))
    name, choices = tabs.get(page, ("", ("",)))
    for choice in choices:
        app = open_page(page, dataset="books", run=run.id, **({name: choice} if name else {}))
        assert not app.exception and not app.error
        sent = everything(app)
        wrong = [sent[max(at.start() - 80, 0) : at.end() + 40] for at in GAPS.finditer(sent)]
        assert wrong == []


def test_what_books_are_called_follows_the_dataset_everywhere(books: None):
    assert grids(open_page("home", dataset="books"))["Most rated books"]["items"][0]["title"].startswith("Book 0")
    app = open_page("recommend", dataset="books")
    assert "What one person liked, and what to read next." in texts(app)
    assert {item["line2"] for item in grids(app)["Recommended"]["items"]} == {None}
    assert not {"genres", "years"} & {element.key for kind in (app.multiselect, app.slider) for element in kind}
    rows = open_page("data", dataset="books", data_tab="Rows").dataframe[-1].value
    assert list(rows.columns) == ["user", "item", "rating"]


def test_words_are_chosen_on_the_data_page_and_kept(books: None):
    app = open_page("data", dataset="books")
    app.selectbox(key="words_books_book").set_value("custom").run()
    app.text_input(key="words_books_one").set_value("<i>")
    app.button(key="use_words_books").click().run()
    assert "must have 1 to 24 letters" in app.error[0].value
    app.text_input(key="words_books_one").set_value("comic")
    app.button(key="use_words_books").click().run()
    assert not app.error
    assert data.load("books").item_table["title"][0].startswith("Comic 0")
    assert "Comics" in [metric.label for metric in open_page("home", dataset="books").metric]


def test_datasets_of_the_catalogue_keep_their_words():
    assert not [box for box in open_page("data").selectbox if str(box.key).startswith("kind_")]
