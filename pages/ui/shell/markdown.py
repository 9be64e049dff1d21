"""Text from data, shortened and made safe for Markdown and for HTML."""

from __future__ import annotations

import html as _html
import re

from reco_core.ratings import genres_in
from reco_core.shown_text import GENRE, LINE, shortened

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-!|$~:.^=&@])")
# What Streamlit looks for once Markdown was read, so that a backslash does not keep it away: icons, its logo, addresses
# (they would become links), and arrows and signs that stand alone.
_READ_LATER = re.compile(
    r":(?=//|material[/_]|streamlit:)|\bwww(?=\.)|@(?=[-\w])|(?<!\S)(?:<(?=->?(?!\S))|[-](?=[->](?!\S))|[<>~](?==(?!\S)))",
    re.IGNORECASE,
)
_NO_BREAK = "\N{WORD JOINER}"  # without width: what stands on both sides of it is no pattern any more


def md(text: object, most: int = LINE) -> str:
    """The text as Markdown that shows it literally: `M*A*S*H`, `[REC]`, `Secret of My Succe$s`, `:red[x]`."""
    return _MARKDOWN.sub(r"\\\1", _READ_LATER.sub(rf"\g<0>{_NO_BREAK}", shortened(text, most)))


def html(text: object, most: int = LINE) -> str:
    """The text with <, >, & and both quotes escaped."""
    return _html.escape(shortened(text, most), quote=True)


def plural(count: int, noun: str) -> str:
    """`1 run`, `2 runs`, `1,682 ratings`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def genre_text(genres: str, most: int = 2) -> str:
    """The first genres of "A|B|C", each shortened, with a middle dot between them."""
    return " · ".join(shortened(name, GENRE) for name in genres_in(genres)[:most])
