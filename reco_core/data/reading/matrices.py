"""Guessing how a table with a row per user and a column per item is read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from reco_core.data.reading import questions
from reco_core.data.reading.guessed import Guess
from reco_core.data.reading.plan import ROW_NUMBER, Plan, Role
from reco_core.data.reading.values import number


def is_matrix(rows: list[list[str]]) -> bool:
    """Whether nearly all cells behind the first are numbers or blank."""
    cells = [cell for row in rows[:200] for cell in row[1:]]
    fitting = sum(
        not cell.strip() or number(cell) is not None or cell.strip().lower() in ("na", "nan") for cell in cells
    )
    return bool(cells) and fitting >= 0.95 * len(cells)


def matrix(
    plan: Plan, names: list[str], rows: list[list[str]], fixed: Mapping[str, Any], notes: Sequence[str]
) -> Guess:
    """The guess for a row per user and a column per item: the first column are ids if no two are the same."""
    first = [row[0].strip() for row in rows if row]
    ids = len(set(first)) == len(first) and all(first)
    chosen = fixed.get("columns", {})
    columns: dict[Role, str] = {"user": names[0] if ids else ROW_NUMBER} | chosen
    leave = fixed.get("leave", () if ids or columns["user"] != ROW_NUMBER else _not_items(names, rows))
    plan = plan.changed(form="wide", columns=columns, leave=leave)
    asked = [] if fixed.get("form") == "wide" else [questions.matrix(plan, len(names))]
    items = [at for at, name in enumerate(names) if name != columns["user"] and name not in leave]
    cells = [row[at] for row in rows for at in items if at < len(row) and row[at].strip()]
    asked += questions.about_ratings(cells, plan, fixed)
    return Guess(plan, names, tuple(asked), tuple(notes), rows)


def _not_items(names: list[str], rows: list[list[str]]) -> tuple[str, ...]:
    """A first column that counts how many of its row were rated, as Jester has it, is no item."""
    first = [number(row[0]) for row in rows if row]
    others = {number(cell) for row in rows for cell in row[1:]}
    largest = max((value for value in others if value is not None and value != 99), default=0.0)
    return (
        (names[0],)
        if all(value is not None and largest < value < math.inf and value == int(value) for value in first)
        else ()
    )
