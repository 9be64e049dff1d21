"""A file -> the plan by which it is read, and what only its owner can know, as questions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from reco_core.data.files import Files
from reco_core.data.reading import dialects, json_records, matrices, questions, roles, sources
from reco_core.data.reading.block_plans import block_plan, is_blocks
from reco_core.data.reading.guessed import Guess
from reco_core.data.reading.lines import TOO_LONG
from reco_core.data.reading.movielens_plans import POSITIONS, movielens_plan
from reco_core.data.reading.plan import NEEDED, Plan, Role, checked
from reco_core.data.reading.survey import Survey, survey
from reco_core.data.reading.text_pieces import places
from reco_core.data.reading.times import form_of
from reco_core.data.reading.values import number
from reco_core.errors import DataError

WIDEST_BY_PLACE = 5  # columns without a header that are taken for user, item, rating, time
NARROWEST_MATRIX = 6
LOOKED_AT = 4000  # lines


def guess(files: Files, choices: Mapping[str, Any] | None = None) -> Guess:
    """How the files are read best, with what was chosen fixed. Raises DataError in one sentence."""
    fixed = dict(choices or {})
    checked({**fixed, "columns": fixed.get("columns", {})})
    if form := movielens_plan(files, fixed):
        return Guess(form, sources.column_names(files, form))
    name, notes = _ratings_file(files, fixed)
    found = survey(files, name, fixed.get("encoding"))
    if found.kind == "parquet" or fixed.get("form") == "parquet":
        return _named(files, checked({"form": "parquet", "file": name} | fixed), fixed, notes)
    if fixed.get("form", "json" if _is_json(found) else "") == "json":
        return _named(files, checked({"form": "json", "file": name, "encoding": found.encoding} | fixed), fixed, notes)
    return _text(files, name, found, fixed, notes)


def _ratings_file(files: Files, fixed: Mapping[str, Any]) -> tuple[str, list[str]]:
    """(the file that holds ratings, what is to be said of the choice). Raises DataError where there is none."""
    names = [*files.names, *files.elsewhere]
    if "file" in fixed:
        if fixed["file"] not in names:
            raise DataError(f"The file must be one of {', '.join(names)[:300]}; got {str(fixed['file'])[:60]}.")
        return fixed["file"], []
    if len(names) == 1:
        return names[0], []
    held = {name: _holds(files, name) for name in names[:60]}
    most = max(held.values(), default=0)
    fitting = [name for name, roles_held in held.items() if roles_held == most]
    if most < len(NEEDED):
        shown = ", ".join(names[:8]) or "no table"
        raise DataError(
            "A dataset needs u.data, ratings.dat, ratings.csv or one table (.csv, .tsv) with user, item and rating;"
            f" {files.path.name} has {shown}."
        )
    best = min(fitting, key=lambda name: ("rating" not in name.lower(), name.endswith(".test"), -files.size(name)))
    if len(fitting) == 1:
        return best, []
    others = [name for name in fitting if name != best]
    return best, [f"{best} was read; {', '.join(others)} could be read as well (file={others[0]})."]


def _holds(files: Files, name: str) -> int:
    """How many of user, item and rating a table's header has; 0 for what is no table."""
    try:
        found = guess(files, {"file": name})
    except DataError:
        return 0
    return 0 if found.plan.form == "wide" else len(set(NEEDED) & found.plan.columns.keys())


def _is_json(found: Survey) -> bool:
    head = found.head.lstrip()
    if not head.startswith(("{", "[")):
        return False
    return head.startswith("[") or isinstance(json_records.as_json(head.partition("\n")[0]), dict)


def _named(files: Files, plan: Plan, fixed: Mapping[str, Any], notes: Sequence[str]) -> Guess:
    """The guess for a form whose columns have names."""
    names = sources.column_names(files, plan)
    columns = _roles(names, {}) | fixed.get("columns", {})
    plan = plan.changed(columns=columns, width=min(len(names), 20_000))
    if missing := [role for role in NEEDED if role not in columns]:
        return Guess(plan, names, (questions.columns(plan.file, missing, names),), tuple(notes))
    wanted = [role for role in (*NEEDED, "time") if role in columns]
    batch = next(iter(sources.batches(files, plan, 1024**2, wanted)), None)
    sample = (
        {} if batch is None else {role: batch.table.column(role).slice(0, LOOKED_AT).to_pylist() for role in wanted}
    )
    return _finished(plan, names, sample, fixed, notes)


def _text(files: Files, name: str, found: Survey, fixed: Mapping[str, Any], notes: Sequence[str]) -> Guess:
    """The guess for a table of text, a matrix or blocks."""
    head = found.head.split("\n")
    if head[0].startswith(TOO_LONG.decode()):
        raise DataError(f"A table's lines may have 1 MB; the first line of {name} is longer.")
    separator = dialects.separator_line(found.head)
    first = 1 if separator else 0
    while first < len(head) - 1 and not head[first].strip():
        first += 1
    body = head[first:-1] or head[first:]
    lines = [*body, *found.text.split("\n")[len(head) :]]
    lines = [line for line in lines if line.strip()]
    lines = lines[: LOOKED_AT // 2] + lines[LOOKED_AT // 2 :: max(1, len(lines) // LOOKED_AT * 2)]
    known: dict[str, Any] = {"file": name, "encoding": found.encoding}
    known["delimiter"] = fixed.get("delimiter", separator or dialects.delimiter_of(lines))
    if is_blocks(body) and fixed.get("form", "blocks") == "blocks":
        return block_plan(known, body, fixed, notes)
    mark = known["delimiter"]
    known["trim"] = fixed.get("trim", dialects.trimmed(lines, mark))
    known["quote"] = fixed.get(
        "quote", dialects.quote_of([found.text] if found.whole else [found.head, *found.quoted], mark)
    )
    known["escape"] = fixed.get("escape", dialects.escape_of(found.quoted, mark) if known["quote"] else "")
    dialect = sources.dialect_of(checked(known | {"width": 1}))
    rows = [dialects.cells(line, dialect) for line in lines]
    width = dialects.width_of(rows)
    comments = dialects.comment_lines(rows, width)
    rows = rows[comments:]
    known["skip"] = fixed.get("skip", first + comments)
    if not rows:
        raise DataError(f"A table needs at least one line; {name} has comments only.")
    known["header"] = fixed.get("header", dialects.has_header(rows))
    header = rows[0] if known["header"] else []
    rows = rows[1:] if known["header"] else rows
    known["width"] = fixed.get("width") or max(dialects.width_of(rows, len(header)), len(header) if not rows else 1)
    known["width"] = max(known["width"], len(header)) if len(header) > known["width"] else known["width"]
    plan = checked({"form": "table"} | known | {key: value for key, value in fixed.items() if key != "columns"})
    names = sources.column_names(files, plan)
    if plan.form == "wide":
        return matrices.matrix(plan, names, rows, fixed, notes)
    return _table(plan, names, rows, fixed, notes)


def _table(
    plan: Plan, names: list[str], rows: list[list[str]], fixed: Mapping[str, Any], notes: Sequence[str]
) -> Guess:
    """The guess for a line per rating."""
    chosen = fixed.get("columns", {})
    if plan.header:
        columns = _roles(names, chosen)
        columns |= _rating_left(names, columns, rows)
    elif len(names) <= WIDEST_BY_PLACE:
        columns = {role: names[at] for at, role in enumerate(POSITIONS) if at < len(names)}
    else:
        columns = {}
    columns = {role: name for role, name in columns.items() if name not in chosen.values()} | chosen
    plan = plan.changed(columns=columns)
    places(names, plan, tuple(chosen))
    missing = [role for role in NEEDED if role not in columns]
    if missing and len(names) >= NARROWEST_MATRIX and not chosen and matrices.is_matrix(rows):
        return matrices.matrix(plan, names, rows, fixed, notes)
    if missing:
        asked = questions.columns(plan.file, missing, names if plan.header else [], len(names))
        return Guess(plan, names, (asked,), tuple(notes), rows)
    at = places(names, plan, (*NEEDED, "time"))
    sample = {role: [row[place] for row in rows if place < len(row)] for role, place in at.items()}
    return _finished(plan, names, sample, fixed, notes, rows)


def _roles(names: Sequence[str], chosen: Mapping[Role, str]) -> dict[Role, str]:
    """Role -> column by the header's names; a title stands for the item where there is nothing else."""
    free = [name for name in names if name not in chosen.values()]
    found = roles.by_name(free)
    if "user" in found and "item" not in found and "item" not in chosen and "title" in found:
        found["item"] = found.pop("title")
    return found


def _rating_left(names: list[str], columns: Mapping[Role, str], rows: list[list[str]]) -> dict[Role, str]:
    """The rating where it is the only column of numbers whose meaning is not known."""
    if "rating" in columns or not {"user", "item"} <= columns.keys():
        return {}
    left = []
    for at, name in enumerate(names):
        cells = [row[at] for row in rows if at < len(row) and row[at].strip()]
        known = name in columns.values() or name == "column 1"  # row numbers have no name
        if not known and cells and all(number(cell) is not None for cell in cells):
            left.append(name)
    return {"rating": left[0]} if len(left) == 1 else {}


def _finished(
    plan: Plan,
    names: list[str],
    sample: Mapping[Role, list[str]],
    fixed: Mapping[str, Any],
    notes: Sequence[str],
    rows: list[list[str]] | None = None,
) -> Guess:
    """The guess with decimal sign and times, and questions about the values."""
    stars, time = sample.get("rating", []), sample.get("time", [])
    if "decimal" not in fixed and plan.delimiter != ",":
        commas = sum(bool(re.fullmatch(r"\s*[+-]?\d*,\d+\s*", text)) for text in stars)
        if commas and not any("." in text for text in stars):
            plan = plan.changed(decimal=",")
    said = list(notes)
    if "time" in plan.columns and not plan.time_form:
        form = form_of(time)
        plan = plan.changed(time_form=form)
        if not form and any(text.strip() for text in time):
            example = next(text for text in time if text.strip())[:40]
            said.append(f"The times in {plan.columns['time']} are not used: their form is not known ({example}).")
    asked = questions.about_ratings(stars, plan, fixed)
    if "time_form" not in fixed:
        asked += questions.about_times(time, plan.time_form)
    return Guess(plan, names, tuple(asked), tuple(said), rows or [])
