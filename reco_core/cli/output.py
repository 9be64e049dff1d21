"""What the command line prints: tables for people, one JSON document with --json, progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reco_core.cli.streams import takes_every_letter
from reco_core.shown_text import NAME, UNSEEN, shortened, visible
from reco_core.strict_json import finite

WIDTH_IN_A_PIPE, WIDE = 160, 110
CELL = 400  # characters of a cell of a table

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def out() -> Console:
    """Where results go."""
    return _console(sys.stdout)


def err() -> Console:
    """Where progress and remarks go."""
    return _console(sys.stderr)


def _console(file: Any) -> Console:
    return SafeConsole(file=file, highlight=False, width=None if file.isatty() else WIDTH_IN_A_PIPE)


class SafeConsole(Console):
    """A terminal that text from outside cannot command: escapes, turned direction and the like are left out of it."""

    def on_broken_pipe(self) -> None:
        """Left to the one place where a command ends."""
        raise BrokenPipeError

    def print(self, *objects: Any, **how: Any) -> None:
        """As of Rich's Console."""
        super().print(*(visible(thing) if isinstance(thing, str) else thing for thing in objects), **how)


def is_wide(console: Console) -> bool:
    """Whether there is room for the columns that can be missed."""
    return console.width >= WIDE


def print_json(value: object) -> None:
    """One JSON document; numbers that are not finite become null, what a terminal would obey or lacks is escaped."""
    escaped = not takes_every_letter(sys.stdout)
    text = json.dumps(finite(plain(value)), indent=2, ensure_ascii=escaped, allow_nan=False)
    print(UNSEEN.sub(lambda found: json.dumps(found.group())[1:-1], text))


def plain(value: object) -> object:
    """The value with numpy's numbers and arrays as Python's, at any depth."""
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value.tolist() if hasattr(value, "tolist") else value


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> Table:
    """A table; text is printed as it is (no markup), numbers stand to the right; a column in which no row has anything
    is left out."""
    rows = [list(row) for row in rows]
    filled = [n for n in range(len(columns)) if not rows or any(row[n] not in (None, "") for row in rows)]
    columns, rows = [columns[n] for n in filled], [[row[n] for n in filled] for row in rows]
    made = Table(
        title=Text(shortened(title)) if title else None,
        box=box.SIMPLE_HEAD,
        title_justify="left",
        title_style="bold",
        pad_edge=False,
    )
    for number, name in enumerate(columns):
        numeric = bool(rows) and all(_is_number(row[number]) for row in rows)
        first = number == 0
        made.add_column(
            Text("\n".join(shortened(line, NAME) for line in name.split("\n"))),
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=numeric or first,
        )
    for row in rows:
        made.add_row(*(Text(shown(cell)) for cell in row))
    return made


def facts(pairs: Iterable[tuple[str, object]]) -> Table:
    """Names and values below each other."""
    made = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    made.add_column(style="dim")
    made.add_column(overflow="fold")
    for name, value in pairs:
        made.add_row(Text(name), Text(shortened(value) if isinstance(value, str) else shown(value)))
    return made


def shown(value: object) -> str:
    """A value for people: thousands with commas, four significant decimals, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4f}" if abs(value) < 1000 else f"{value:,.0f}"
    return shortened(value, CELL)


def _is_number(value: object) -> bool:
    """Whether a cell is a number, as such or as text, or empty."""
    if isinstance(value, str):
        return value.replace(",", "").replace(".", "", 1).isdigit()
    return isinstance(value, (int, float, type(None)))


def setting(value: object) -> str:
    """A setting's value as --set takes it; an empty list is said to be one."""
    from reco_core.models.parsing import as_text

    return as_text(value) or "(empty)"
