"""What is on the screen is what is in the files now: no cache shows what another dataset of the same name held."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from pages.ui.evaluation import result_cache
from pages.ui.movies import star_rating
from pages.ui.shell import cache
from reco_core import data
from reco_core.jobs.running.training_job import train_run
from reco_core.runs import RunRequest, RunStore
from tests.apptest import open_page, texts
from tests.tiny import write_csv


def add(csv: Path) -> str:
    return data.add("mine", "ratings.csv", csv.read_bytes())


def retitled(csv: Path) -> bytes:
    """The same ratings of items that are called otherwise, and are of other genres."""
    return csv.read_bytes().replace(b"Film [", b"Fixed Film [").replace(b"Horror", b"Western")


def trained(source: str | Path, dataset: str, model: str = "popularity"):
    run = RunStore().create(RunRequest(source=str(source), dataset=dataset, model=model))
    train_run(run)
    return run


@pytest.fixture
def other(csv: Path, tmp_path: Path) -> Path:
    """A table with the same ratings as `csv` and other titles."""
    path = tmp_path / "other.csv"
    path.write_bytes(retitled(csv))
    return path


@pytest.mark.parametrize("page", ["data", "similar", "foryou", "recommend"])
def test_titles_of_a_dataset_that_was_removed_are_gone_when_another_takes_its_name(csv, other, page):
    trained(add(csv), "mine", "ease")
    before = open_page(page, dataset="mine", data_tab="Rows")
    data.remove("mine")
    add(other)
    after = open_page(page, dataset="mine", data_tab="Rows")
    assert not before.exception and not after.exception
    assert "Fixed Film" not in everything(before) and "Fixed Film" in everything(after)


def everything(app) -> str:
    """All that the page says, in boxes, tables and posters too."""
    boxes = [option for box in app.selectbox for option in box.options]
    tables = [table.value.to_string() for table in app.dataframe]
    return "\n".join([texts(app), *map(str, boxes), *tables, *(e.proto.json for e in app.get("bidi_component"))])


@pytest.mark.parametrize(
    "change",
    [
        {"item_table": lambda r: r.item_table.assign(title="T")},
        {"item_table": lambda r: r.item_table.assign(genres="G")},
        {"source": lambda r: replace(r.source, notes="said")},
        {"quality": lambda r: replace(r.quality, empty=7)},
        {"user_table": lambda r: pd.DataFrame({"age": range(r.n_users)})},
        {"folds": lambda r: {"u1": r.rows_of_user(0)}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_tables_are_made_anew_when_anything_of_the_dataset_is_other_though_its_ratings_are_not(csv, change):
    old = data.load(csv)
    new = replace(old, **{name: make(old) for name, make in change.items()})
    assert old.fingerprint == new.fingerprint and old.identity != new.identity
    assert replace(old, name="again").identity == old.identity == data.load(csv).identity
    seen = [cache.table(itself, one).identity for one in (old, new, replace(old))]
    assert seen == [old.identity, new.identity, old.identity]


def itself(ratings):
    return ratings


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_file_that_changed_is_read_again_also_where_its_time_did_not(csv, tmp_path, kind):
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "ratings.csv"
    path.write_bytes(csv.read_bytes())
    source = str(path if kind == "file" else folder)
    first = cache.ratings(source)
    assert cache.ratings(source) is first
    when = path.stat().st_mtime_ns
    path.write_bytes(retitled(csv))
    os.utime(path, ns=(when, when))
    assert cache.ratings(source).item_table["title"].str.startswith("Fixed").all()


def test_figures_that_depend_on_genres_follow_a_file_whose_genres_changed(csv):
    run = trained(csv, "tiny", "ease")
    before = result_cache.figures(run, 5, None)["test"]["diversity@5"]
    csv.write_text(csv.read_text().replace("Drama|Comedy", "Horror"))
    after = result_cache.figures(run, 5, None)["test"]["diversity@5"]
    assert before > 0 and after == 0


def test_weights_that_were_replaced_are_read_again(csv):
    run, other = (trained(csv, "tiny", name) for name in ("popularity", "popularity"))
    first = cache.fitted(run)
    assert cache.fitted(run) is first
    os.replace(other.folder / "weights.npz", run.folder / "weights.npz")
    assert cache.fitted(run) is not first


def test_what_a_visitor_rated_belongs_to_the_data_and_not_to_its_name(csv, tmp_path):
    one, two = data.load(csv), replace(data.load(write_csv(tmp_path / "two.csv", seed=1)), name="tiny")
    assert one.name == two.name
    assert star_rating._memory(one) != star_rating._memory(two)
