"""Tables of one's own: any dress, ids, bad rows, scales, times, and one sentence for what cannot be read."""

from __future__ import annotations

import gzip

import pytest

from reco_core import data
from reco_core.encode import RatingScale
from reco_core.ratings import Quality
from tests.data_files import folder, table
from tests.own_tables import OWN


@pytest.mark.parametrize("text", OWN)
@pytest.mark.parametrize("encode", [
    lambda text: text.encode(),
    lambda text: b"\xef\xbb\xbf" + text.encode(),
    lambda text: text.encode("utf-16"),
    lambda text: text.replace("\n", "\r\n").encode(),
    lambda text: text.replace("\n", "\r").encode(),
], ids=["utf-8", "byte order mark", "utf-16", "crlf", "cr"])  # fmt: skip
def test_a_table_of_ones_own_in_any_dress(tmp_path, text, encode):
    ratings = data.load(table(tmp_path / "own.csv", encode(text)))
    assert ratings.users.ids.tolist() == ["ann", "bob"]
    assert ratings.items.ids.tolist() == ["x", "y"]
    assert ratings.rating.tolist() == [3, 4]
    assert (ratings.name, ratings.source.title) == ("own", "own")
    assert ratings.timestamp is None or ratings.timestamp.tolist() == [100, 200]


def test_accents_are_read_from_utf_8_and_latin_1(tmp_path):
    text = "user,item,rating\nZoë,Amélie,3\nJürgen,Ça,4\n"
    for name, encoding in (("a.csv", "utf-8"), ("b.csv", "latin-1")):
        ratings = data.load(table(tmp_path / name, text.encode(encoding)))
        assert ratings.items.ids.tolist() == ["Amélie", "Ça"]


def test_titles_years_and_genres_can_stand_in_the_same_table(tmp_path):
    text = (
        "user,item,rating,title,genres,year\n1,7,3,,,\n"
        '2,7,4,"Matrix, The (1999)",Action; Sci-Fi,\n2,8,5,"Hours, The",Drama,2002\n'
    )
    items = data.load(table(tmp_path / "own.csv", text)).item_table
    assert items["title"].tolist() == ["The Matrix", "The Hours"]
    assert items["year"].tolist() == [1999, 2002]
    assert items["genres"].tolist() == ["Action|Sci-Fi", "Drama"]


def test_a_title_may_hold_a_line_break_and_quotes(tmp_path):
    text = 'user,item,rating,title\n1,7,3,"Two\nlines, ""quoted"""\n2,7,4,\n'
    assert data.load(table(tmp_path / "own.csv", text)).item_table["title"].tolist() == ['Two lines, "quoted"']


def test_a_gzipped_table(tmp_path):
    path = table(tmp_path / "own.csv.gz", gzip.compress(b"user,item,rating\n1,2,3\n2,2,4\n"))
    assert (data.load(path).name, len(data.load(path))) == ("own", 2)


def test_ids_that_are_numbers_sort_as_numbers_and_others_naturally(tmp_path):
    assert data.load(table(tmp_path / "a.csv", "10,1,3\n9,1,4\n")).users.ids.tolist() == [9, 10]
    assert data.load(table(tmp_path / "b.csv", "10,1,3\n9a,1,4\n")).users.ids.tolist() == ["9a", "10"]


def test_leading_zeros_of_ids_are_kept(tmp_path):
    ratings = data.load(table(tmp_path / "own.csv", "user,item,rating\n007,1,3\n7,2,4\n"))
    assert ratings.users.ids.tolist() == ["007", "7"]


def test_huge_ids_stay_apart(tmp_path):
    near = [2**60, 2**60 + 1]
    ratings = data.load(table(tmp_path / "a.csv", "".join(f"{user},5,{3 + i}\n" for i, user in enumerate(near))))
    assert ratings.users.ids.tolist() == near
    longer = ["123456789012345678901234567890", "123456789012345678901234567891"]
    ratings = data.load(table(tmp_path / "b.csv", "".join(f"{user},5,{3 + i}\n" for i, user in enumerate(longer))))
    assert ratings.users.ids.tolist() == longer


def test_ids_written_as_floats_are_whole_numbers(tmp_path):
    text = "user,item,rating,title\n1.0,5.0,3,A (1990)\n2.0,,4,\n10.0,5.0,4,\n"
    ratings = data.load(table(tmp_path / "own.csv", text))
    assert ratings.users.ids.tolist() == [1, 10]
    assert ratings.item_table["title"].tolist() == ["A"]


def test_bad_rows_are_counted_and_left_out(tmp_path):
    text = "user,item,rating,timestamp\n1,5,3,10\n,5,4,11\n2,,4,12\n2,6,none,13\n3,6,nan,14\n3,7,inf,15\n4,7,4,16\n"
    ratings = data.load(table(tmp_path / "own.csv", text))
    refused = {"no user": 1, "no item": 1, "no rating": 2, "the rating is infinite or too large": 1}
    assert ratings.quality == Quality(lines=8, header=1, refused=refused)
    assert ratings.refused["line"].tolist() == [3, 4, 5, 6, 7]
    assert ratings.refused["text"].tolist()[0] == ",5,4,11"
    assert ratings.users.ids.tolist() == [1, 4]
    assert ratings.timestamp.tolist() == [10, 16]


def test_of_a_repeated_pair_the_newest_stays_in_its_place(tmp_path):
    text = "user,item,rating,timestamp\n1,5,3,30\n1,6,2,1\n1,5,4,50\n1,5,5,40\n1,6,1,1\n"
    ratings = data.load(table(tmp_path / "own.csv", text))
    assert ratings.rating.tolist() == [4, 1]
    assert ratings.quality.duplicates == 3
    ratings = data.load(table(tmp_path / "b.csv", "1,5,3\n1,6,2\n1,5,4\n"))
    assert ratings.rating.tolist() == [2, 4]


def test_a_rating_off_the_movielens_scale_is_counted_as_an_error_only_where_it_is_rare(tmp_path):
    rows = "".join(f"{user}\t{item}\t{1 + (user + item) % 5}\t1\n" for user in range(20) for item in range(20))
    ratings = data.load(folder(tmp_path / "a", {"u.data": (rows + "99\t1\t9\t1\n99\t2\t0\t1\n").encode()}))
    assert ratings.quality.refused == {"off the scale": 2}
    assert ratings.scale == RatingScale(1, 5, 1)
    ratings = data.load(folder(tmp_path / "b", {"u.data": b"1\t1\t10\t1\n2\t1\t7\t1\n3\t1\t8\t1\n"}))
    assert (ratings.scale, ratings.quality.refused) == (RatingScale(7, 10, 1), {})


def test_own_scales_are_inferred(tmp_path):
    ratings = data.load(table(tmp_path / "own.csv", "1,1,0.1\n1,2,0.3\n2,1,1\n2,2,0.2\n"))
    assert ratings.scale == RatingScale(0.1, 1, 0.1)
    ratings = data.load(table(tmp_path / "b.csv", "1,1,-9.5\n1,2,10\n2,1,0\n"))
    assert (ratings.scale.min, ratings.scale.max) == (-9.5, 10)


@pytest.mark.parametrize(
    ("times", "seconds"),
    [
        (["1600000000", "1600000001"], [1600000000, 1600000001]),
        (["1600000000000", "1600000001999"], [1600000000, 1600000001]),
        (["1600000000000000000", "1600000001999999999"], [1600000000, 1600000001]),
        (["1600000000.7", "1.6e9"], [1600000000, 1600000000]),
        (["1600000000", "99999999999"], None),
        (["-99999999999", "1600000000"], None),
        (["2020-09-13 12:26:40", "2020-09-13T12:26:41Z"], [1600000000, 1600000001]),
        (["1970-01-02", "02.01.1970"], [86400, 86400]),
        (["1600000000", ""], None),
        (["soon", "later"], None),
    ],
)
def test_times_are_seconds_milliseconds_or_dates_in_every_row_or_none(tmp_path, times, seconds):
    text = f"user,item,rating,timestamp\n1,1,3,{times[0]}\n2,1,4,{times[1]}\n"
    ratings = data.load(table(tmp_path / "own.csv", text))
    assert ratings.timestamp is None if seconds is None else ratings.timestamp.tolist() == seconds


def test_rows_without_a_time_are_said_in_the_notes(tmp_path):
    ratings = data.load(table(tmp_path / "own.csv", "user,item,rating,timestamp\n1,1,3,5\n2,1,4,\n"))
    assert ratings.source.notes == "1 of 2 rows have no timestamp, so times are not used."


def test_a_name_that_comes_twice_in_a_header_means_its_first_column(tmp_path):
    text = "user,item,rating,rating,title\n1,5,3,9,A\n2,5,4,9,A\n"
    assert data.load(table(tmp_path / "own.csv", text)).rating.tolist() == [3, 4]
