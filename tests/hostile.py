"""Ratings whose every text was written by somebody who means no good, and what must never reach a page of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from reco_core.encode import IdEncoder, RatingScale
from reco_core.ratings import Quality, Ratings, Source

MARK = "HX"
MARKUP = (
    f"{MARK} <b>bold</b> <img src=x onerror=alert(1)> ![i](https://evil.example/x.png) [l](javascript:alert(1)) "
    "https://evil.example www.evil.example a@evil.example :red[r] :material/skull: :material_skull: :smile: "
    ":streamlit: $x^2$ `code` **s** _e_ ~~d~~ <script>alert(1)</script> -- -> %{x}"
)
LINK = "\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\"
TERMINAL = f"{MARK} \x1b[31mred{LINK} \r\b\x00\x07\x9b1m \u202eturned\u2066 \u200b"
RUN_NAME = f"{MARK} <b>x</b> ![i](https://evil.example/x) :material/skull: $x^2$ `code` :smile:"
FORMULA = "=cmd|' /C calc'!A0"
LONG, LONG_GENRE = MARK + " " + "long " * 2_000, MARK + "g" * 532
STRANGE = ("مرحبا بالعالم", "שלום עולם (2001)", "👩\u200d👩\u200d👧\u200d👦" * 300, "e" + "\u0301" * 3_000, "")
TITLES = (MARKUP, TERMINAL, FORMULA, LONG, "W" * 10_000, *STRANGE, "+1", "@x", "\tTab", f"({MARKUP})", f"x ({LONG})")
# None of the first may stand in Markdown but behind backslashes; these do not help against the second.
ALIVE = ("<b", "<img", "<script", "![", "](", ":red[", ":smile:", "$x", "`code", "**s", "_e_", "~~d")
ALIVE_STILL = ("://", "www.", "@evil", ":streamlit", ":material/skull", ":material_skull")
NEVER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def hostile_ratings(name: str = "demo") -> Ratings:
    """30 users' ratings of 16 items, all by hostile ids, titles, genres, columns and names."""
    n_users, n_items = 30, len(TITLES)
    rng = np.random.default_rng(5)
    user, item = (index.astype(np.int32) for index in np.nonzero(rng.random((n_users, n_items)) < 0.7))
    users = ["=1+1", MARK + "u" * 3_000, f"{MARK}\x1b[2J", *(f"{MARK}<b>{n}</b>" for n in range(n_users - 3))]
    items = ["-cmd", MARK + "i" * 3_000, f"{MARK}\u202ei", *(f"{MARK}:red[{n}]" for n in range(n_items - 3))]
    genres = [f"{MARKUP}|{FORMULA}", LONG_GENRE, f"{TERMINAL}|Drama", "|".join(f"g{n}" for n in range(300))]
    return Ratings(
        name=name,
        user_index=user,
        item_index=item,
        rating=rng.integers(1, 6, len(user)).astype(np.float32),
        timestamp=rng.integers(10**8, 10**9, len(user)),
        users=IdEncoder(np.array(sorted(users), dtype=object)),
        items=IdEncoder(np.array(sorted(items), dtype=object)),
        scale=RatingScale(1, 5, 1),
        item_table=pd.DataFrame(
            {
                "title": TITLES,
                "year": pd.array([2000, 1, 99999999] + [1990] * (n_items - 3), dtype="Int64"),
                "genres": [genres[n % len(genres)] for n in range(n_items)],
                "tmdb_id": pd.array([pd.NA] * n_items, dtype="Int64"),
                "imdb_id": [""] * n_items,
            }
        ),
        user_table=pd.DataFrame({"group": [MARKUP, LONG, FORMULA] * 10, MARKUP.lower(): ["a", "b", TERMINAL] * 10}),
        quality=Quality(lines=len(user) + 3, refused={MARKUP: 2, LONG: 1}),
        refused=pd.DataFrame({"line": [7, 8, 9], "reason": [MARKUP] * 3, "text": [FORMULA, TERMINAL, "@" + LONG]}),
        source=Source(MARKUP, licence=MARKUP, citation=LONG, notes=TERMINAL, url="javascript:alert(1)"),
    )


def strings(app: AppTest) -> Iterator[tuple[str, str, str]]:
    """(kind of element, field, text) of everything that a page sends to the browser."""
    for element in _elements(app._tree):
        proto = getattr(element, "proto", None)
        if proto is not None:
            for field, text in _fields(proto):
                yield type(proto).__name__, field, text


def _elements(block: Any) -> Iterator[Any]:
    yield block
    for child in getattr(block, "children", {}).values():
        yield from _elements(child)


def _fields(proto: Any, path: str = "") -> Iterator[tuple[str, str]]:
    for descriptor, value in proto.ListFields():
        for one in value if _is_many(descriptor) else [value]:
            if descriptor.message_type is not None and not descriptor.message_type.GetOptions().map_entry:
                yield from _fields(one, f"{path}{descriptor.name}.")
            elif isinstance(one, str):
                yield f"{path}{descriptor.name}", one


def _is_many(descriptor: Any) -> bool:
    repeated = getattr(descriptor, "is_repeated", None)
    if repeated is None:
        repeated = descriptor.label == descriptor.LABEL_REPEATED
    return repeated and not (descriptor.message_type is not None and descriptor.message_type.GetOptions().map_entry)
