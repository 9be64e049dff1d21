"""`reco recommend`: known users, somebody new, a changed mind, reasons, controls, and everybody at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from reco_core import data
from reco_core.models.folding import CAUTION, fold_in
from reco_core.recommend.what_if import what_if
from reco_core.runs import RunStore
from tests.apptest import finished_run
from tests.commands import Answer
from tests.lists import top_n
from tests.tiny import write_csv

NEW = ("--rate", "3=5", "--rate", "12=1", "--rate", "17=4")


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "tiny.csv")


@pytest.fixture
def run(csv: Path) -> str:
    """A finished run of damped biases."""
    return Answer("train", csv, "--model", "bias", "--json").json["run"]


@pytest.fixture
def demo_run() -> str:
    """A run of biased vectors on the demo."""
    return finished_run("mf_bias").id


def items(found: dict, name: str = "recommended") -> list:
    return [row["item"] for row in found[name]]


def test_somebody_new_gets_the_list_of_folding_in(demo_run: str):
    found = Answer("recommend", demo_run, *NEW, "-k", 5, "--json").json
    ratings, model = data.load("demo"), RunStore().open(demo_run).fitted()
    rated = ratings.items.encode([3, 12, 17])
    score = fold_in(model, rated, [5, 1, 4], CAUTION).score
    score[rated] = -np.inf
    assert items(found) == ratings.items.ids[np.argsort(-score)[:5]].tolist()
    assert (found["user"], items(found, "rated_highest")) == (None, [3, 17, 12])
    assert "A new user rated" in Answer("recommend", demo_run, *NEW, "-k", 5).out


def test_items_can_be_rated_by_title(run: str):
    assert items(Answer("recommend", run, "--rate", "film [3]=5", "--json").json, "rated_highest") == [3]
    assert items(Answer("recommend", run, "--rate", "Film [4] (1993)=5", "--json").json, "rated_highest") == [4]


def test_a_changed_rating_gives_two_lists_of_folding_in(demo_run: str):
    ratings, model = data.load("demo"), RunStore().open(demo_run).fitted()
    user, item = ratings.users.ids[3], ratings.item_index[ratings.rows_of_user(3)][0]
    asked = ("recommend", demo_run, "--user", user, "--rate", f"{ratings.items.ids[item]}=1", "-k", 5)
    found, change = Answer(*asked, "--json").json, what_if(model, ratings, 3, {int(item): 1.0}, 5)
    assert items(found, "before") == ratings.items.ids[change.before.best.item_index].tolist()
    assert items(found, "after") == ratings.items.ids[change.after.best.item_index].tolist()
    assert "so that nothing else differs" in " ".join(Answer(*asked).out.split())


def test_reasons_add_up_in_json_and_in_words(demo_run: str):
    for who in (NEW, ("--user", data.load("demo").users.ids[3])):
        for row in Answer("recommend", demo_run, *who, "-k", 3, "--why", "--json").json["recommended"]:
            why = row["why"]
            assert why["start"] + sum(part["value"] for part in why["parts"]) == pytest.approx(why["score"])
            assert why["score"] == pytest.approx(row["score"], abs=1e-5)
    assert "to start with" in Answer("recommend", demo_run, *NEW, "-k", 3, "--why").out


def test_controls_change_the_list_and_say_what_the_model_alone_had(demo_run: str):
    who = ("recommend", demo_run, "--user", data.load("demo").users.ids[3])
    plain = items(Answer(*who, "--json").json)
    damped = Answer(*who, "--damping", 50, "--diversity", 0.5, "--min-ratings", 30, "--json").json
    assert items(damped) != plain
    assert "was " in Answer(*who, "--damping", 50).out
    genre = data.load("demo").genre_names[0]
    found = Answer(*who, "--genre", genre, "--years", "1980-2005", "--json").json["recommended"]
    assert found and all(genre in row["genres"] and 1980 <= row["year"] <= 2005 for row in found)
    other = finished_run("mf", seed=1).id
    assert items(Answer(*who, "--blend", f"{other}=1", "--json").json) == items(
        Answer("recommend", other, *who[2:], "--json").json
    )


def test_rated_items_come_only_when_asked_for(run: str):
    seen = Answer("recommend", run, "--user", 7, "-k", 20, "--seen", "--json").json
    unseen = Answer("recommend", run, "--user", 7, "-k", 20, "--json").json
    assert len(items(seen)) == 20 > len(items(unseen))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_everybodys_lists_are_those_of_each(csv: Path, run: str, tmp_path: Path, kind: str):
    out = tmp_path / f"all.{kind}"
    told = Answer("recommend", run, "--all", "-k", 3, "--out", out, "--json").json
    table = (pl.read_csv if kind == "csv" else pl.read_parquet)(out)
    assert (told["rows"], told["users"]) == (len(table), 30)
    assert table.columns == ["user", "rank", "item", "title", "year", "stars"]
    ratings, scorer = data.load(csv), RunStore().open(run).scorer()
    for index in (0, 7, 29):
        mine = table.filter(pl.col("user") == ratings.users.ids[index])
        assert mine["item"].to_list() == ratings.items.ids[top_n(scorer, ratings, index, 3).item_index].tolist()
        assert mine["rank"].to_list() == list(range(1, len(mine) + 1))
    assert not list(tmp_path.glob("*.part"))


def test_everybodys_lists_can_be_filtered(run: str, tmp_path: Path):
    out = tmp_path / "all.csv"
    assert Answer("recommend", run, "--all", "--out", out, "--years", "2000-").code == 0
    assert pl.read_csv(out)["year"].min() >= 2000


def test_table_without_titles_years_genres_and_times_gives_every_kind_of_list(tmp_path: Path):
    bare = tmp_path / "bare.csv"
    pairs = [(user, item) for user in range(9) for item in range(12) if (user + item) % 3]
    bare.write_text("user,item,rating\n" + "".join(f"u{u},i{i},{1 + (u * i) % 10}\n" for u, i in pairs))
    run = Answer("train", bare, "--model", "bias", "--json").json["run"]
    known = Answer("recommend", run, "--user", "u3", "-k", 2, "--why", "--json").json["recommended"]
    assert [(row["title"], row["year"], row["genres"]) for row in known] == [
        (f"Item {row['item']}", None, []) for row in known
    ]
    for options in (("--user", "u3", "--why"), ("--rate", "i2=10", "--rate", "Item i5=1")):
        assert Answer("recommend", run, *options).code == 0
    assert Answer("recommend", run, "--user", "u3", "--rate", "i1=10").code == 0
    assert Answer("recommend", run, "--all", "--out", tmp_path / "all.csv").code == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--rate", "3"), "--rate takes ITEM=STARS, such as 50=5; got '3'"),
        (("--rate", "3=many"), "--rate takes ITEM=STARS"),
        (("--rate", "3=6"), "A rating must be from 1 to 5 stars; got 6"),
        (("--rate", "3=5", "--rate", "Film [3]=4"), "Each item can be rated once; Film [3] was rated more than once"),
        (("--rate", "999=5"), "item must be one of the 20 in this dataset"),
        (("--user", "999", "--rate", "3=5"), "user must be one of the 30 in this dataset"),
        (("--all",), "or --all with --out FILE; got --all"),
        (("--all", "--out", "x.txt"), "--out must end in .parquet or .csv; got x.txt"),
        (("--all", "--out", "nowhere/x.csv"), "--out must be in an existing folder"),
        (("--all", "--out", "x.csv", "--damping", "5"), "Lists for --all take -k and the filters"),
        (("--user", "7", "--out", "x.csv"), "got --user and --out"),
        (("--user", "7", "--years", "old"), "--years takes FIRST-LAST"),
        (("--user", "7", "--blend", "last"), "--blend takes RUN=WEIGHT"),
        (("--user", "7", "--genre", "Western"), "genre must be one of this dataset's (Comedy, Drama, Horror)"),
        (("--user", "7", "--diversity", "2"), "diversity must be from 0 to 1; got 2"),
        (("--user", "7", "--rate", "3=5", "--damping", "5"), "takes no filters or reranking"),
    ],
)
def test_mistakes_are_one_line(run: str, options: tuple[str, ...], sentence: str):
    answer = Answer("recommend", run, *options)
    assert answer.code == 2
    assert sentence in " ".join(answer.err.split())
