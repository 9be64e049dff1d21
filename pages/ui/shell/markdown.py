"""Text from data, made safe for Markdown and for HTML."""

from __future__ import annotations

import html as _html
import re

from reco_core.ratings import genres_in

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-!|$~:.^=&@])")


def md(text: object) -> str:
    """The text as Markdown that shows it literally: `M*A*S*H`, `[REC]`, `Secret of My Succe$s`, `:red[x]`."""
    return _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


def html(text: object) -> str:
    """The text with <, >, & and both quotes escaped."""
    return _html.escape(str(text), quote=True)


def plural(count: int, noun: str) -> str:
    """`1 run`, `2 runs`, `1,682 ratings`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def genre_text(genres: str, most: int = 2) -> str:
    """The first genres of "A|B|C", with a middle dot between them."""
    return " · ".join(genres_in(genres)[:most])
