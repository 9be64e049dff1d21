"""Which kind of items a dataset holds, guessed from the names of its columns and files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reco_core.kinds import (
    ALBUM,
    ANIME,
    APP,
    ARTICLE,
    ARTIST,
    BOOK,
    COURSE,
    GAME,
    ITEM,
    JOKE,
    MOVIE,
    PLACE,
    PRODUCT,
    RECIPE,
    RESTAURANT,
    SERIES,
    SONG,
    ItemKind,
)  # fmt: skip

# What columns are called, the most telling kind first: a table of songs names their album and artist as well.
_COLUMNS: tuple[tuple[ItemKind, str], ...] = (
    (BOOK, "book isbn isbn10 isbn13"),
    (JOKE, "joke"),
    (ANIME, "anime"),
    (MOVIE, "movie film imdb tmdb"),
    (SERIES, "series tvshow tvseries show"),
    (GAME, "game boardgame videogame"),
    (SONG, "song track"),
    (ALBUM, "album"),
    (ARTIST, "artist"),
    (RECIPE, "recipe"),
    (COURSE, "course"),
    (RESTAURANT, "restaurant"),
    (PLACE, "place venue poi business"),
    (ARTICLE, "article news"),
    (APP, "app"),
)
_SHOPS = ((PRODUCT, "product asin sku"),)  # which sell books and films too: a file's name says more
# What files and datasets are called beyond that.
_FILES: tuple[tuple[ItemKind, str], ...] = (
    (BOOK, "books goodreads goodbooks bookcrossing bx"),
    (JOKE, "jokes jester"),
    (ANIME, "animes myanimelist"),
    (MOVIE, "movies films movielens netflix imdb tmdb letterboxd"),
    (SERIES, "series tvshows"),
    (GAME, "games boardgames videogames bgg boardgamegeek steam"),
    (SONG, "songs tracks music spotify"),
    (ALBUM, "albums"),
    (ARTIST, "artists lastfm"),
    (RECIPE, "recipes"),
    (COURSE, "courses mooc coursera"),
    (RESTAURANT, "restaurants"),
    (PLACE, "places yelp foursquare gowalla"),
    (ARTICLE, "articles"),
    (APP, "apps"),
    (PRODUCT, "product products amazon"),
)
# Words that may stand beside such a one in a column's name: `goodreads_book_id`, `Book-Title`, `movieId:token`.
_BESIDE = (
    "id ids title name no nr number code key index idx token seq rating ratings item the author goodreads best work"
    " parent raw original float url year"
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_MOVIELENS = re.compile(r"(?:^|[^a-z])ml-(?:\d|latest)")
_YEAR_BEHIND = re.compile(r"\((?:18|19|20)\d\d\)\s*$")
TITLES = 200  # so many are looked at


def guess_kind(column_names: Iterable[str], file_name: str, titles_sample: Sequence[str] = ()) -> ItemKind:
    """The kind that the columns tell, else the file's name, else titles with a year behind them (movies), else ITEM.

    Of several columns the first kind of _COLUMNS counts. file_name: with the names of the files inside, if any.
    """
    columns = [list(_words(name)) for name in column_names]
    by_columns = _first(_COLUMNS, columns)
    if by_columns is not None:
        return by_columns
    if _MOVIELENS.search(file_name.lower()):
        return MOVIE
    by_file = _in_file(file_name)
    if by_file is not None:
        return by_file
    by_shop = _first(_SHOPS, columns)
    if by_shop is not None:
        return by_shop
    titles = [title for title in titles_sample[:TITLES] if title]
    dated = sum(bool(_YEAR_BEHIND.search(title)) for title in titles)
    return MOVIE if titles and dated * 2 >= len(titles) else ITEM


def _first(kinds: Iterable[tuple[ItemKind, str]], columns: Sequence[Sequence[str]]) -> ItemKind | None:
    """The first kind that a column is named after."""
    beside = set(_BESIDE.split())
    for kind, names in kinds:
        wanted = set(names.split())
        for column in columns:
            about = [word for word in column if word not in beside]
            if about and "".join(about) in wanted:
                return kind
    return None


def _in_file(file_name: str) -> ItemKind | None:
    """The kind that a word of the file's name tells; the first such word counts."""
    for word in _words(file_name):
        for kind, names in _FILES:
            if word in names.split() or (word == kind.name and kind is not PRODUCT):
                return kind
    return None


def _words(name: str) -> Iterator[str]:
    """The words of a name in lower case: `goodreads_book_id`, `bookId`, `bookid` and `Book-ID` as book, id."""
    for word in _WORDS.findall(name[:200]):
        word = word.lower()
        if word.endswith("id") and len(word) > 3 and word[:-2].isalpha():
            yield from (word[:-2], "id")
        else:
            yield word
