"""One of this project's models, fitted as `reco train --refit` does it, and its figures on the test rows."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from reco_core.evaluation import evaluate
from reco_core.events import EpochEnded, Failed
from reco_core.models.spec import ModelSpec, Scorer, Settings
from reco_core.ratings import Ratings
from reco_core.split import Split, SplitSettings, make_split
from reco_core.training.loop import Programs, Training


@dataclass(frozen=True, eq=False)
class Fit:
    """A trained model. seconds: of all its training. epochs: of the last training. val_mse: after the first's last."""

    spec: ModelSpec
    scorer: Scorer
    split: Split
    trained_rows: np.ndarray
    seconds: float
    epochs: list[EpochEnded]
    val_mse: float | None

    def figures(self, ratings: Ratings) -> dict[str, float]:
        """Every metric on the test rows."""
        return evaluate(self.spec, self.scorer, ratings, self.split, trained_rows=self.trained_rows)


def fit(
    spec: ModelSpec,
    ratings: Ratings,
    asked: SplitSettings,
    seed: int = 0,
    programs: Programs | None = None,
    values: Mapping[str, Any] | None = None,
    preset: str | None = None,
) -> Fit:
    """The model with its defaults, the preset and the values, on the split that is asked for.

    A model that learns with patience chooses its epochs on validation rows (val_size of the split, a tenth where that
    is 0), then learns anew from all rows outside the test for as many; every other model learns from all of them at
    once. A preset is trained as the split says, without learning anew.
    """
    settings = spec.parse(values or {}, preset)
    chooses = spec.build is not None and getattr(settings, "patience", None) is not None and preset is None
    val_size = (asked.val_size or 0.1) if chooses else asked.val_size if preset else 0.0
    split = make_split(ratings, SplitSettings(**asked.model_dump() | {"val_size": val_size}))
    programs = Programs() if programs is None else programs
    began = time.perf_counter()
    training, epochs = _trained(spec, settings, ratings, split, seed, programs)
    val_rmse = epochs[-1].val_rmse
    if chooses and len(split.validation):
        settings = training.refit_settings
        whole = replace(split, train=split.known, validation=np.empty(0, dtype=np.int64))
        training, epochs = _trained(spec, settings, ratings, whole, seed, programs)
        split = whole
    seconds = time.perf_counter() - began
    return Fit(
        spec=spec,
        scorer=spec.scorer(training.arrays(), training.shape, settings),
        split=split,
        trained_rows=split.known if spec.fit is not None else split.train,
        seconds=seconds,
        epochs=epochs,
        val_mse=None if val_rmse is None else val_rmse**2,
    )


def _trained(
    spec: ModelSpec, settings: Settings, ratings: Ratings, split: Split, seed: int, programs: Programs
) -> tuple[Training, list[EpochEnded]]:
    """The training, gone through, and its epochs."""
    training = Training(spec, settings, ratings, split, seed, programs)
    epochs = []
    for event in training.events():
        if isinstance(event, Failed):
            raise RuntimeError(f"{spec.name} failed: {event.reason}")
        if isinstance(event, EpochEnded):
            epochs.append(event)
    return training, epochs
