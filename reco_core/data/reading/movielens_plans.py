"""The plans of folders as GroupLens publishes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reco_core.data.files import Files
from reco_core.data.reading.plan import Plan, Role, checked
from reco_core.data.reading.survey import survey

POSITIONS: tuple[Role, ...] = ("user", "item", "rating", "time")


def movielens_plan(files: Files, fixed: Mapping[str, Any]) -> Plan | None:
    """The plan of a folder as GroupLens publishes them, unless another form or table is asked for."""
    names = set(files.names)
    if str(fixed.get("form", "")).startswith("ml-") and fixed.get("file") in names and fixed.get("columns"):
        return checked(fixed)  # a plan that was kept
    asked = fixed.get("form")
    if "file" in fixed or "columns" in fixed or (asked and not str(asked).startswith("ml-")):
        return None
    others = {name: value for name, value in fixed.items() if name in ("duplicates", "core", "missing", "values")}
    if "u.data" in names:
        dialect = {"delimiter": "\t", "quote": "", "header": False, "width": 4, "time_form": "seconds"}
        return checked(_by_place(4) | {"form": "ml-100k", "file": "u.data"} | dialect | others)
    if "ratings.dat" in names:
        dialect = {"delimiter": "::", "quote": "", "header": False, "width": 4, "time_form": "seconds"}
        return checked(_by_place(4) | {"form": "ml-dat", "file": "ratings.dat"} | dialect | others)
    if {"ratings.csv", "movies.csv"} <= names:
        found = survey(files, "ratings.csv")
        head = found.head.partition("\n")[0].strip().replace('"', "")
        if head.startswith("userId,movieId,rating"):
            width = head.count(",") + 1
            columns = {"user": "userId", "item": "movieId", "rating": "rating"}
            columns |= {"time": "timestamp"} if "timestamp" in head else {}
            dialect = {"width": width, "columns": columns, "time_form": "seconds", "encoding": found.encoding}
            return checked({"form": "ml-csv", "file": "ratings.csv"} | dialect | others)
    return None


def _by_place(width: int) -> dict[str, Any]:
    return {"columns": {role: f"column {at}" for at, role in enumerate(POSITIONS[:width], 1)}}
