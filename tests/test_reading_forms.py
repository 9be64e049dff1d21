"""Every form in which ratings are given away: JSON, parquet, matrices, blocks, RecBole, Book-Crossing, Kaggle ..."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pandas as pd
import pytest

from reco_core import data
from reco_core.data.files import open_files
from reco_core.data.reading import guess, parse_choices
from reco_core.errors import DataError
from tests.data_files import folder, table, zipped

ROWS = [("u1", "a", 4), ("u1", "b", 2), ("u2", "a", 5), ("u10", "c", 1)]
COMMA = "user,item,rating\n" + "".join(f"{u},{i},{r}\n" for u, i, r in ROWS)
NUMBERED = "".join(f'"{n}","{u}","{i}",{r}\n' for n, (u, i, r) in enumerate(ROWS, 1))
BLOCKS = "1:\nu1,4,2020-01-02\nu2,5,2020-01-03\n2:\nu1,2,2020-01-02\n3:\nu10,1,2020-01-04\n"
RECBOLE = "user_id:token\titem_id:token\trating:float\n" + "".join(f"{u}\t{i}\t{r}\n" for u, i, r in ROWS)


def check(ratings):
    """The rows of ROWS, whatever they were read from."""
    assert ratings.users.ids.tolist() == ["u1", "u2", "u10"]
    assert ratings.items.ids.tolist() == ["a", "b", "c"]
    users, items = ratings.users.decode(ratings.user_index), ratings.items.decode(ratings.item_index)
    assert list(zip(users, items, ratings.rating.tolist(), strict=True)) == ROWS
    assert ratings.quality.adds_up(len(ROWS))


def parquet(rows) -> bytes:
    out = io.BytesIO()
    pd.DataFrame(rows, columns=["user", "item", "rating"]).to_parquet(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.csv", COMMA.encode()),
        ("R.CSV", COMMA.encode()),
        ("ratings", COMMA.encode()),
        ("r.xyz", gzip.compress(COMMA.encode())),
        ("r.csv", COMMA.replace(",", ";").encode("utf-16")),
        ("r.csv", COMMA.encode("utf-16-le")),
        ("r.csv", b"sep=;\n" + COMMA.replace(",", ";").encode()),
        ("r.csv", COMMA.replace(",", ", ").encode()),
        ("r.csv", COMMA.replace(",", "^").encode()),
        ("r.csv", ("# by hand\n# 2026\n" + COMMA).encode()),
        ("r.csv", ('"","user","item","rating"\n' + NUMBERED).encode()),
        ("r.txt", ("user item rating\n" + NUMBERED.replace(",", " ")).encode()),
        ("r.txt", "".join(f"{u:<8}{i:<5}{r}\n" for u, i, r in ROWS).encode()),
        ("r.inter", RECBOLE.encode()),
        ("r.json", "".join(json.dumps({"user": u, "item": i, "rating": r}) + "\n" for u, i, r in ROWS).encode()),
        ("r.json", json.dumps([{"user": u, "item": i, "rating": r} for u, i, r in ROWS], indent=1).encode()),
        ("r.parquet", parquet(ROWS)),
        ("r.csv", parquet(ROWS)),
        ("r.txt", BLOCKS.encode()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_same_ratings_in_every_form(tmp_path, name, content):
    ratings = data.load(table(tmp_path / name, content))
    if content == BLOCKS.encode():  # blocks name items by number, in their order
        assert ratings.items.ids.tolist() == [1, 2, 3]
        assert ratings.rating.tolist() == [4, 5, 2, 1]
        assert ratings.timestamp is not None
        assert "blocks" in ratings.source.notes
    else:
        check(ratings)


def test_a_zip_under_another_name_is_a_zip(tmp_path):
    check(data.load(zipped(tmp_path / "ratings.csv", {"mine.csv": COMMA.encode()})))


def test_numbers_in_parquet_are_read_as_they_are(tmp_path):
    rows = pd.DataFrame({"userId": [1, 2, 2], "movieId": [10.0, 10.0, float("nan")], "rating": [0.5, 5, 3]})
    rows["timestamp"] = pd.to_datetime([1600000000, 1600000001, 1600041600], unit="s", utc=True)
    rows.to_parquet(tmp_path / "r.parquet")
    ratings = data.load(tmp_path / "r.parquet")
    assert (ratings.users.ids.tolist(), ratings.items.ids.tolist()) == ([1, 2], [10])
    assert ratings.timestamp.tolist() == [1600000000, 1600000001]
    assert ratings.quality.refused == {"no item": 1}
    assert ratings.refused["text"].tolist() == ["2, , 3, 2020-09-14 00:00:00+00:00"]


def test_lines_that_are_no_objects_are_refused(tmp_path):
    text = '{"reviewerID": "A", "asin": "1", "overall": 5.0, "unixReviewTime": 1252800000}\n'
    text += (
        'oops\n\n[1]\n{"reviewerID": "B", "asin": "1", "overall": 3.0, "unixReviewTime": 1252800001}\n{"asin": "2"}\n'
    )
    ratings = data.load(table(tmp_path / "reviews.json", text))
    assert (ratings.rating.tolist(), ratings.timestamp.tolist()) == ([5, 3], [1252800000, 1252800001])
    assert ratings.quality.refused == {"no JSON object": 2, "no user": 1}
    assert ratings.quality.empty == 1


def test_a_matrix_with_names_is_read_by_them_when_it_is_said_to_be_one(tmp_path):
    text = "reader,Emma,Dune,Ulysses,Beloved,Hamlet,Medea\n" + "ann,5,,3,1,,2\nbob,,4,2,,5,\n"
    path = table(tmp_path / "books.csv", text)
    with pytest.raises(DataError, match="like a matrix"):
        data.load(path)
    ratings = data.load(path, {"form": "wide"})
    assert ratings.users.ids.tolist() == ["ann", "bob"]
    assert ratings.items.ids.tolist() == ["Beloved", "Dune", "Emma", "Hamlet", "Medea", "Ulysses"]
    assert len(ratings) == 7


def test_book_crossing_with_its_books_and_users(tmp_path):
    members = {
        "BX-Book-Ratings.csv": b'"User-ID";"ISBN";"Book-Rating"\n"1";"034545104X";"0"\n"2";"0155061224";"5"\n'
        b'"2";"034545104X";"7"\n',
        "BX-Books.csv": '"ISBN";"Book-Title";"Book-Author";"Year-Of-Publication";"Image-URL-M"\n'
        '"034545104X";"Flesh Tones: A Novel";"M. J. Rose";"2002";"http://images.example/1.jpg"\n'
        '"0155061224";"R\xe9sum\xe9 & \\"More\\"";"Judith";"0";"http://images.example/2.jpg"\n'.encode("latin-1"),
        "BX-Users.csv": b'"User-ID";"Location";"Age"\n"1";"nyc";NULL\n"2";"stockton";"18"\n',
    }  # fmt: skip
    ratings = data.load(folder(tmp_path / "bx", members))
    items = ratings.item_table
    assert ratings.items.ids.tolist() == ["034545104X", "0155061224"]
    assert items["title"].tolist() == ["Flesh Tones: A Novel", 'Résumé & "More"']
    assert items["image"].tolist()[0] == "http://images.example/1.jpg"
    assert items["year"].tolist()[0] == 2002
    assert ratings.user_table["Age"].tolist() == ["NULL", "18"]


def test_the_movies_dataset_is_joined_by_the_ids_of_tmdb(tmp_path):
    metadata = (
        "adult,genres,id,imdb_id,original_title,overview,poster_path,release_date,title\n"
        "False,\"[{'id': 16, 'name': 'Animation'}, {'id': 35, 'name': 'Comedy'}]\",862,tt0114709,Toy Story,"
        '"Led by Woody,\nAndy\'s toys",/p.jpg,1995-10-30,Toy Story\n'
        "False,[],1,tt0000001,Wrong,by its own id,/w.jpg,1990-01-01,Wrong\n"
    )
    members = {
        "ratings_small.csv": b"userId,movieId,rating,timestamp\n1,1,4.0,964982703\n1,2,3.5,964981247\n",
        "links_small.csv": b"movieId,imdbId,tmdbId\n1,0114709,862.0\n2,0000002,\n",
        "movies_metadata.csv": metadata.encode(),
    }
    ratings = data.load(zipped(tmp_path / "archive.zip", members, inside=""))
    items = ratings.item_table
    assert items["title"].tolist() == ["Toy Story", "Movie 2"]
    assert (items["year"].tolist()[0], items["genres"].tolist()[0]) == (1995, "Animation|Comedy")
    assert items["tmdb_id"].tolist()[0] == 862


def test_recbole_files_with_their_items(tmp_path):
    members = {
        "ml.inter": b"user_id:token\titem_id:token\trating:float\ttimestamp:float\n1\t7\t4\t881250949\n"
        b"2\t7\t3\t881250950\n",
        "ml.item": b"item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
        b"7\tTwelve Monkeys\t1995\tDrama Sci-Fi\n",
        "ml.user": b"user_id:token\tage:token\n1\t24\n2\t53\n",
    }
    ratings = data.load(folder(tmp_path / "ml", members))
    assert ratings.item_table["title"].tolist() == ["Twelve Monkeys"]
    assert ratings.timestamp.tolist() == [881250949, 881250950]
    assert ratings.user_table is not None


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<!DOCTYPE html>\n<html><body>404</body></html>", "a web page or an XML file"),
        (b'\xef\xbb\xbf  <?xml version="1.0"?><a/>', "a web page or an XML file"),
        (b"%PDF-1.7 ...", "a PDF file"),
        (b"SQLite format 3\0" + bytes(200), "an SQLite file"),
        (b"\x80\x05\x95" + bytes(100), "a pickle"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a picture"),
        (bytes(500), "a binary file"),
    ],
)
def test_what_is_no_table_is_called_what_it_is(tmp_path, content, what):
    with pytest.raises(DataError, match=rf"r\.csv is {what}"):
        data.load(table(tmp_path / "r.csv", content))


def test_a_workbook_is_asked_to_be_saved_as_csv(tmp_path):
    with zipfile.ZipFile(tmp_path / "r.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", "<a/>")
    with pytest.raises(DataError, match="an Office document: save its sheet as CSV"):
        data.load(tmp_path / "r.xlsx")


def test_of_two_files_with_ratings_the_choice_is_said_and_can_be_changed(tmp_path):
    members = {"a/ratings.csv": COMMA.encode(), "b/ratings.csv": COMMA.replace("u10", "u9").encode()}
    path = zipped(tmp_path / "both.zip", members, inside="")
    first = data.load(path)
    assert "could be read as well" in first.source.notes
    other = guess(open_files(path)).plan.file
    named = "b/ratings.csv" if other == "ratings.csv" and "u10" in first.users.ids.tolist() else "a/ratings.csv"
    assert data.load(path, {"file": named}).fingerprint != first.fingerprint


def test_choices_stand_behind_a_source_or_beside_it(tmp_path):
    path = table(tmp_path / "mine.csv", "who;what;how\nann;x;-1\nann;y;3,5\nbob;x;4\n")
    columns, read = "user=who,item=what,rating=how", "missing=-1"
    beside = data.load(path, parse_choices(columns, read))
    behind = data.load(f"{path}?user=who&item=what&rating=how&missing=-1")
    assert beside.fingerprint == behind.fingerprint
    assert behind.rating.tolist() == [3.5, 4]


@pytest.mark.parametrize(
    ("columns", "read", "message"),
    [
        ("user", "", "A column is written name=value"),
        ("person=x", "", "with a name of user, item, rating, time"),
        ("user=nope", "", "The column of the user must be one of who, what, how; got nope"),
        ("", "delimiter=zzz", "must be one character"),
        ("", "encoding=ebcdic", "must be one of utf-8"),
        ("", "core=many", "core must be a whole number"),
        ("", "core=5000", "less than or equal to 1000"),
        ("", "header=perhaps", "header must be yes or no"),
        ("", "form=magic", "should be 'table'"),
    ],
)
def test_a_choice_that_cannot_be_is_said_in_one_sentence(tmp_path, columns, read, message):
    path = table(tmp_path / "mine.csv", "who;what;how\nann;x;1\nann;y;3\nbob;x;4\n")
    with pytest.raises(DataError, match=message):
        data.load(path, parse_choices(columns or (), read or ()))
