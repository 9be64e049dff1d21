"""Every format of MovieLens is read as it is written, packed in any way; the real files have their known sizes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reco_core import data
from reco_core.encode import RatingScale
from reco_core.errors import DataError
from reco_core.ratings import Quality
from tests.data_files import MOVIELENS_1M, MOVIELENS_100K, MOVIELENS_CSV, folder, zipped


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


def test_movielens_100k_as_grouplens_ships_it(data_folder):
    ratings = data.load(data_folder / "ml-100k.zip")
    assert (len(ratings), ratings.n_users, ratings.n_items) == (100_000, 943, 1_682)
    assert round(ratings.filled, 5) == 0.06305
    assert (ratings.name, ratings.source.title) == ("ml-100k", "MovieLens 100K")
    assert ratings.quality == Quality(lines=100_000)
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
