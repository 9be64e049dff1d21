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
from reco_core.split import Split
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
    split: Split,
    seed: int = 0,
    values: Mapping[str, Any] | None = None,
    preset: str | None = None,
    programs: Programs | None = None,
) -> Fit:
    """The model with its defaults, the preset and the values, trained on the split.

    A model that learns with patience chooses its epochs on validation rows (those of the split, else a tenth of its
    training rows), then learns anew from all rows outside the test for as many; every other model learns from all of
    them at once. A preset is trained as the split is, without learning anew.
    """
    settings = spec.parse(values or {}, preset)
    chooses = spec.build is not None and getattr(settings, "patience", None) is not None and preset is None
    programs = Programs() if programs is None else programs
    whole = split if preset else replace(split, train=split.known, validation=np.empty(0, dtype=np.int64))
    began, val_rmse = time.perf_counter(), None
    if chooses:
        first = split if len(split.validation) else carved(whole, seed)
        training, epochs = _trained(spec, settings, ratings, first, seed, programs)
        settings, val_rmse = training.refit_settings, epochs[-1].val_rmse
    training, epochs = _trained(spec, settings, ratings, whole, seed, programs)
    val_rmse = val_rmse or epochs[-1].val_rmse
    return Fit(
        spec=spec,
        scorer=spec.scorer(training.arrays(), training.shape, settings),
        split=whole,
        trained_rows=whole.known if spec.fit is not None else whole.train,
        seconds=time.perf_counter() - began,
        epochs=epochs,
        val_mse=None if val_rmse is None else val_rmse**2,
    )


def carved(split: Split, seed: int, share: float = 0.1) -> Split:
    """The split with a share of its training rows as validation rows, drawn as make_split draws them."""
    n = len(split.train)
    chosen = np.sort(np.random.default_rng(seed).permutation(n)[: round(n * share)])
    return replace(split, train=np.delete(split.train, chosen), validation=split.train[chosen])


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
