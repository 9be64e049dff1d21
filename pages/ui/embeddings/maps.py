"""The map of an embedding: points that can be panned, zoomed, pointed at and clicked, as a component of our own.

Points and colours travel as packed files behind addresses that name their content, so a rerun sends about 1 kB of data
and the browser reads each file once. Rows are meant throughout: row 0 is index 0, whatever the ids look like.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import cache as once
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from pages.ui.embeddings.point_colours import Look
from pages.ui.shell.javascript import bundle
from reco_core.shown_text import TITLE, shortened
from reco_core.tuning.streamlit_names import address_of

FOLDER = Path(__file__).parent / "map"
MOST_PEEKED = 8


def pack_points(xy: np.ndarray, importance: np.ndarray, box: tuple[np.ndarray, np.ndarray] | None = None) -> bytes:
    """The places as blob.js reads them: float [n, 2] (y upwards) in one square with its aspect kept.

    importance: [n]; the titles of the most important points are the first to be written on the map. box: the low and
    the high corner, float [2] each, of what fills the square (all epochs of a moving map); the points' own if None.
    """
    xy = np.asarray(xy, dtype=np.float64)
    low, high = (xy.min(axis=0), xy.max(axis=0)) if box is None else (np.asarray(c, dtype=np.float64) for c in box)
    span = float((high - low).max()) or 1.0
    unit = (xy - (low + high) / 2) / span + 0.5
    x, y = np.rint(unit[:, 0].clip(0, 1) * 65535), np.rint((1 - unit[:, 1]).clip(0, 1) * 65535)
    order = np.argsort(-np.asarray(importance, dtype=np.float64), kind="stable")
    parts = [order.astype("<u4").tobytes(), x.astype("<u2").tobytes(), y.astype("<u2").tobytes()]
    return b"".join([struct.pack("<I", len(xy)), *parts])


def pack_words(titles: Sequence[str], captions: Sequence[str]) -> bytes:
    """Title and caption of each row as blob.js reads them: they travel once, however often the points move."""
    rows = zip(titles, captions, strict=True)
    return "\n".join(f"{shortened(title, TITLE)}\t{shortened(caption, TITLE)}" for title, caption in rows).encode()


def point_map(
    points: bytes,
    words: bytes,
    look: Look,
    *,
    key: str,
    things: str,
    picked: Sequence[int] = (),
    near: Sequence[int] = (),
    posters: dict[int, str] | None = None,
    titles: bool = True,
    label: str = "",
    low: bool = False,
) -> int | None:
    """Draw the map; gives back the row that was clicked in this run, or None.

    things names what the points are: when only their places change, they travel there. picked and near are highlighted
    rows. posters are {row: address of a picture} for the rows that `peeked` names; None means that there are none.
    label is written in the corner; low makes a map of less height.
    """
    colours = {"kind": look.kind, "title": look.title, "labels": list(look.labels)}
    colours |= {
        "light": list(look.light),
        "dark": list(look.dark),
        "codes": address_of(look.codes.tobytes(), f"{key}_c"),
    }
    data = {
        "points": address_of(points, f"{key}_p"),
        "words": address_of(words, f"{key}_w"),
        "look": colours,
        "things": things,
        "picked": [int(row) for row in picked],
        "near": [int(row) for row in near],
        "posters": {str(row): address for row, address in (posters or {}).items()},
        "withPosters": posters is not None,
        "titles": titles,
        "label": label,
        "low": low,
    }
    done = _component()(data=data, key=key, on_clicked_change=lambda: None, on_peeked_change=lambda: None)
    return done.clicked if _is_row(done.clicked, len(look.codes)) else None


def peeked(key: str, n: int) -> tuple[int, ...]:
    """Rows of 0..n-1 that the pointer rests on or is near to in the map of that key, whose posters are wanted."""
    rows = (st.session_state.get(key) or {}).get("peeked") or ()
    return tuple(row for row in rows if _is_row(row, n))[:MOST_PEEKED]


def _is_row(value: object, n: int) -> bool:
    return isinstance(value, (int, float)) and value == int(value) and 0 <= value < n


@once
def _component() -> Callable[..., Any]:
    html, css = ((FOLDER / name).read_text("utf-8") for name in ("map.html", "map.css"))
    return st.components.v2.component("reco_map", html=html, css=css, js=bundle(FOLDER, "map"))
