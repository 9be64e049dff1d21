"""Tables of one's own that cannot be read, that are not there, and any file at all; large ones in pieces."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core import data
from reco_core.data.reading.lines import lines
from reco_core.errors import DataError
from reco_core.ratings import Quality
from tests.data_files import table
from tests.own_tables import OWN


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", r"at least one line; a\.csv is empty"),
        ("a.csv", b"\n \n", r"at least one line; a\.csv is empty"),
        ("a.csv", b"user,item,rating\n", r"at least one rating; a\.csv has none"),
        ("a.csv", b"user,item,rating\n,,\n", "at least one"),
        ("a.csv", b"1,2\n3,4\n", r"columns user, item, rating and optionally timestamp; a\.csv has 2"),
        ("a.csv", b"person,film,rating\n1,2,3\n", r"a\.csv has no user among: person, film, rating"),
        ("a.csv", b"title\nx\n", "has no user and no item and no rating"),
        ("a.csv", b"user,item,rating\n1,2,good\n", "at least one row with a user, an item and a rating; got none"),
        ("a.csv", b"user,item,rating\n1,2,3\n2,2,3\n", "at least two different ratings; got 1"),
        ("a.csv", bytes(range(256)) * 20, "."),
        ("a.zip", b"PK\x03\x04 and then nothing", r"a\.zip is not a complete zip file"),
        ("a.zip", b"", r"a\.zip is not a complete zip file"),
        ("a.csv.gz", b"\x1f\x8b and then nothing", r"a\.csv\.gz of a\.csv\.gz cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(tmp_path, name, content, message):
    with pytest.raises(DataError, match=message) as caught:
        data.load(table(tmp_path / name, content))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("source", ["netflix", "/nowhere/at/all.csv"])
def test_a_source_that_does_not_exist_is_answered_with_what_a_source_is(source):
    with pytest.raises(DataError, match=f"A source must be a dataset's name .demo, ml-100k, .* got {source}"):
        data.load(source)


def test_a_named_dataset_that_is_not_here_says_how_to_fetch_it():
    with pytest.raises(DataError, match="ml-25m is not on this computer yet: download it with `reco data download ml"):
        data.load("ml-25m")


def test_large_files_are_read_in_pieces_of_whole_lines():
    text = 'a,"x\ny"\n' * 50 + "b,ü\r\n" * 50
    for size in (7, 64, 100_000):
        pieces = list(lines(io.BytesIO(text.encode()), piece=size))
        assert b"".join(pieces).decode() == text.replace("\r\n", "\n")
        assert all(piece.endswith(b"\n") for piece in pieces)


def test_pieces_do_not_change_the_rows(tmp_path, monkeypatch):
    rows = [(user, item, 1 + (user * item) % 5) for user in range(60) for item in range(50)]
    path = table(tmp_path / "own.csv", "user,item,rating\n" + "".join(f"{u},{i},{r}\n" for u, i, r in rows))
    monkeypatch.setattr("reco_core.data.reading.text_pieces.PIECE", 1000)
    ratings = data.load(path)
    pairs = zip(ratings.user_index, ratings.item_index, ratings.rating, strict=True)
    assert [tuple(map(int, pair)) for pair in pairs] == rows


@settings(deadline=None, max_examples=40)
@given(
    st.dictionaries(st.tuples(st.integers(0, 2**40), st.integers(0, 2**40)), st.integers(1, 10), min_size=1).filter(
        lambda rows: len(set(rows.values())) > 1
    )
)
def test_what_is_written_is_what_is_read(tmp_path_factory, rows):
    text = "user,item,rating\n" + "".join(f"{user},{item},{stars / 2}\n" for (user, item), stars in rows.items())
    ratings = data.load(table(tmp_path_factory.mktemp("own") / "own.csv", text))
    users, items = ratings.users.decode(ratings.user_index), ratings.items.decode(ratings.item_index)
    assert (
        dict(zip(zip(users.tolist(), items.tolist(), strict=True), (ratings.rating * 2).tolist(), strict=True)) == rows
    )
    assert ratings.quality == Quality(lines=len(rows) + 1, header=1)


@settings(deadline=None, max_examples=80)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text('0123456789,;|:\t\n\r"-.eunasritg', max_size=200).map(str.encode),
        st.tuples(st.sampled_from(OWN), st.text(max_size=5), st.integers(0, 60)).map(
            lambda parts: (parts[0][: parts[2]] + parts[1] + parts[0][parts[2] :]).encode()
        ),
    )
)
def test_any_file_is_read_or_refused_in_one_sentence(tmp_path_factory, content):
    try:
        ratings = data.load(table(tmp_path_factory.mktemp("own") / "own.csv", content))
    except DataError as error:
        assert "\n" not in str(error)
    else:
        assert ratings.quality.rows_read >= len(ratings) > 0
