"""Small files that people really have, each with the right answer: nothing is dropped, changed or guessed unsaid."""

from __future__ import annotations

import gzip
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reco_core import data
from reco_core.data.files import open_files
from reco_core.data.reading import guess, parse_choices
from reco_core.errors import DataError
from reco_core.ratings import Ratings
from tests.data_files import table

CASES = Path(__file__).parent / "cases"


def read(name: str, **choices: str) -> Ratings:
    columns = [f"{role}={column}" for role, column in choices.items() if role in ("user", "item", "rating")]
    others = [f"{key}={value}" for key, value in choices.items() if key not in ("user", "item", "rating")]
    ratings = data.load(CASES / name, parse_choices(columns, others))
    assert ratings.quality.adds_up(len(ratings))
    return ratings


def asked(name: str) -> list[str]:
    return [question.about for question in guess(open_files(CASES / name)).questions]


def utc(seconds: int) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("name", "ratings", "users", "items", "levels"),
    [
        ("quotes/comment-two.csv", 6, 3, 2, (1, 5)),
        ("quotes/comment-one.csv", 5, 3, 2, (1, 5)),
        ("quotes/inch-one.csv", 4, 2, 2, (1, 5)),
        ("quotes/quoted-then-text.csv", 3, 2, 2, (3, 5)),
        ("quotes/backslash-quotes.csv", 95, 19, 5, (1, 5)),
        ("header/stacked.csv", 209, 19, 11, (1, 5)),
        ("forms/Electronics.csv", 209, 19, 11, (1, 5)),
        ("forms/ratings.txt", 209, 19, 11, (0.5, 4)),
        ("forms/sep.csv", 209, 19, 11, (1, 5)),
        ("forms/only-title.csv", 114, 19, 6, (1, 5)),
        ("names/RATINGS.CSV.GZ", 209, 19, 11, (1, 5)),
        ("names/demo.csv", 212, 29, 11, (1, 5)),
        ("names/same-title-same-year.csv", 638, 29, 30, (1, 5)),
        ("small/ten.csv", 160, 20, 8, (1, 5)),
        ("forms/08-kaggle-ml20m-names", 319, 29, 11, (0.5, 5)),
    ],
)
def test_every_rating_is_read(name, ratings, users, items, levels):
    found = read(name)
    assert (len(found), found.n_users, found.n_items) == (ratings, users, items)
    assert (found.scale.min, found.scale.max) == levels
    assert found.refused is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("quotes/inch-one.csv", '5" disc'),
        ("quotes/quoted-then-text.csv", '"12 inch" single'),
        ("quotes/backslash-quotes.csv", 'Again: the Real "J. P." Through Life 1'),
        ("forms/cp1252-quotes.csv", "Schindler’s “List” 1 – €5"),
        ("forms/only-title.csv", "The Old Men"),
        ("forms/title-as-item-id.csv", "Toy Tale"),
        ("names/with.csv", "Fixed Film 1"),
    ],
)
def test_titles_are_as_they_were_written(name, title):
    assert title in read(name).item_table["title"].tolist()


def test_a_line_with_too_many_cells_is_refused_with_its_number():
    found = read("ragged/extra-comma.csv")
    assert found.quality.refused == {"5 cells instead of 4": 1}
    assert found.refused.to_dict("records") == [
        {"line": 3, "reason": "5 cells instead of 4", "text": "1,2,4,Good, Bad and Ugly"}
    ]
    assert found.users.ids.tolist() == [1, 2]


def test_a_header_of_numbers_is_no_row_and_needs_the_roles_of_its_columns():
    with pytest.raises(DataError, match="has no user and no item and no rating among: column 1, 0, 1, 2"):
        read("header/numeric-header.csv")
    found = read("header/numeric-header.csv", user="0", item="1", rating="2")
    assert (len(found), found.n_users, found.n_items, found.scale.min, found.scale.max) == (209, 19, 11, 1, 5)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "in a zip"])
def test_a_matrix_is_offered_as_one_and_never_read_as_rows(tmp_path, packed):
    path = CASES / "header/jester.csv"
    if packed:
        path = tmp_path / "jester.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(CASES / "header/jester.csv", "jester.csv")
    with pytest.raises(DataError, match="like a matrix with a row per user and a column per item"):
        data.load(path)
    assert [question.about for question in guess(open_files(path)).questions] == ["form", "missing"]
    found = data.load(path, parse_choices([], "form=wide,missing=99"))
    assert (len(found), found.n_users) == (182, 13)
    assert -10 <= found.scale.min < found.scale.max <= 10
    assert found.quality.refused == {"written as not rated": 198}


@pytest.mark.parametrize(
    ("name", "value", "left"), [("forms/minus-one.csv", "-1", (3, 10)), ("forms/zeros-semicolons.csv", "0", (1, 10))]
)
def test_a_value_that_may_mean_not_rated_is_asked_about_and_never_assumed(name, value, left):
    assert asked(name) == ["missing"]
    assert read(name).scale.min == float(value)
    found = read(name, missing=value)
    assert (found.scale.min, found.scale.max) == left
    assert found.quality.refused["written as not rated"] == len(read(name)) - len(found)


@pytest.mark.parametrize(("name", "largest"), [("scale/upto5000.csv", 4976), ("scale/weight.csv", 340_458)])
def test_counts_are_offered_as_implicit_or_on_a_log_scale(name, largest):
    assert asked(name) == ["values"]
    assert read(name).scale.max == largest
    assert read(name, values="log").scale.max < 13
    implicit = read(name, values="implicit")
    assert (implicit.scale.min, implicit.scale.max, set(implicit.rating.tolist())) == (0, 1, {1.0})


@pytest.mark.parametrize("name", ["scale/thirds2.csv", "scale/averaged.csv"])
def test_the_ends_of_a_scale_are_exact(name):
    found = read(name)
    assert (found.scale.min, found.scale.max) == (1, 5)
    assert asked(name) == []


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("times/pandas-utc.csv", "2020-09-13 12:26:02", None),
        ("times/iso-offset.csv", "2020-09-13 10:26:02", None),
        ("times/iso-minutes-t.csv", "2020-09-13 12:02:00", None),
        ("times/amazon-text.csv", "2013-03-02 00:00:00", None),
        ("times/yyyymmdd.csv", "2020-03-02 00:00:00", "2020-07-14 00:00:00"),
        ("times/year.csv", "2002-01-01 00:00:00", None),
    ],
)
def test_times_are_read_in_every_form_that_people_write(name, first, last):
    times = read(name).timestamp
    assert utc(times[0]) == first
    assert last is None or utc(times[-1]) == last


def test_times_that_are_no_times_are_said():
    found = read("forms/Electronics.csv")
    assert found.timestamp is None
    assert found.source.notes == "1 of 209 rows have no timestamp, so times are not used."


def test_ids_that_a_gap_has_made_floats_are_whole_again():
    found = read("ids/float-ids.csv")
    assert found.items.ids.tolist() == [10, 11]
    assert found.users.ids.tolist() == ["-3", "1", "2.5", "1e3"]
    assert found.quality.refused == {"no item": 1, "no user": 1}


def test_tables_beside_the_ratings_name_the_items():
    items = read("forms/08-kaggle-ml20m-names").item_table
    assert items["title"].tolist()[0] == "The Film 1"
    assert (items["year"].tolist()[0], items["genres"].tolist()[0], items["tmdb_id"].tolist()[0]) == (
        1951,
        "Drama|War",
        801,
    )


def test_genres_may_be_lists():
    assert read("forms/genres-as-lists.csv").item_table["genres"].tolist()[0] == "Action|Sci-Fi"


def test_the_same_bytes_give_the_same_under_any_name_and_in_any_order(tmp_path):
    content = gzip.decompress((CASES / "names/RATINGS.CSV.GZ").read_bytes())
    plain = data.load(table(tmp_path / "first.tsv", content))
    for name, packed in (("second", content), ("third.dat", gzip.compress(content)), ("fourth.csv", content)):
        found = data.load(table(tmp_path / name, packed))
        assert (found.fingerprint, found.scale) == (plain.fingerprint, plain.scale)
