"""What the items of a dataset are, in words: `KINDS`, a tuple written by hand, and words that somebody typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from reco_core.errors import DataError

Drawing = Literal["poster", "cover", "sleeve", "box", "card"]
MAX_LETTERS = 24
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[ '’-](?=[^\W_]))*")
# Vowels that sound like "you" or "one", and a silent h.
_NOT_AN = re.compile(r"(?:uni|use|usa|uti|eu|one|once|ukulele|ufo)", re.IGNORECASE)
_AN = re.compile(r"(?:[aeiou]|hour|heir|honou?r)", re.IGNORECASE)


@dataclass(frozen=True)
class ItemKind:
    """Words for the items of a dataset, in lower case: one, many; and how their pictures are drawn.

    verb: what people do with one, as in "what to read next". icon: the name of a Material symbol.
    """

    name: str
    one: str
    many: str
    verb: str
    drawing: Drawing
    icon: str

    @property
    def an(self) -> str:
        """With its article: `a book`, `an item`."""
        vowel = _AN.match(self.one) and not _NOT_AN.match(self.one)
        return f"{'an' if vowel else 'a'} {self.one}"

    @property
    def One(self) -> str:
        """One, at the beginning of a sentence: `Book`."""
        return self.one[:1].upper() + self.one[1:]

    @property
    def Many(self) -> str:
        """Many, at the beginning of a sentence: `Books`."""
        return self.many[:1].upper() + self.many[1:]

    def counted(self, count: int) -> str:
        """`1 book`, `1,682 books`."""
        return f"{count:,} {self.one if count == 1 else self.many}"

    @property
    def text(self) -> str:
        """The words as `kind_in_text` reads them: `book`, or `wine/wines` for words of one's own."""
        return self.one if self in KINDS else f"{self.one}/{self.many}"

    def untitled(self, item_id: object) -> str:
        """What an item without a title is called: `Book 123`."""
        return f"{self.One} {item_id}"


def _kind(one: str, verb: str, drawing: Drawing, icon: str, many: str = "") -> ItemKind:
    return ItemKind(one, one, many or f"{one}s", verb, drawing, icon)


ITEM = _kind("item", "choose", "card", "category")
MOVIE = _kind("movie", "watch", "poster", "movie")
BOOK = _kind("book", "read", "cover", "menu_book")
SONG = _kind("song", "listen to", "sleeve", "music_note")
ALBUM = _kind("album", "listen to", "sleeve", "album")
ARTIST = _kind("artist", "listen to", "sleeve", "artist")
GAME = _kind("game", "play", "box", "stadia_controller")
JOKE = _kind("joke", "read", "card", "sentiment_very_satisfied")
PRODUCT = _kind("product", "buy", "card", "shopping_bag")
COURSE = _kind("course", "take", "card", "school")
RESTAURANT = _kind("restaurant", "visit", "card", "restaurant")
PLACE = _kind("place", "visit", "card", "location_on")
RECIPE = _kind("recipe", "cook", "card", "skillet")
ANIME = _kind("anime", "watch", "poster", "animated_images", many="anime")
SERIES = _kind("series", "watch", "poster", "live_tv", many="series")
ARTICLE = _kind("article", "read", "card", "article")
APP = _kind("app", "try", "card", "apps")

KINDS: tuple[ItemKind, ...] = (
    *(ITEM, MOVIE, SERIES, ANIME, BOOK, ARTICLE, SONG, ALBUM, ARTIST, GAME, APP, JOKE, PRODUCT, RECIPE, RESTAURANT),
    *(PLACE, COURSE),
)
CUSTOM = "custom"


def kind_of(name: str) -> ItemKind:
    """The kind of a name in KINDS. Raises DataError that lists them."""
    found = next((kind for kind in KINDS if kind.name == name), None)
    if found is None:
        names = ", ".join(kind.name for kind in KINDS)
        raise DataError(f"A kind of items must be one of {names}; got {name[:MAX_LETTERS]}.")
    return found


def kind_in_words(one: str, many: str = "") -> ItemKind:
    """The kind that somebody's own words give: `wine`, and `wines` where many is empty; one of KINDS if it says so.

    Raises DataError for what is no word.
    """
    one, many = (" ".join(text.split()) for text in (one, many))
    for text in (one, *([many] if many else [])):
        if len(text) > MAX_LETTERS or not _WORD.fullmatch(text):
            raise DataError(
                f"A word for the items must have 1 to {MAX_LETTERS} letters or digits and begin with a letter (single "
                f"spaces, hyphens and apostrophes may stand between); got {text[: 2 * MAX_LETTERS] or 'nothing'}."
            )
    known = next((kind for kind in KINDS if kind.one == one and many in ("", kind.many)), None)
    return known or ItemKind(CUSTOM, one, many or _plural(one), "choose", "card", "category")


def _plural(one: str) -> str:
    """English: `wines`, `dishes`, `stories`."""
    if re.search(r"[^aeiou]y$", one):
        return f"{one[:-1]}ies"
    return f"{one}es" if re.search(r"(?:s|x|z|ch|sh)$", one) else f"{one}s"
