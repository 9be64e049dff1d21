"""Every format is read as it is written: encodings, separators, titles, ids, faults, hostile zips."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core import data
from reco_core.data import files as limits
from reco_core.data.tables import chunks
from reco_core.data.titles import split_title
from reco_core.encode import RatingScale
from reco_core.errors import DataError
from reco_core.ratings import Quality

U_ITEM = (
    "7|Matrix, The (1999)|01-Jan-1999||http://x|0|1|0|0|0|0|0|0|0|0|0|0|0|0|0|1|0|0|0\n"
    "9|Double vie de Véronique, La (1991)|01-Jan-1991||http://x|0|0|0|0|0|0|0|0|1|0|0|0|0|0|0|0|0|0|0\n"
    "8|unknown||||1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
    "5|Never Rated (1980)|01-Jan-1980||http://x|0|1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
)
MOVIELENS_100K = {
    "u.data": b"3\t9\t4\t880000000\n1\t7\t5\t880000001\n1\t9\t2\t880000002\n3\t8\t3\t880000003\n",
    "u.item": U_ITEM.encode("latin-1"),
    "u.user": b"1|24|M|technician|85711\n2|53|F|other|94043\n3|23|F|writer|32067\n",
    "u1.base": b"3\t9\t4\t880000000\n1\t7\t5\t880000001\n3\t8\t3\t880000003\n",
    "u1.test": b"1\t9\t2\t880000002\n",
}
MOVIELENS_1M = {
    "ratings.dat": b"1::10::5::978300760\n2::20::3::978302109\n",
    "movies.dat": "10::Postino, Il (Postman, The) (1994)::Drama|Romance\n20::Amélie (2001)::Comedy\n".encode("latin-1"),
    "users.dat": b"1::F::1::10::48067\n2::M::56::16::70072\n",
}
MOVIELENS_CSV = {
    "ratings.csv": b"userId,movieId,rating,timestamp\n1,1,4.0,964982703\n1,3,0.5,964981247\n2,1,4.5,964982224\n",
    "movies.csv": "movieId,title,genres\n1,Toy Story (1995),Animation|Children\n2,Unrated (1990),Drama\n"
    '3,"City of Lost Children, The (Cité des enfants perdus, La) (1995)",(no genres listed)\n'.encode(),
    "links.csv": b"movieId,imdbId,tmdbId\n1,0114709,862\n3,0112682,\n",
    "tags.csv": b'userId,movieId,tag,timestamp\n1,1,pixar,1\n2,1,Pixar,2\n2,1,"fun, really",3\n',
}


def folder(path: Path, members: dict[str, bytes]) -> Path:
    path.mkdir(exist_ok=True)
    for name, content in members.items():
        (path / name).write_bytes(content)
    return path


def zipped(path: Path, members: dict[str, bytes], inside: str = "data/") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(inside + name, content)
    return path


def table(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.fixture(params=["folder", "zip", "flat zip", "folder in folder"])
def packed(request, tmp_path):
    """Ways in which the same files can come."""

    def pack(members: dict[str, bytes]) -> Path:
        if request.param == "folder":
            return folder(tmp_path / "own", members)
        if request.param == "folder in folder":
            (tmp_path / "own").mkdir()
            folder(tmp_path / "own" / "inner", members)
            return tmp_path / "own"
        return zipped(tmp_path / "own.zip", members, "inner/" if request.param == "zip" else "")

    return pack


def test_movielens_100k_with_items_users_and_folds(packed):
    ratings = data.load(packed(MOVIELENS_100K))
    assert ratings.users.ids.tolist() == [1, 3]
    assert ratings.items.ids.tolist() == [7, 8, 9]
    assert ratings.user_index.tolist() == [1, 0, 0, 1]
    assert ratings.item_index.tolist() == [2, 0, 2, 1]
    assert ratings.rating.tolist() == [4, 5, 2, 3]
    assert ratings.timestamp.tolist() == [880000000, 880000001, 880000002, 880000003]
    assert ratings.scale == RatingScale(1, 5, 1)
    assert ratings.item_table["title"].tolist() == ["The Matrix", "unknown", "La Double vie de Véronique"]
    assert ratings.item_table["year"].tolist()[::2] == [1999, 1991]
    assert ratings.item_table["genres"].tolist() == ["Action|Sci-Fi", "", "Drama"]
    assert ratings.user_table["age"].tolist() == [24, 23]
    assert ratings.user_table["occupation"].tolist() == ["technician", "writer"]
    assert {name: rows.tolist() for name, rows in ratings.folds.items()} == {"u1": [2]}


def test_movielens_1m_with_double_colons_and_latin_1(packed):
    ratings = data.load(packed(MOVIELENS_1M))
    assert ratings.item_table["title"].tolist() == ["Il Postino (The Postman)", "Amélie"]
    assert ratings.item_table["genres"].tolist() == ["Drama|Romance", "Comedy"]
    assert ratings.user_table["gender"].tolist() == ["F", "M"]
    assert ratings.user_table["age"].tolist() == [1, 56]
    assert ratings.user_table["occupation"].tolist() == ["K-12 student", "self-employed"]


def test_movielens_10m_has_half_stars_and_tags(packed):
    tags = b"1::10::sad::1\n2::10::sad::2\n2::10::mail::3\n"
    ratings = data.load(packed(MOVIELENS_1M | {"ratings.dat": b"1::10::4.5::1\n2::20::3::2\n", "tags.dat": tags}))
    assert ratings.scale == RatingScale(0.5, 5, 0.5)
    assert ratings.item_table["tags"].tolist() == ["sad|mail", ""]


def test_movielens_csv_with_links_and_tags(packed):
    ratings = data.load(packed(MOVIELENS_CSV))
    assert ratings.scale == RatingScale(0.5, 5, 0.5)
    items = ratings.item_table
    assert items["title"].tolist() == ["Toy Story", "The City of Lost Children (La Cité des enfants perdus)"]
    assert items["genres"].tolist() == ["Animation|Children", ""]
    assert items["tmdb_id"].tolist()[0] == 862
    assert items["tmdb_id"].isna().tolist() == [False, True]
    assert items["imdb_id"].tolist() == ["tt0114709", "tt0112682"]
    assert items["tags"].tolist() == ["pixar|fun, really", ""]


def test_movielens_without_the_extra_files_has_items_by_id(packed):
    ratings = data.load(packed({"u.data": MOVIELENS_100K["u.data"]}))
    assert ratings.item_table["title"].tolist() == ["Item 7", "Item 8", "Item 9"]
    assert ratings.user_table is None
    assert ratings.folds == {}


OWN = [
    "user,item,rating\nann,x,3\nbob,y,4\n",
    "userId,movieId,rating,timestamp\nann,x,3,100\nbob,y,4,200\n",
    "USER_ID;Item ID;Stars\nann;x;3,0\nbob;y;4,0\n",
    "rating\tuser\titem\n3\tann\tx\n4\tbob\ty\n",
    '"user","item","rating"\n"ann","x","3"\n"bob","y","4"\n',
    "ann,x,3\nbob,y,4\n",
    "ann\tx\t3\t100\nbob\ty\t4\t200\n",
    "ann::x::3::100\nbob::y::4::200\n",
    "\n\nuser,item,rating\n\nann,x,3\n\nbob,y,4",
    ",user,item,rating,comment\n0,ann,x,3,fine\n1,bob,y,4\n",
    " user , item , rating \n ann , x , 3 \n bob , y , 4 \n",
    "user,item,rating,timestamp\nann,x,3\nbob,y,4\n",
]


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


def test_ids_that_are_numbers_sort_as_numbers_and_others_as_text(tmp_path):
    assert data.load(table(tmp_path / "a.csv", "10,1,3\n9,1,4\n")).users.ids.tolist() == [9, 10]
    assert data.load(table(tmp_path / "b.csv", "10,1,3\n9a,1,4\n")).users.ids.tolist() == ["10", "9a"]


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
    assert ratings.quality == Quality(rows_read=7, missing=4, duplicates=0, out_of_scale=1)
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
    assert ratings.quality.out_of_scale == 2
    assert ratings.scale == RatingScale(1, 5, 1)
    ratings = data.load(folder(tmp_path / "b", {"u.data": b"1\t1\t10\t1\n2\t1\t7\t1\n3\t1\t8\t1\n"}))
    assert (ratings.scale, ratings.quality.out_of_scale) == (RatingScale(7, 10, 1), 0)


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


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", r"at least one line; a\.csv is empty"),
        ("a.csv", b"\n \n", r"at least one line; a\.csv is empty"),
        ("a.csv", b"user,item,rating\n", r"at least one rating; a\.csv has none"),
        ("a.csv", b"user,item,rating\n,,\n", "at least one"),
        ("a.csv", b"1,2\n3,4\n", r"columns user, item, rating and perhaps timestamp; a\.csv has 2"),
        ("a.csv", b"person,film,rating\n1,2,3\n", r"a\.csv has no user among: person, film, rating"),
        ("a.csv", b"title\nx\n", "has no user and no item and no rating"),
        ("a.csv", b"user,item,rating\n1,2,good\n", "at least one row with a user, an item and a rating; got none"),
        ("a.csv", b"user,item,rating\n1,2,3\n2,2,3\n", "at least two different ratings; got 1"),
        ("a.csv", bytes(range(256)) * 20, "."),
        ("a.zip", b"PK\x03\x04 and then nothing", r"a\.zip is not a whole zip file"),
        ("a.zip", b"", r"a\.zip is not a whole zip file"),
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
    with pytest.raises(DataError, match="ml-25m is not on this computer yet: fetch it with `reco data download ml"):
        data.load("ml-25m")


def test_a_folder_without_ratings_names_what_it_has(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\nc,d\n")
    (tmp_path / "y.csv").write_text("a,b\nc,d\n")
    with pytest.raises(DataError, match=r"one table .* with user, item and rating; .* has x\.csv, y\.csv"):
        data.load(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="empty has no table"):
        data.load(tmp_path / "empty")


def test_of_several_tables_the_one_with_ratings_is_read(tmp_path):
    members = {"films.csv": b"film,title\n5,A\n", "mine.csv": b"user,item,rating\n1,5,3\n2,5,4\n"}
    assert len(data.load(folder(tmp_path / "own", members))) == 2


def test_a_truncated_zip_is_said_to_be_damaged(tmp_path):
    path = zipped(tmp_path / "a.zip", MOVIELENS_CSV)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match=r"a\.zip is not a whole zip file"):
        data.load(path)


def test_a_zip_with_a_broken_member_is_said_to_be_damaged(tmp_path):
    path = zipped(tmp_path / "a.zip", {"u.data": b"".join(b"%d\t5\t3\t9\n" % user for user in range(2000))})
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 255
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"u\.data of a\.zip cannot be read"):
        data.load(path)


def test_names_that_lead_out_of_a_zip_are_not_opened(tmp_path):
    members = {"../u.data": b"1\t1\t5\t1\n", "/u.data": b"1\t1\t5\t1\n", "a/../u.data": b"1\t1\t5\t1\n"}
    path = zipped(tmp_path / "a.zip", members | {"C:\\u.data": b"1\t1\t5\t1\n"}, inside="")
    with pytest.raises(DataError, match=r"a\.zip has no table"):
        data.load(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.zip"]


def test_what_a_mac_adds_to_a_zip_is_passed_over(tmp_path):
    members = {f"ml/{name}": content for name, content in MOVIELENS_CSV.items()}
    members |= {f"__MACOSX/ml/._{name}": b"\0\5\26\7" for name in MOVIELENS_CSV}
    members |= {"__MACOSX/ml/ratings.csv": b"\0"}
    assert len(data.load(zipped(tmp_path / "a.zip", members, inside=""))) == 3


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = zipped(tmp_path / "a.zip", {"u.data": b"\n" * (limits.FREE_BYTES + 1)})
    with pytest.raises(DataError, match="may unpack to 100 times its size"):
        data.load(path)


def test_a_gzip_bomb_stops_at_the_limit(tmp_path):
    path = table(tmp_path / "a.csv.gz", gzip.compress(b"1,1,3\n" + b"\n" * (2 * limits.FREE_BYTES)))
    with pytest.raises(DataError, match="unpacks to more than"):
        data.load(path)


def test_a_member_beyond_the_largest_size_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_BYTES", 10)
    with pytest.raises(DataError, match=r"may unpack to 10 bytes; u\.data of"):
        data.load(zipped(tmp_path / "a.zip", MOVIELENS_100K))


def test_a_zip_with_too_many_members_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_MEMBERS", 3)
    with pytest.raises(DataError, match=r"at most 3 files; a\.zip holds 5"):
        data.load(zipped(tmp_path / "a.zip", MOVIELENS_100K))


def test_an_encrypted_zip_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", {"u.data": MOVIELENS_100K["u.data"]})
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the flag in the member's own header
    content[content.index(b"PK\1\2") + 8] |= 1  # and in the directory
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"must not be encrypted; a\.zip is"):
        data.load(path)


def test_a_member_that_is_longer_than_it_says_is_not_believed(tmp_path):
    path = zipped(tmp_path / "a.zip", {"u.data": b"1\t1\t3\t1\n" * 500})
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\1\2") + 24
    content[at : at + 4] = (90).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(DataError, match="cannot be read"):
        data.load(path)


def test_large_files_are_read_in_pieces_of_whole_lines():
    text = 'a,"x\ny"\n' * 50 + "b,ü\r\n" * 50
    for size in (7, 64, 100_000):
        pieces = list(chunks(io.BytesIO(text.encode()), size))
        assert b"".join(pieces).decode() == text.replace("\r\n", "\n")
        assert all(piece.count(b'"') % 2 == 0 for piece in pieces)


def test_pieces_do_not_change_the_rows(tmp_path, monkeypatch):
    rows = [(user, item, 1 + (user * item) % 5) for user in range(60) for item in range(50)]
    path = table(tmp_path / "own.csv", "user,item,rating\n" + "".join(f"{u},{i},{r}\n" for u, i, r in rows))
    monkeypatch.setattr("reco_core.data.rows.CHUNK", 1000)
    ratings = data.load(path)
    pairs = zip(ratings.user_index, ratings.item_index, ratings.rating, strict=True)
    assert [tuple(map(int, pair)) for pair in pairs] == rows


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        ("Toy Story (1995)", "Toy Story", 1995),
        ("Matrix, The (1999)", "The Matrix", 1999),
        ("Shanghai Triad (Yao a yao yao dao waipo qiao) (1995)", "Shanghai Triad (Yao a yao yao dao waipo qiao)", 1995),
        ("Postino, Il (1994)", "Il Postino", 1994),
        ("Godfather: Part II, The (1974)", "The Godfather: Part II", 1974),
        ("Seven (a.k.a. Se7en) (1995)", "Seven (a.k.a. Se7en)", 1995),
        ("Boot, Das (a.k.a. Boat, The) (1981)", "Das Boot (a.k.a. The Boat)", 1981),
        ("Thieves (Voleurs, Les) (1996)", "Thieves (Les Voleurs)", 1996),
        ("Star Maker, The (Uomo delle stelle, L') (1995)", "The Star Maker (L'Uomo delle stelle)", 1995),
        ("Land Before Time III (1995) (V)", "Land Before Time III", 1995),
        ("Death Note: Desu nôto (2006–2007)", "Death Note: Desu nôto", 2006),
        ("Fawlty Towers (1975-1979)", "Fawlty Towers", 1975),
        ("Atlanta (2016-)", "Atlanta", 2016),
        ("Two Friends (1986) ", "Two Friends", 1986),
        ("Babylon 5", "Babylon 5", None),
        ("unknown", "unknown", None),
        ("1984 (1984)", "1984", 1984),
        ("2001: A Space Odyssey", "2001: A Space Odyssey", None),
        ("(500) Days of Summer (2009)", "(500) Days of Summer", 2009),
        ("Good, the Bad and the Ugly, The (1966)", "The Good, the Bad and the Ugly", 1966),
        ("Corrina, Corrina (1994)", "Corrina, Corrina", 1994),
        ("I, Robot (2004)", "I, Robot", 2004),
        ("(1999)", "(1999)", None),
        ("", "", None),
    ],
)  # fmt: skip
def test_titles_as_people_read_them(text, title, year):
    assert split_title(text) == (title, year)


plain_titles = st.text("abcdefghij XYZ':!é", min_size=1).map(lambda text: " ".join(text.split())).filter(bool)


@given(plain_titles, st.integers(1890, 2030), st.sampled_from(["The", "A", "Les", "Il", "Der"]))
def test_year_and_article_of_any_title_are_found(title, year, article):
    assert split_title(f"{title} ({year})") == (title, year)
    assert split_title(f"{title}, {article} ({year})") == (f"{article} {title}", year)
    assert split_title(title) == (title, None)


@given(st.text())
def test_no_text_breaks_the_title_splitter(text):
    title, year = split_title(text)
    assert title == " ".join(title.split())
    assert year is None or 1800 <= year < 2100


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
    assert ratings.quality == Quality(rows_read=len(rows))


def test_movielens_100k_as_grouplens_ships_it(data_folder):
    ratings = data.load(data_folder / "ml-100k.zip")
    assert (len(ratings), ratings.n_users, ratings.n_items) == (100_000, 943, 1_682)
    assert round(ratings.filled, 5) == 0.06305
    assert (ratings.name, ratings.source.title) == ("ml-100k", "MovieLens 100K")
    assert ratings.quality == Quality(rows_read=100_000)
    assert ratings.item_table["title"].tolist()[49] == "Star Wars"
    assert ratings.item_table["title"].tolist()[285] == "The English Patient"
    assert ratings.item_table["year"].isna().sum() == 1
    assert len(ratings.genre_names) == 18
    assert ratings.items.ids[ratings.item_index[0]] == 242
    assert not ratings.item_table["title"].str.contains(r", (?:The|A|An|La|Le|Il)$", regex=True).any()


def test_movielens_latest_small(data_folder):
    ratings = data.load(data_folder / "ml-latest-small.zip")
    assert (len(ratings), ratings.n_users, ratings.n_items) == (100_836, 610, 9_724)
    assert ratings.scale == RatingScale(0.5, 5, 0.5)
    assert ratings.name == "ml-latest-small"
    assert ratings.item_table["tmdb_id"].notna().sum() > 9_700
    row = ratings.item_table[ratings.item_table["title"] == "The Matrix"].iloc[0]
    assert (row["year"], row["tmdb_id"], row["imdb_id"]) == (1999, 603, "tt0133093")


def test_movielens_1m_users(data_folder):
    ratings = data.load(data_folder / "ml-1m-users-1-2998.zip")
    assert (ratings.n_users, ratings.scale) == (2_998, RatingScale(1, 5, 1))
    assert ratings.user_table["gender"].isin(["F", "M"]).all()
    assert ratings.item_table["title"].str.contains("é").any()


def test_a_million_rows_half_of_them_without_a_time(data_folder):
    ratings = data.load(data_folder / "ml-1m-ratings.csv.gz")
    assert (len(ratings), ratings.n_users, ratings.n_items) == (1_000_209, 6_040, 3_706)
    assert ratings.timestamp is None
    assert "512,559 of 1,000,209 rows have no timestamp" in ratings.source.notes
    assert np.bincount(ratings.rating.astype(int))[1:].tolist() == [56174, 107557, 261197, 348971, 226310]
