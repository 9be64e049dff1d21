"""`reco`, the command line: the product without a browser. Commands import what they need when they run."""

from __future__ import annotations

import typer

from reco_core.cli import data, discover, launch, models, runs, train
from reco_core.cli.group import Group

app = typer.Typer(
    cls=Group,
    name="reco",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="See a recommender learn: ratings in, a trained and inspected recommender out.",
)
app.add_typer(data.app, name="data")
app.command("models")(models.models)
app.command("train")(train.train)
app.command("runs")(runs.runs)
app.command("show")(runs.show)
app.command("evaluate")(runs.evaluate)
app.command("compare")(runs.compare)
app.command("similar")(discover.similar)
app.command("recommend")(discover.recommend)
app.command("export")(runs.export)
app.command("import")(runs.import_run)
app.command("app")(launch.launch)


def main() -> None:
    """The `reco` command."""
    app()
