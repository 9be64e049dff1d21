"""`reco queue`: what trains and what waits, in whichever process, and how to take a run out of the queue."""

from __future__ import annotations

from typing import Annotated

import typer

from reco_core.cli.options import RunsFolder, store_at
from reco_core.cli.output import AsJson, err, out, print_json, table


def queue(
    cancel: Annotated[
        str | None, typer.Option(metavar="RUN", help="Cancel this run if it is queued, or stop it if it trains.")
    ] = None,
    folder: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """List the runs that are training or queued, the next one first."""
    from reco_core.jobs.server.queue_view import places_in_queue

    store = store_at(folder)
    if cancel is not None:
        run = store.find(cancel)
        if run.active:
            run.ask_stop()
            err().print(f"{run.name} was asked to stop", markup=False)
        else:
            err().print(f"{run.name} is neither queued nor training: it is {run.status}", markup=False)
    rows = [
        {
            "position": place.position,
            "run": place.run.id,
            "name": place.run.name,
            "status": place.status,
            "epoch": len(place.run.epochs()),
            "epochs": place.run.planned_epochs or None,
        }
        for place in places_in_queue(store)
    ]
    if as_json:
        print_json({"queue": rows})
    elif not rows:
        out().print("Nothing is training or queued.")
    else:
        columns = ("position", "run", "name", "status", "epoch", "epochs")
        out().print(table(columns, [tuple(row[key] for key in columns) for row in rows]))
