"""The delimiter, quote, escape, header and width that lines of a table show."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence

from reco_core.data.reading import roles
from reco_core.data.reading.dialect import Dialect
from reco_core.data.reading.lines import separated
from reco_core.data.reading.plan import DELIMITERS, SPACES
from reco_core.data.reading.values import number

CANDIDATES = ("::", "\t", ";", "|", ",", SPACES)
RARE = ("^", "~", "\x01", ":", "/")  # looked for where there is none of the others
LOOKED_AT = 400  # lines for the delimiter
_SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.|\\t)\"?\s*", re.IGNORECASE)
_ESCAPED = re.compile(r"\\\"(?=[^\n])")


def separator_line(head: str) -> str | None:
    """The delimiter that a first line such as `sep=;` names, as Excel reads and writes it; None without one."""
    found = _SEPARATOR_LINE.fullmatch(head.partition("\n")[0])
    return None if found is None else found[1].replace("\\t", "\t")


def comment_lines(rows: Sequence[Sequence[str]], width: int) -> int:
    """How many of the first lines are comments: they begin with # or % and have other cells than the table."""
    for at, cells in enumerate(rows):
        if not (cells and cells[0].lstrip()[:1] in ("#", "%") and len(cells) != width):
            return at
    return 0


def delimiter_of(lines: Sequence[str]) -> str:
    """The delimiter that cuts most lines into the same number of cells, more than one: "," where none does."""
    lines = [line for line in lines if line.strip()][:LOOKED_AT]
    for marks in (CANDIDATES, RARE):
        best = max((*_consistency(lines, mark), -at) for at, mark in enumerate(marks))
        if best[0]:
            return marks[-best[-1]]
    return ","


def _consistency(lines: Sequence[str], mark: str) -> tuple[bool, bool, float]:
    """(whether most lines have cells, whether at least three, the share of lines with the most common number)."""
    dialect = Dialect(mark, '"' if mark != "::" else "", "", False, 1)
    if mark == SPACES:
        lines = lines[1:] or lines  # a header may lack the name of the column of row numbers
    widths = [len(cells(line, dialect)) for line in lines]
    if not widths:
        return False, False, 0.0
    width, count = Counter(widths).most_common(1)[0]
    share = round(count / len(widths), 1)
    if mark == SPACES and share < 0.9:  # words of a text
        return False, False, 0.0
    return width > 1 and share >= 0.3, width >= 3, share if width > 1 else 0.0


def cells(line: str, dialect: Dialect) -> list[str]:
    """The cells of one line as it stands in the file; a quote that does not close ends with the line."""
    text, mark = separated(line.rstrip("\n").encode() + b"\n", dialect.delimiter, dialect.trim)
    try:
        return dialect.cells(text.decode("utf-8", "replace"))
    except csv.Error:
        return text.decode("utf-8", "replace").rstrip("\n").split(mark)


def quote_of(texts: Sequence[str], delimiter: str) -> str:
    """A quote where cells that begin with one mostly end with one; "" where quotes are part of the text."""
    mark = re.escape("\x1f" if delimiter in ("::", SPACES) else delimiter)
    edge = rf"(?:^|{mark}[ ]?)"
    cell = re.compile(rf'{edge}"(?P<rest>(?:[^"\\]|""|\\.){{0,20000}}+"(?=[ ]?(?:{mark}|$)))?', re.MULTILINE)
    begun = ended = 0
    for text in texts:
        text = separated(text.encode(), delimiter, False)[0].decode("utf-8", "replace")
        for found in cell.finditer(text):
            begun += 1
            ended += found["rest"] is not None
        if begun > 4000:
            break
    return '"' if begun == 0 or ended >= 0.5 * begun else ""


def escape_of(lines: Sequence[str], delimiter: str) -> str:
    """A backslash where it stands before quotes within cells."""
    within = at_end = 0
    for line in lines:
        for found in _ESCAPED.finditer(line):
            after = line[found.end() : found.end() + 1]
            if after in (delimiter, "\n", ""):
                at_end += 1
            else:
                within += 1
    return "\\" if within > at_end else ""


def trimmed(lines: Sequence[str], delimiter: str) -> bool:
    """Whether nearly every delimiter has a blank beside it, which is no part of the cells."""
    if delimiter in (SPACES, "::", "\t", " "):
        return False
    with_one = [line for line in lines if delimiter in line][:LOOKED_AT]
    marks = sum(line.count(delimiter) for line in with_one)
    beside = sum(len(re.findall(rf"(?: {re.escape(delimiter)}|{re.escape(delimiter)} )", line)) for line in with_one)
    return marks > 0 and beside >= 0.8 * marks


def width_of(rows: Sequence[Sequence[str]], least: int = 1) -> int:
    """The number of cells that most rows have."""
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    return widths.most_common(1)[0][0] if widths else least


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns, as the others show.

    It does where it holds two names that ratings have, no number at all, or a word over a column of numbers; or,
    after an empty cell, numbers that count up, as pandas writes columns without names.
    """
    first, others = [cell.strip() for cell in rows[0]], rows[1:]
    if roles.known(first) >= 2:
        return True
    if not any(number(cell) is not None or number(cell, ",") is not None for cell in first if cell):
        return True
    if len(first) > 2 and not first[0] and first[1:] == [str(at) for at in range(len(first) - 1)]:
        return True
    over = []  # of each column of numbers, whether a word stands over it
    for at, cell in enumerate(first):
        column = [row[at] for row in others if at < len(row) and row[at].strip()]
        numbers = sum(number(text) is not None for text in column)
        if cell and len(column) >= 5 and numbers >= 0.95 * len(column):
            over.append(number(cell) is None)
    return sum(over) > len(over) / 2


def unique_names(cells: Sequence[str], width: int) -> list[str]:
    """Names of the columns, no two the same: "column 3" where the header has none, "rating #2" for a second one."""
    names: list[str] = []
    for at in range(max(width, len(cells))):
        name = (cells[at] if at < len(cells) else "").strip().lstrip("\ufeff") or f"column {at + 1}"
        base, times = name, 2
        while name in names:
            name, times = f"{base} #{times}", times + 1
        names.append(name)
    return names


def label(delimiter: str) -> str:
    """A delimiter's name for people."""
    return DELIMITERS.get(delimiter, delimiter)
