"""`reco`, the command line: the product without a browser. Commands import what they need when they run."""

from __future__ import annotations

from typing import Annotated

import typer

from reco_core import __version__
from reco_core.cli import (
    compare,
    data,
    ensemble,
    export,
    launch,
    models,
    queue,
    recommend,
    runs,
    similar,
    steer,
    sweep,
    train,
)
from reco_core.cli.error_handling import Group
from reco_core.cli.streams import print_anything

app = typer.Typer(
    cls=Group,
    name="reco",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", is_eager=True, help="Show the version and exit.")] = False,
) -> None:
    """See a recommender learn: ratings in, a trained and inspected recommender out."""
    if version:
        print(f"reco {__version__}")
    elif context.invoked_subcommand is None:
        print(context.get_help())


app.add_typer(data.app, name="data")
app.command("models")(models.models)
app.command("train")(train.train)
app.command("pause")(steer.pause)
app.command("continue")(steer.go_on)
app.command("step")(steer.step)
app.command("stop")(steer.stop)
app.command("steer")(steer.steer)
app.command("sweep")(sweep.sweep)
app.command("repeat")(sweep.repeat)
app.command("queue")(queue.queue)
app.command("runs")(runs.runs)
app.command("show")(runs.show)
app.command("evaluate")(runs.evaluate)
app.command("compare")(compare.compare)
app.command("ensemble")(ensemble.ensemble)
app.command("similar")(similar.similar)
app.command("recommend")(recommend.recommend)
app.command("export")(export.export)
app.command("import")(runs.import_run)
app.command("app")(launch.launch)


def main() -> None:
    """The `reco` command."""
    print_anything()
    app()
