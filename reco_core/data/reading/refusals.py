"""The text of lines that were refused, found again in the file by their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reco_core.data.files import Files
from reco_core.data.reading import sources
from reco_core.data.reading.batch import SHOWN, Refused
from reco_core.data.reading.lines import TOO_LONG
from reco_core.data.reading.plan import Plan
from reco_core.data.reading.text_pieces import pieces


def with_texts(files: Files, plan: Plan, refused: Sequence[Refused]) -> list[Refused]:
    """The same refused lines, each with its text, cut."""
    wanted = {one.line for one in refused if not one.text}
    if not wanted:
        return list(refused)
    texts = _lines(files, plan, wanted) if plan.form not in ("json", "parquet") else _cells(files, plan, wanted)
    return [one if one.text else replace(one, text=texts.get(one.line, "")) for one in refused]


def _lines(files: Files, plan: Plan, wanted: set[int]) -> dict[int, str]:
    """Line number -> text."""
    found: dict[int, str] = {}
    first, last = 1, max(wanted)
    for piece in pieces(files, plan):
        count = piece.count(b"\n")
        here = [number for number in wanted if first <= number < first + count]
        if here:
            lines = piece.split(b"\n")
            for number in here:
                text = lines[number - first].removeprefix(TOO_LONG).decode("utf-8", "replace")
                found[number] = text.replace("\0", "")[:SHOWN]
        first += count
        if first > last:
            break
    return found


def _cells(files: Files, plan: Plan, wanted: set[int]) -> dict[int, str]:
    """Row number -> the cells that were read of it."""
    found: dict[int, str] = {}
    for batch in sources.batches(files, plan):
        rows = batch.table.to_pylist()
        for number, row in zip(batch.line.tolist(), rows, strict=True):
            if number in wanted:
                found[number] = ", ".join(row.values())[:SHOWN]
    return found
