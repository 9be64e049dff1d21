"""How a file would be read, for people: what `reco data preview` prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reco_core.cli.output import facts, out, print_json, table

if TYPE_CHECKING:
    from reco_core.data.reading import Guess, Plan, Preview

CELL = 30  # characters of a cell that are shown
COLUMNS = 12


def show(source: str, choices: Mapping[str, Any], as_json: bool) -> None:
    """Print plan, first rows, counts and questions of a folder or file. Raises DataError."""
    from reco_core.data.files import open_files
    from reco_core.data.reading import guess, preview
    from reco_core.data.reading.plan import split_source

    place, given = split_source(source)
    files = open_files(Path(place).expanduser())
    found = guess(files, given | dict(choices))
    shown = preview(files, found)
    if as_json:
        asked = [asdict(question) for question in found.questions]
        print_json(
            {"plan": found.plan.model_dump(), "notes": found.notes, "questions": asked, "preview": asdict(shown)}
        )
        return
    _print(found, shown)


def _print(found: Guess, shown: Preview) -> None:
    console = out()
    console.print(facts(_plan(found.plan)))
    if shown.rows:
        names = shown.names[:COLUMNS]
        console.print(table(names, [[cell[:CELL] for cell in row[:COLUMNS]] for row in shown.rows]))
    if shown.reason:
        console.print(shown.reason, markup=False)
    else:
        console.print(facts(_counts(shown)))
    for note in found.notes:
        console.print(note, markup=False)
    for question in found.questions:
        console.print(f"? {question.text}", markup=False)
        for label, changes in question.answers:
            console.print(f"    {label}: --read {as_flags(changes) or 'as it is'}", markup=False)


def as_flags(changes: Mapping[str, Any]) -> str:
    """Changes of a plan as --read takes them."""
    shown = {name: "|".join(value) or "none" if isinstance(value, tuple) else value for name, value in changes.items()}
    return ",".join(f"{name}={value}" for name, value in shown.items())


def _plan(plan: Plan) -> list[tuple[str, object]]:
    """The plan's fields in words, those that say something."""
    from reco_core.data.reading.plan import DELIMITERS, FORMS

    columns = ", ".join(f"{role} = {name}" for role, name in plan.columns.items())
    return [
        ("file", plan.file),
        ("form", FORMS[plan.form]),
        ("encoding", plan.encoding),
        ("delimiter", DELIMITERS.get(plan.delimiter, plan.delimiter)),
        ("quote", plan.quote or "none"),
        *([("escape", plan.escape)] if plan.escape else []),
        ("header", "yes" if plan.header else "no"),
        *([("lines passed over", plan.skip)] if plan.skip else []),
        *([("decimal sign", "comma")] if plan.decimal == "," else []),
        ("columns", columns),
        *([("not rated", ", ".join(plan.missing))] if plan.missing else []),
        *([("times", plan.time_form)] if plan.time_form else []),
        *([("values", plan.values)] if plan.values != "ratings" else []),
    ]


def _counts(shown: Preview) -> list[tuple[str, object]]:
    refused = "; ".join(f"{count:,} {reason}" for reason, count in (shown.refused or {}).items())
    return [
        ("lines" if shown.whole else "lines looked at", shown.lines),
        ("ratings", shown.ratings),
        ("users", shown.users),
        ("items", shown.items),
        ("scale", f"{shown.scale[0]:g} to {shown.scale[1]:g}"),
        *([("refused", refused)] if refused else []),
        *([("blank", shown.empty)] if shown.empty else []),
        *([("merged", shown.duplicates)] if shown.duplicates else []),
    ]
