"""`reco export`: a run for another place, in one form or several."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reco_core.cli.options import DataSource, RunName, RunsFolder, store_at
from reco_core.cli.output import err
from reco_core.errors import RunError

if TYPE_CHECKING:
    from reco_core.runs import Run


def export(
    run: RunName,
    to: Annotated[
        Path | None, typer.Option(metavar="DIR_OR_ZIP", help="For `reco import`: a .zip, or a new folder.")
    ] = None,
    script: Annotated[
        Path | None, typer.Option(metavar="FILE.py", help="A short Python script that trains it again.")
    ] = None,
    keras: Annotated[
        Path | None,
        typer.Option(metavar="FILE.keras", help="Stock Keras layers, with CSV files that map ids to indices."),
    ] = None,
    tensorboard: Annotated[
        Path | None, typer.Option(metavar="DIR", help="TensorBoard event files and embedding projector.")
    ] = None,
    mlflow: Annotated[
        str | None, typer.Option(metavar="URI", help="MLflow: a server, a database or a folder (extra: mlflow).")
    ] = None,
    wandb: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Weights & Biases, offline, for `wandb sync` (extra: wandb).")
    ] = None,
    posters: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of posters for the projector, named by item id; else drawn."),
    ] = None,
    data: DataSource = None,
    folder: RunsFolder = None,
) -> None:
    """Export a run for `reco import`, as a script, or for Keras, TensorBoard, MLflow or Weights & Biases."""
    if all(place is None for place in (to, script, keras, tensorboard, mlflow, wandb)):
        raise RunError("An export needs a destination: --to, --script, --keras, --tensorboard, --mlflow or --wandb.")
    store = store_at(folder)
    chosen = store.find(run)
    if to is not None:
        store.export(chosen.id, to)
        _say(chosen, to)
    if script is not None:
        _say(chosen, _script(chosen, script))
    if keras is not None or tensorboard is not None:
        _with_data(chosen, keras, tensorboard, posters, data)
    if mlflow is not None:
        from reco_core.export.mlflow import log_to_mlflow

        _say(chosen, f"{mlflow} (MLflow run {log_to_mlflow(chosen, mlflow)})")
    if wandb is not None:
        from reco_core.export.wandb import write_wandb

        _say(chosen, write_wandb(chosen, wandb))


def _say(chosen: Run, place: object) -> None:
    err().print(f"{chosen.name} is in {place}", markup=False)


def _script(chosen: Run, file: Path) -> Path:
    from reco_core.export.script import script_of
    from reco_core.storage import write_whole

    content = script_of(chosen).encode()
    if not file.parent.is_dir():
        raise RunError(f"--script needs an existing folder; {file.parent} does not exist.")
    write_whole(file, lambda out: out.write(content))
    return file


def _with_data(
    chosen: Run, keras: Path | None, tensorboard: Path | None, posters: Path | None, data: str | None
) -> None:
    """The exports that name users and items, for which the dataset is read."""
    from reco_core.jobs.results.run_data import ratings_of

    ratings = ratings_of(chosen.info, data)
    if keras is not None:
        from reco_core.export.keras_file import write_keras

        _say(chosen, ", ".join(str(path) for path in write_keras(chosen, ratings, keras)))
    if tensorboard is not None:
        from reco_core.export.tensorboard import write_tensorboard
        from reco_core.posters import Posters

        write_tensorboard(chosen, ratings, tensorboard, Posters({ratings.name: posters} if posters else {}))
        _say(chosen, tensorboard)
