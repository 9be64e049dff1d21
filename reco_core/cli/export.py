"""`reco export`: a run for another place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reco_core.cli.choose import RunName, RunsFolder, store_at
from reco_core.cli.output import err


def export(
    run: RunName,
    to: Annotated[Path, typer.Option(metavar="DIR_OR_ZIP", help="A .zip file, or a folder that is not there yet.")],
    folder: RunsFolder = None,
) -> None:
    """Write a run as a zip or a folder that `reco import` takes in elsewhere."""
    store = store_at(folder)
    chosen = store.find(run)
    store.export(chosen.id, to)
    err().print(f"{chosen.name} is in {to}", markup=False)
