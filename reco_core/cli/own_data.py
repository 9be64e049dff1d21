"""`reco data add` and what else is done with a dataset of one's own: rename, describe, remove, restore, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reco_core.cli.options import Columns, Reading, RunsFolder, store_at
from reco_core.cli.output import AsJson, facts, out, print_json

if TYPE_CHECKING:
    from reco_core.data import Dataset

Given = Annotated[str, typer.Argument(help="A file, zip or folder; or a dataset that was exported.", metavar="FILE")]
Own = Annotated[str, typer.Argument(help="The name of a dataset that was added (`reco data list`).", metavar="NAME")]


def add(
    source: Given,
    name: Annotated[str, typer.Option("--name", metavar="TITLE", help="Its title; by default the file's name.")] = "",
    columns: Columns = None,
    read: Reading = None,
    describe: Annotated[str, typer.Option("--describe", metavar="TEXT", help="What it is, for people.")] = "",
    kind: Annotated[str, typer.Option("--kind", metavar="WORD", help="What an item is called, such as book.")] = "",
    as_json: AsJson = False,
) -> None:
    """Keep a copy of a file of ratings as a dataset, together with how it is read."""
    from reco_core.data.own import store
    from reco_core.data.own.adding import add as keep
    from reco_core.data.own.sharing import exported_in, import_
    from reco_core.data.reading.plan import parse_choices, split_source

    place, given = split_source(source)
    path, choices = Path(place).expanduser(), given | parse_choices(columns or [], read or [])
    if path.exists() and not choices and exported_in(path) is not None:
        record = import_(path)
        if name or describe or kind:
            changes = {"title": name, "description": describe, "kind": kind}
            record = store.change(record.slug, **{key: value for key, value in changes.items() if value})
    else:
        record = keep(path, name, choices, describe, kind)
    if as_json:
        print_json(record.model_dump(mode="json"))
        return
    out().print(f"{record.title} is the dataset {record.slug} now.", markup=False)
    out().print(facts(_came_in(record)))


def rename(
    name: Own, title: Annotated[str, typer.Argument(help="Its new title.", metavar="TITLE")], as_json: AsJson = False
) -> None:
    """Give a dataset that was added another title; its name in addresses and commands stays."""
    _change(name, as_json, title=title)


def describe(
    name: Own,
    text: Annotated[str, typer.Argument(help="What it is, for people.", metavar="TEXT")] = "",
    kind: Annotated[str | None, typer.Option("--kind", metavar="WORD", help="What an item is called.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give a dataset that was added a description, or another word for its items."""
    changes = {"description": text} if text or kind is None else {}
    _change(name, as_json, **changes, **({} if kind is None else {"kind": kind}))


def remove(
    name: Own,
    runs: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Delete a dataset that was added with its runs; `reco data restore` undoes it for a week."""
    from reco_core.jobs.results.dataset_removal import remove_dataset

    gone = remove_dataset(store_at(runs), name)
    if as_json:
        print_json({"removed": gone.slug, "runs": gone.runs})
    else:
        out().print(f"{name} is deleted, with {_plural(len(gone.runs), 'run')}: `reco data restore {name}` undoes it.")


def restore(
    name: Annotated[str, typer.Argument(help="The name it had.", metavar="NAME")],
    runs: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Put back a dataset that was deleted within the last week, with its runs."""
    from reco_core.jobs.results.dataset_removal import restore_dataset

    back = restore_dataset(store_at(runs), name)
    if as_json:
        print_json({"restored": name, "runs": back})
    else:
        out().print(f"{name} is back, with {_plural(back, 'run')}.", markup=False)


def export(
    name: Own,
    to: Annotated[Path, typer.Argument(help="A new folder, or a file that ends in .zip.", metavar="PATH")],
    as_json: AsJson = False,
) -> None:
    """Write a dataset that was added as a folder or zip: its file, its plan (dataset.json) and a README."""
    from reco_core.data.own.adding import adopted
    from reco_core.data.own.sharing import export as write

    record = adopted(name)
    write(record, to)
    if as_json:
        print_json({"name": record.slug, "path": str(to)})
    else:
        out().print(f"{record.title} is at {to}", markup=False)


def _change(name: str, as_json: bool, **changes: str) -> None:
    from reco_core.data.own import store
    from reco_core.data.own.adding import adopted

    record = store.change(adopted(name).slug, **changes)
    if as_json:
        print_json(record.model_dump(mode="json"))
    else:
        out().print(f"{record.slug}: {record.title}", markup=False)


def _came_in(record: Dataset) -> list[tuple[str, object]]:
    counts = record.counts
    return [
        ("lines", counts.lines),
        ("ratings", counts.ratings),
        ("refused", counts.refused),
        ("merged", counts.duplicates),
        ("left out", counts.filtered),
        ("blank", counts.empty),
        ("users", counts.users),
        ("items", counts.items),
        ("scale", f"{counts.scale[0]:,g} to {counts.scale[1]:,g}"),
    ]


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
