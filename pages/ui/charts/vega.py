"""Vega-Lite specifications as plain dictionaries: Altair would cost the server 22 MB, and 50 ms for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

Spec = dict[str, Any]
ROWS = "rows"


@dataclass(frozen=True, eq=False)
class Drawing:
    """A table, and the specification that draws it."""

    table: pd.DataFrame
    spec: Spec

    @property
    def whole(self) -> Spec:
        """The specification with its table inside, under a name: so the first picture already has its rows.

        A table beside the specification comes after a first, empty picture, whose axes have no ends: the browser then
        writes "Infinite extent" for each of them.
        """
        return {"datasets": {ROWS: self.table}, "data": {"name": ROWS}} | self.spec


def quantity(field: str, title: str | None = "", **more: Any) -> Spec:
    """A column of numbers; its title is the column's name where none is given, None for no title."""
    return _channel(field, "quantitative", title, more)


def category(field: str, title: str | None = "", **more: Any) -> Spec:
    """A column of names."""
    return _channel(field, "nominal", title, more)


def mark(kind: str, encoding: Spec, transform: list[Spec] | None = None, **look: Any) -> Spec:
    """One layer: a kind of mark, where it is and how it looks."""
    layer = {"mark": {"type": kind, **look}, "encoding": encoding}
    return layer if transform is None else {"transform": transform} | layer


def only(field: str, *values: str) -> Spec:
    """A step that leaves the rows where a column has one of the values."""
    return {"filter": {"field": field, "oneOf": list(values)}}


def _channel(field: str, kind: str, title: str | None, more: Spec) -> Spec:
    return {"field": field, "type": kind} | ({} if title == "" else {"title": title}) | more
