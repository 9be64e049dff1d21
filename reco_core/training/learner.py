"""One model through its stages: epochs, validation, early stopping, and a stop within an epoch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from reco_core.events import EpochEnded, Event, Progress, StageStarted
from reco_core.models.output import adds_mean
from reco_core.models.spec import Arrays, Shape, Stage
from reco_core.models.weights import with_unseen_rows
from reco_core.training.plan import Part, batch_size_for, compiling_pays, rate_at
from reco_core.training.program import Programs, xla_works
from reco_core.training.rows import Rows

_PROGRESS_EVERY = 0.25  # seconds


class NotFinite(Exception):
    """The loss is no longer a number; the message says what may help."""


@dataclass(frozen=True, eq=False)
class Material:
    """What a part is trained with: rows, shape, random numbers, and where it stands in the whole run."""

    train: Rows
    validation: Rows
    shape: Shape
    rng: np.random.Generator
    should_stop: Callable[[], bool]
    began: float
    epochs_before: int
    epochs_planned: int


class Learner:
    """Trains one part of the plan; `stopped` is why it ended early, "asked" or "patience", or empty."""

    def __init__(self, part: Part, material: Material, programs: Programs, first: Arrays) -> None:
        self._part, self._material, self._settings = part, material, part.settings
        self._layout = part.spec.layout(part.settings, material.shape)
        self._seen = material.train.seen(material.shape.n_users, material.shape.n_items)
        self._mean = material.shape.mean if adds_mean(part.settings) else 0.0
        batch_size = batch_size_for(part.settings, len(material.train))
        epochs = sum(stage.epochs for stage in part.stages)
        compiled = compiling_pays(part.settings, batch_size, len(material.train), epochs) and xla_works()
        self._program = programs.get(part.spec, part.settings, material.shape, batch_size, compiled)
        self._program.reset(part.settings, first, material.rng)
        self.epoch, self.stopped = material.epochs_before, ""
        self.best_epoch: int | None = None
        self._best_error, self._best_arrays = np.inf, {}

    @property
    def epochs_kept(self) -> int:
        """Epochs of this part that the weights kept in the end have seen."""
        return (self.best_epoch or self.epoch) - self._material.epochs_before

    def arrays(self) -> Arrays:
        """Weights by name; rows that no training rating touched hold the mean of the others."""
        return with_unseen_rows(self._program.arrays(), self._layout, self._seen)

    def events(self) -> Iterator[Event]:
        """StageStarted, Progress and EpochEnded; raises NotFinite."""
        last = self._part.first + len(self._part.stages) - 1
        for number, stage in enumerate(self._part.stages, start=self._part.first):
            yield StageStarted(number, stage.name, stage.epochs, stage.learning_rate)
            ended = yield from self._stage(number, stage)
            self._restore_best()
            if ended == "asked" or (ended and number == last):
                self.stopped = ended
                return

    def _stage(self, number: int, stage: Stage) -> Iterator[Event]:
        """The stage's events; returns why it ended early, or an empty text."""
        waited = 0
        for n in range(1, stage.epochs + 1):
            rate = rate_at(stage, n, self._settings.decay)
            self._program.set_rate(rate)
            began = time.perf_counter()
            sums = yield from self._epoch(began)
            if sums is None:
                return "asked"
            self.epoch += 1
            ended = self._ended(number, rate, began, *sums)
            waited = 0 if self._is_best(ended) else waited + 1
            yield ended
            if self._settings.patience and len(self._material.validation) and waited >= self._settings.patience:
                return "patience"
        return ""

    def _epoch(self, began: float) -> Iterator[Event]:
        """The epoch's Progress; returns (sum of loss, sum of squared error, rows), or None where a stop was asked."""
        totals, done, told = np.zeros(2), 0, began
        rows = self._material.train
        for chunk, steps, n in rows.chunks(
            self._program.batch_size, self._program.steps, self._whole_batches, self._material.rng
        ):
            if self._material.should_stop():
                return None
            totals += self._program.run(chunk, steps, self._mean)
            done += n
            if not np.isfinite(totals).all():
                raise NotFinite(self._not_finite())
            now = time.perf_counter()
            if now - told >= _PROGRESS_EVERY and done < len(rows):
                told = now
                yield self._progress(done, done / (now - began))
        return totals[0], totals[1], done

    @property
    def _whole_batches(self) -> bool:
        """Whether padding must not reach the model: averages that it keeps would count it."""
        return any(weight.part == "state" for weight in self._layout)

    def _progress(self, done: int, speed: float) -> Progress:
        total = len(self._material.train)
        epochs_left = self._material.epochs_planned - self.epoch - 1
        return Progress(self.epoch + 1, done, total, speed, (total - done + epochs_left * total) / speed)

    def _ended(self, stage: int, rate: float, began: float, loss: float, missed: float, rows: int) -> EpochEnded:
        trained = time.perf_counter()
        val_loss, val_rmse = self._validate()
        now = time.perf_counter()
        return EpochEnded(
            epoch=self.epoch,
            stage=stage,
            loss=float(loss / rows),
            val_loss=val_loss,
            rmse=float((missed / rows) ** 0.5),
            val_rmse=val_rmse,
            seconds=now - began,
            elapsed=now - self._material.began,
            ratings_per_second=rows / (trained - began),
            learning_rate=rate,
        )

    def _validate(self) -> tuple[float | None, float | None]:
        """(loss, RMSE in stars) on the validation rows; None without such rows."""
        rows, shape = self._material.validation, self._material.shape
        if len(rows) == 0:
            return None, None
        scorer = self._part.spec.scorer(self.arrays(), shape, self._settings)
        loss, rmse = rows.errors(scorer, self._settings.loss, shape.scale)
        if not np.isfinite(loss):
            raise NotFinite(self._not_finite())
        return loss, rmse

    def _is_best(self, ended: EpochEnded) -> bool:
        """Whether this epoch has the least validation error yet; with patience its weights are kept aside."""
        if ended.val_rmse is None or ended.val_rmse >= self._best_error:
            return False
        self._best_error = ended.val_rmse
        if self._settings.patience:
            self.best_epoch, self._best_arrays = ended.epoch, self._program.arrays()
        return True

    def _restore_best(self) -> None:
        if self._best_arrays:
            self._program.load(self._best_arrays)

    def _not_finite(self) -> str:
        epoch, rate = self.epoch + 1, self._settings.learning_rate
        return (
            f"The loss is no longer a number in epoch {epoch}: the numbers grew without bound; "
            f"try a learning_rate below {rate:g}, or a higher l2."
        )
