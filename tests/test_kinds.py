"""What the items of a dataset are called: the registry, somebody's own words, the guess, and where it is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reco_core import data
from reco_core.data.item_words import choose_kind, chosen_kind, in_words, words_of
from reco_core.data.kind_guess import guess_kind
from reco_core.errors import DataError
from reco_core.kinds import BOOK, GAME, ITEM, KINDS, MOVIE, ItemKind, kind_in_words, kind_of
from reco_core.paths import datasets_home


def test_every_kind_is_found_by_its_name_and_has_words_in_lower_case():
    assert [kind_of(kind.name) for kind in KINDS] == list(KINDS)
    assert all(word == word.lower() for kind in KINDS for word in (kind.one, kind.many, kind.verb))
    with pytest.raises(DataError, match=r"A kind of items must be one of item, movie, .*; got shoe\."):
        kind_of("shoe")


@pytest.mark.parametrize(
    ("one", "an"),
    [
        *(("item", "an item"), ("book", "a book"), ("anime", "an anime"), ("university", "a university")),
        *(("hour", "an hour"), ("umbrella", "an umbrella"), ("European wine", "a European wine"), ("hat", "a hat")),
    ],
)
def test_an_article_goes_by_the_sound(one: str, an: str):
    assert kind_in_words(one).an == an


def test_own_words_have_a_plural_and_are_a_known_kind_where_they_say_so():
    assert [kind_in_words(one).many for one in ("wine", "story", "toy", "dish", "box")] == [
        *("wines", "stories", "toys", "dishes", "boxes")
    ]
    assert kind_in_words("book") is BOOK
    assert kind_in_words(" TV  show ", "TV shows").One == "TV show"
    assert kind_in_words("мышь", "мыши").Many == "Мыши"
    assert (kind_in_words("wine").counted(1), kind_in_words("wine").counted(1682)) == ("1 wine", "1,682 wines")


@pytest.mark.parametrize(
    "text", ["", " ", "x" * 25, "<b>", "a_b", "a*", "1", "=1+1", "a\u202eb", "a\x1b[31m", "wine-", "[a](b)"]
)
def test_what_is_no_word_is_refused(text: str):
    with pytest.raises(DataError, match="A word for the items must have 1 to 24 letters"):
        kind_in_words(text)
    if text.strip():
        with pytest.raises(DataError, match="A word for the items"):
            kind_in_words("wine", text)


@pytest.mark.parametrize(
    ("columns", "file", "titles", "kind"),
    [
        ("userId movieId rating", "ratings.csv", (), "movie"),
        ("User-ID ISBN Book-Rating", "BX-Book-Ratings.csv", (), "book"),
        ("user_id goodreads_book_id rating", "x.csv", (), "book"),
        ("userID artistID weight", "user_artists.dat", (), "artist"),
        ("user track_name artist_name album", "x.csv", (), "song"),
        ("userid gameid rating", "x.csv", (), "game"),
        ("userid jokeId rating", "x.csv", (), "joke"),
        ("reviewerID asin overall", "Books.csv", (), "book"),
        ("user_id parent_asin rating", "Video_Games.csv", (), "game"),
        ("reviewerID asin overall", "reviews.csv", (), "product"),
        ("user item rating", "steam-200k.csv", (), "game"),
        ("user item rating", "jester-data-1.zip", (), "joke"),
        ("user:token item:token", "ml-100k.inter", (), "movie"),
        ("user_id anime_id rating", "rating.csv", (), "anime"),
        ("userID placeID rating", "rating_final.csv", (), "place"),
        ("user item rating", "data.csv", ("Heat (1995)", "Alien (1979)", ""), "movie"),
        ("user item rating", "data.csv", ("Heat", "Alien", "Brazil (1985)"), "item"),
        ("user item app_version place_of_birth", "data.csv", (), "item"),
        ("", "valid.csv", (), "item"),
    ],
)
def test_the_kind_is_guessed_from_columns_then_files_then_titles(columns: str, file: str, titles: tuple, kind: str):
    assert guess_kind(columns.split(), file, titles).name == kind


def written(folder: Path, name: str = "shelf.csv") -> Path:
    path = folder / name
    path.write_text("user;ISBN;rating\nann;007;3\nbob;042;5\n")
    return path


def test_a_dataset_has_its_words_and_items_without_a_title_are_called_by_them(tmp_path: Path):
    ratings = data.load(written(tmp_path))
    assert words_of(ratings) is BOOK
    assert ratings.item_table["title"].tolist() == ["Book 007", "Book 042"]
    assert not ratings.has_titles and not ratings.has_years
    assert words_of(data.load("demo")) is MOVIE


def test_other_words_change_neither_the_fingerprint_nor_titles(tmp_path: Path):
    ratings = data.load(written(tmp_path))
    games = in_words(ratings, GAME)
    assert games.fingerprint == ratings.fingerprint
    assert games.item_table["title"].tolist() == ["Game 007", "Game 042"]
    assert in_words(games, BOOK).item_table.equals(ratings.item_table)
    demo = data.load("demo")
    assert in_words(demo, BOOK).item_table.equals(demo.item_table)


@pytest.mark.parametrize("kind", [GAME, kind_in_words("comic")])
def test_chosen_words_are_kept_by_dataset_until_they_are_forgotten(tmp_path: Path, kind: ItemKind):
    path = written(tmp_path)
    choose_kind("shelf", kind)
    assert words_of(data.load(path)) == kind
    assert words_of(data.load(written(tmp_path, "other.csv"))) is BOOK
    choose_kind("shelf", None)
    assert words_of(data.load(path)) is BOOK


def test_chosen_words_are_part_of_the_stamp_by_which_pages_keep_a_dataset(tmp_path: Path):
    path = written(tmp_path)
    before = data.stamp(path)
    choose_kind("shelf", GAME)
    assert data.stamp(path) != before
    assert data.load(path).identity != in_words(data.load(path), BOOK).identity


@pytest.mark.parametrize("value", [[], {"shelf": 3}, {"shelf": {"kind": "no"}}, {"shelf": "<b>"}, {"shelf": ""}])
def test_a_damaged_file_of_choices_is_as_none(value: object):
    datasets_home().mkdir(parents=True)
    (datasets_home() / "words.json").write_text(json.dumps(value))
    assert chosen_kind("shelf") is None


def test_items_of_no_known_kind_are_items(tmp_path: Path):
    path = tmp_path / "x.csv"
    path.write_text("ann,1,3\nbob,2,5\n")
    assert words_of(data.load(path)) is ITEM
