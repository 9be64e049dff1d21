"""`reco data`: datasets known here, what is in one, and fetching one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from reco_core.cli import own_data
from reco_core.cli.error_handling import Group
from reco_core.cli.options import Columns, Reading, chosen_source, genres_text
from reco_core.cli.output import AsJson, err, facts, is_wide, out, print_json, table
from reco_core.shown_text import TITLE, shortened

app = typer.Typer(cls=Group, no_args_is_help=True, help="Datasets: list, inspect, download or add them.")

Source = Annotated[
    str,
    typer.Argument(
        help="A dataset's name, a folder, a zip, a table, or an address (duckdb:, postgresql:, s3:).", metavar="SOURCE"
    ),
]


app.command("add")(own_data.add)
app.command("rename")(own_data.rename)
app.command("describe")(own_data.describe)
app.command("remove")(own_data.remove)
app.command("restore")(own_data.restore)
app.command("export")(own_data.export)


@app.command("list")
def list_datasets(as_json: AsJson = False) -> None:
    """List the named datasets: built in, downloadable or added."""
    from reco_core import data

    entries = data.known()
    if as_json:
        print_json({"datasets": [_entry(entry) for entry in entries]})
        return
    console = out()
    columns = ["name", "title", "here", "ratings", "users", "items", "MB", "licence"]
    rows = [
        (e.name, e.title, e.available, e.n_ratings, e.n_users, e.n_items, f"{e.size_mb:g}", e.licence.split(";")[0])
        for e in entries
    ]
    shown = len(columns) if is_wide(console) else columns.index("users")
    console.print(table(columns[:shown], [row[:shown] for row in rows]))


@app.command("preview")
def preview(source: Source, columns: Columns = None, read: Reading = None, as_json: AsJson = False) -> None:
    """Show how a file is read: the plan, its first rows, the counts it gives, and what only you can know."""
    from reco_core.cli.preview import show
    from reco_core.data.reading.plan import parse_choices

    show(source, parse_choices(columns or [], read or []), as_json)


@app.command("info")
def info(source: Source, columns: Columns = None, read: Reading = None, as_json: AsJson = False) -> None:
    """Show a dataset's size, time span, quality and most rated items."""
    from reco_core import data
    from reco_core.data.quality import report

    ratings = data.load(chosen_source(source, columns, read))
    found = report(ratings)
    if as_json:
        print_json(found)
        return
    console = out()
    top = found.pop("top")
    found["refused"] = "; ".join(f"{count:,} {reason}" for reason, count in found["refused"].items())
    console.print(facts((name.replace("_", " "), value) for name, value in found.items() if _is_line(value)))
    rows = []
    for row in top:
        genres = genres_text({"genres": row["genres"].split("|")})
        title, year = shortened(row["title"], TITLE), str(row["year"] or "")
        rows.append((str(row["item"]), title, year, genres, row["count"], row["mean"]))
    console.print(table(("item", "title", "year", "genres", "ratings", "mean"), rows, title="Most rated"))


@app.command("words")
def words(
    name: Annotated[str, typer.Argument(help="The name of a dataset that was added.", metavar="NAME")],
    one: Annotated[str | None, typer.Argument(help="What one item is called, such as book or wine.")] = None,
    many: Annotated[str | None, typer.Argument(help="What many are called; by default, its English plural.")] = None,
    guess: Annotated[bool, typer.Option("--guess", help="Forget the words that were chosen.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show or choose what a dataset's items are called on every page."""
    from reco_core import data
    from reco_core.data.choosing_words import choose_words
    from reco_core.data.item_words import words_of
    from reco_core.kinds import kind_in_words

    found = data.load(name)
    if guess or one is not None:
        choose_words(found.name, None if one is None else kind_in_words(one, many or ""))
        found = data.load(name)
    now = words_of(found)
    if as_json:
        print_json({"dataset": found.name, "kind": now.name, "one": now.one, "many": now.many})
    else:
        out().print(f"Items of {found.name}: {now.one}, {now.many}", markup=False)


@app.command("download")
def download(
    name: Annotated[str, typer.Argument(help="A name that `reco data list` shows.", metavar="NAME")],
    as_json: AsJson = False,
) -> None:
    """Download a named dataset from its home page; nothing is ever downloaded unasked."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from reco_core.data.download import download as fetch

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=err())
    task = bar.add_task(name, total=None)

    def draw(done: int, total: int) -> None:
        bar.start()  # at the first bytes: an error before that is one line and no bar
        bar.update(task, completed=done, total=total or None)

    try:
        path = fetch(name, progress=draw)
    finally:
        if bar.live.is_started:
            bar.stop()
    if as_json:
        print_json({"name": name, "path": str(path)})
    else:
        out().print(f"{name} is at {path}", markup=False)


def _entry(entry: Any) -> dict[str, Any]:
    fields = ("name", "title", "available", "licence", "citation", "url", "n_ratings", "n_users", "n_items", "size_mb")
    return {field: getattr(entry, field) for field in fields}


def _is_line(value: object) -> bool:
    return not isinstance(value, (dict, list)) and value not in (None, "")
