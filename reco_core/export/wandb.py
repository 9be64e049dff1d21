"""A run for Weights & Biases, for teams that have it: `pip install 'reco-core[wandb]'`. Nothing leaves this machine.

The run is written into a folder; `wandb sync` sends it, when and where its owner wants.
"""

from __future__ import annotations

import os
from itertools import groupby
from pathlib import Path
from types import ModuleType

from reco_core.errors import RunError
from reco_core.export.logged import artifacts, figures, parameters, points
from reco_core.export.wandb_file import wait_until_written
from reco_core.runs import RunReading
from reco_core.storage import kept_in

PROJECT = "reco"


def write_wandb(run: RunReading, folder: Path) -> Path:
    """Write a run that is over as an offline run; gives the folder that `wandb sync` takes. Raises RunError.

    Each epoch is a step; settings are the config, test figures the summary, archive and script files of the run.
    """
    run.require_result()
    wandb = _library()
    with kept_in(folder):
        folder.mkdir(parents=True, exist_ok=True)
    settings = wandb.Settings(
        mode="offline", silent=True, console="off", disable_git=True, save_code=False, x_disable_stats=True,
        x_disable_meta=True, x_disable_machine_info=True,
        x_save_requirements=False,
    )  # fmt: skip
    try:
        logged = wandb.init(
            project=PROJECT, name=run.name, id=run.id, group=run.info.dataset, job_type=run.info.model,
            config=parameters(run), dir=str(folder), settings=settings,
        )  # fmt: skip
    except (wandb.Error, OSError) as error:
        raise RunError(f"Weights & Biases could not write to {folder}: {str(error).splitlines()[0][:300]}") from error
    with logged:
        for step, entries in groupby(points(run), key=lambda point: point.step):
            logged.log({point.name: point.value for point in entries}, step=step)
        logged.summary.update({point.name: point.value for point in figures(run)})
        inside = Path(logged.dir)
        for path in artifacts(run, inside):
            logged.save(str(path), base_path=str(inside), policy="end")
    wait_until_written(inside.parent)
    return inside.parent


def _library() -> ModuleType:
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
    try:
        import wandb
    except ImportError as error:
        raise RunError("Weights & Biases is not installed here; pip install 'reco-core[wandb]' adds it.") from error
    return wandb
