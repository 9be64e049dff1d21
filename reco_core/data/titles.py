"""Film titles as MovieLens writes them -> titles as people read them, and their year."""

from __future__ import annotations

import re

# Leading articles that MovieLens puts last, in the languages of its titles.
ARTICLES = (
    "The|A|An|Le|La|Les|L'|Un|Une|Il|Lo|I|Gli|Una|Uno|El|Los|Las|Der|Die|Das|Ein|Eine|Det|Den|De|En|Ett|Het|O|Os|Da"
)
ALIAS = "a.k.a. "
_YEAR = re.compile(
    r"^(?P<title>.*?)\s*\((?P<year>1[89]\d\d|20\d\d)(?:\s*[-–]\s*(?:\d{4})?)?\)\s*(?:\([A-Za-z ]+\))?\s*$"
)
_LAST_ARTICLE = re.compile(rf"^(?P<rest>.+), ?(?P<article>{ARTICLES})$")
_GROUP = re.compile(r"\(([^()]*)\)")


def split_title(text: str) -> tuple[str, int | None]:
    """(title, year) of "Matrix, The (1999)": ("The Matrix", 1999); the year is None where there is none.

    Of a series, "(2006–2007)", the first year counts; a mark after the year, "(V)", is dropped.
    """
    text = " ".join(text.split())
    found = _YEAR.match(text)
    if found is None or not found["title"]:
        return article_first(text), None
    return article_first(found["title"]), int(found["year"])


def article_first(title: str) -> str:
    """ "Postino, Il" as "Il Postino", in the title and in each other title given in brackets."""
    title = _GROUP.sub(lambda group: f"({_move(group[1])})", title)
    main, bracket, others = title.partition(" (")
    return _move(main) + bracket + others


def _move(title: str) -> str:
    if title.startswith(ALIAS):
        return ALIAS + _move(title.removeprefix(ALIAS))
    found = _LAST_ARTICLE.match(title)
    if found is None:
        return title
    space = "" if found["article"].endswith("'") else " "
    return f"{found['article']}{space}{found['rest']}"
