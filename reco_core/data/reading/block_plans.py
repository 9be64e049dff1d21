"""Guessing how Netflix's form is read: an item's id and a colon, then a line for each of its ratings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reco_core.data.reading import dialects, questions
from reco_core.data.reading.blocks import BLOCK_HEAD
from reco_core.data.reading.guessed import Guess
from reco_core.data.reading.plan import checked
from reco_core.data.reading.times import form_of


def is_blocks(body: Sequence[str]) -> bool:
    """Whether the first lines are Netflix's: an item's id and a colon, then its ratings."""
    filled = [line for line in body[:50] if line.strip()]
    return len(filled) > 1 and BLOCK_HEAD.fullmatch(filled[0]) is not None and "," in filled[1]


def block_plan(known: dict[str, Any], body: Sequence[str], fixed: Mapping[str, Any], notes: Sequence[str]) -> Guess:
    """The guess for blocks; `known` is what is known of the text."""
    rows = [line.split(",") for line in body if line.strip() and not BLOCK_HEAD.fullmatch(line)]
    known |= {"form": "blocks", "delimiter": fixed.get("delimiter", ","), "quote": "", "header": False}
    known["width"] = dialects.width_of(rows, 3)
    chosen = {name: value for name, value in fixed.items() if name != "columns"}
    plan = checked(known | {"columns": {"user": "column 1", "rating": "column 2"}} | chosen)
    time = [row[2] for row in rows if len(row) > 2]
    plan = plan.changed(time_form=fixed.get("time_form") or form_of(time))
    asked = questions.about_ratings([row[1] for row in rows if len(row) > 1], plan, fixed)
    said = "Read as blocks: a line with an item's id and a colon, then a line for each of its ratings."
    return Guess(plan, [f"column {at}" for at in range(1, plan.width + 1)], tuple(asked), (*notes, said), rows)
