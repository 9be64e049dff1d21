"""Text in tables that people open in a spreadsheet: none of it is run as a formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pandas as pd

Value = TypeVar("Value")

# What a spreadsheet takes for the beginning of a formula, also in full width, and what it overlooks in front of that.
_FORMULA = re.compile(r"[\s\x00\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def harmless(value: Value) -> Value | str:
    """The value; text that a spreadsheet would run as a formula gets a leading apostrophe.

    Numbers stay numbers, negative ones too.
    """
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def harmless_table(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the text of its cells and the names of its rows and columns made harmless."""
    return with_text(table, harmless)


def with_text(table: pd.DataFrame, change: Callable[[Any], Any]) -> pd.DataFrame:
    """The table with each cell, name of a row and of a column changed, except in columns of numbers."""
    changed = table.copy(deep=False)
    for place, kind in enumerate(table.dtypes):
        if not of_numbers(kind):
            changed.isetitem(place, table.iloc[:, place].map(change))
    changed.columns = changed.columns.map(change)
    if not of_numbers(changed.index.dtype):
        changed.index = changed.index.map(change)
    return changed


def csv_bytes(table: pd.DataFrame) -> bytes:
    """The table without its index as CSV for spreadsheets (UTF-8 with its mark): text stays text in it.

    Half a surrogate pair, which UTF-8 does not have, becomes a question mark.
    """
    return harmless_table(table).to_csv(index=False).encode("utf-8-sig", "replace")


def of_numbers(kind: Any) -> bool:
    """Whether a column of this type holds numbers, truth values or times: nothing that could be a formula."""
    return kind.kind in "biufcmM"
