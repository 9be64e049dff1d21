"""What a file does not say of itself: asked of its owner, never assumed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reco_core.data.reading.plan import ROW_NUMBER, Plan
from reco_core.data.reading.times import ambiguous
from reco_core.data.reading.values import number

SENTINELS = (-1.0, 0.0, 99.0, -9.0, -99.0, 999.0, -999.0)
MANY = 100.0  # the largest rating above which whole numbers may be counts
SKEWED = 8  # how many times the middle one the largest of counts is at least


@dataclass(frozen=True)
class Question:
    """One question: what it is about (a field of the plan), the sentence, and its answers as (label, changes).

    must: nothing can be read before it is answered; `refusal` is then the error's sentence.
    """

    about: str
    text: str
    answers: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    must: bool = False
    refusal: str = ""


def columns(file: str, missing: Sequence[str], names: Sequence[str], width: int = 0) -> Question:
    """Which column is user, item, rating? They must be named."""
    if names:
        shown = ", ".join(names)[:200]
        refusal = (
            f"A table of ratings needs the columns user, item and rating (timestamp, title, year and genres are"
            f" optional); {file} has no {' and no '.join(missing)} among: {shown}. Name them, such as"
            f" --columns user={names[0]}."
        )
    else:
        refusal = (
            f"A table without a header needs the columns user, item, rating and optionally timestamp;"
            f" {file} has {width}. Name them, such as --columns user=#1,item=#2,rating=#3."
        )
    text = f"Which column holds the {' and the '.join(missing)}?"
    return Question("columns", text, must=True, refusal=refusal)


def matrix(plan: Plan, width: int) -> Question:
    """Is this a matrix, a row per user and a column per item?"""
    who = "the number of its row" if plan.columns.get("user") == ROW_NUMBER else f"the column {plan.columns['user']}"
    text = f"{plan.file} looks like a matrix: a row per user ({who}), a column per item. Read it so?"
    refusal = (
        f"A table of ratings needs the columns user, item and rating; {plan.file} has {width} columns of numbers, like"
        " a matrix with a row per user and a column per item: read it so with --read form=wide, or name the columns."
    )
    return Question("form", text, (("Yes, a row per user", {"form": "wide"}),), must=True, refusal=refusal)


def about_ratings(texts: Sequence[str], plan: Plan, fixed: Mapping[str, Any]) -> list[Question]:
    """Are some values no ratings? Are these counts?"""
    values = (number(text, plan.decimal) for text in texts)
    found = [value for value in values if value is not None and math.isfinite(value)]
    if not found:
        return []
    asked: list[Question] = []
    if "missing" not in fixed:
        asked += _sentinels(found)
    if "values" not in fixed and plan.values == "ratings":
        asked += _counts(found)
    return asked


def _sentinels(found: list[float]) -> list[Question]:
    asked = []
    for value in SENTINELS:
        others = [one for one in found if one != value]
        times = len(found) - len(others)
        if not times or len(set(others)) < 2:
            continue
        low, high = min(others), max(others)
        gap = value < low if value <= 0 else value > 2 * high
        if gap and (value != 0 or low >= 0.5):
            shown = f"{value:g}"
            text = (
                f"{times:,} of {len(found):,} ratings looked at are {shown}, all others from {low:g} to {high:g}."
                f' Does {shown} mean "not rated"?'
            )
            answers = ((f"{shown} is a rating", {"missing": ()}), (f"{shown} means not rated", {"missing": (shown,)}))
            asked.append(Question("missing", text, answers))
    return asked


def _counts(found: list[float]) -> list[Question]:
    ordered = sorted(found)
    middle, largest = ordered[len(ordered) // 2], ordered[-1]
    if (
        ordered[0] < 0
        or largest <= MANY
        or any(value != int(value) for value in ordered)
        or largest < SKEWED * max(middle, 1)
    ):
        return []
    text = (
        f"These look like counts (plays, hours, clicks) from {ordered[0]:g} to {largest:g}, half of them up to"
        f" {middle:g}. How are they to be read?"
    )
    answers: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("As ratings, as they are", {"values": "ratings"}),
        ("On a log scale", {"values": "log"}),
        ("As implicit feedback: used or not", {"values": "implicit"}),
    )
    return [Question("values", text, answers)]


def about_times(texts: Sequence[str], form: str) -> list[Question]:
    """Day first or month first?"""
    other = ambiguous(texts, form) if form else ""
    if not other:
        return []
    example = next(text for text in texts if text.strip())[:30]
    order = {"%d": "the day first", "%m": "the month first"}
    answers = tuple((order[one[:2]], {"time_form": one}) for one in (form, other))
    return [Question("time_form", f"Is {example} written with the day or the month first?", answers)]
