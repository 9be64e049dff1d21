"""Tables with a row per user and a column per item."""

from __future__ import annotations

import math

from reco_core.data.reading.values import number


def is_matrix(rows: list[list[str]]) -> bool:
    """Whether nearly all cells behind the first are numbers or blank."""
    cells = [cell for row in rows[:200] for cell in row[1:]]
    fitting = sum(
        not cell.strip() or number(cell) is not None or cell.strip().lower() in ("na", "nan") for cell in cells
    )
    return bool(cells) and fitting >= 0.95 * len(cells)


def not_items(names: list[str], rows: list[list[str]]) -> tuple[str, ...]:
    """A first column that counts how many of its row were rated, as Jester has it, is no item."""
    first = [number(row[0]) for row in rows if row]
    others = {number(cell) for row in rows for cell in row[1:]}
    largest = max((value for value in others if value is not None and value != 99), default=0.0)
    return (
        (names[0],)
        if all(value is not None and largest < value < math.inf and value == int(value) for value in first)
        else ()
    )
