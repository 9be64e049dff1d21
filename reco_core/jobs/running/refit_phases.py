"""The trainings that a run consists of: one, and with `refit` a second one on train and validation rows together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from reco_core.models.spec import Arrays, Settings, Shape
from reco_core.runs import Run
from reco_core.split import Split
from reco_core.training.checkpoint import Checkpoint


@dataclass(frozen=True)
class Fit:
    """What a training gave: weights, and the epoch that they are from; refit: how to train again, None for not."""

    arrays: Arrays
    shape: Shape
    epochs: int
    best_epoch: int | None
    kept_epoch: int
    refit: Settings | None


@dataclass(frozen=True)
class Phase:
    """A training of a run: with which settings, on which rows, after how many epochs of the first one, from where."""

    settings: Settings
    split: Split
    before: int = 0
    first: Fit | None = None
    checkpoint: Checkpoint | None = None

    def notes(self) -> dict[str, Any]:
        """What a checkpoint must say of the first training, for phase_of to make this again."""
        if self.first is None:
            return {"refit": None}
        first = self.first
        facts = {"epochs": first.epochs, "best_epoch": first.best_epoch, "kept_epoch": first.kept_epoch}
        return {"refit": facts | {"settings": self.settings.model_dump(mode="json")}}


def phase_of(run: Run, checkpoint: Checkpoint | None, split: Split) -> Phase:
    """The training that a run is in."""
    refit = None if checkpoint is None else checkpoint.notes["refit"]
    if refit is None:
        return Phase(run.settings, split, checkpoint=checkpoint)
    first = Fit({}, run.shape, refit["epochs"], refit["best_epoch"], refit["kept_epoch"], None)
    return Phase(run.spec.parse(refit["settings"]), _whole(split), first.epochs, first, checkpoint)


def second_phase(first: Fit, split: Split) -> Phase:
    """The training that follows the first one, for as many epochs as validation chose."""
    return Phase(first.refit, _whole(split), first.epochs, first)


def epochs_at(checkpoint: Checkpoint) -> int:
    """Whole epochs of the run, over both trainings."""
    refit = checkpoint.notes["refit"]
    return checkpoint.epoch + (refit["epochs"] if refit else 0)


def tables_in(checkpoint: Checkpoint, run: Run) -> Arrays | None:
    """The vectors that a second stage reads, as they were when the run began, whatever became of its base run."""
    if run.info.base_run is None:
        return None
    return {name: checkpoint.weights[name] for name in ("user_vectors", "item_vectors")}


def _whole(split: Split) -> Split:
    """Train and validation rows together to train on."""
    return replace(split, train=split.known, validation=np.empty(0, dtype=np.int64))
