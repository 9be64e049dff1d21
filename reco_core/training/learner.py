"""One model through its stages: epochs, changes, early stopping, and leaving at whole epochs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from reco_core.events import Changed, EpochEnded, Event, Progress, StageStarted
from reco_core.models.output_scale import adds_mean
from reco_core.models.spec import Arrays, Stage
from reco_core.models.weights import with_unseen_rows
from reco_core.training.checkpoint import Checkpoint
from reco_core.training.part_inputs import Material, NotFinite, beginning, program_for
from reco_core.training.plan import Part, rate_at
from reco_core.training.programs import Programs
from reco_core.training.steering import Change

_PROGRESS_EVERY = 0.25  # seconds
_SOON = 1.0  # seconds in which an epoch is ended rather than given up


class Learner:
    """Trains one part of the plan; `stopped` is why it ended before its plan did, or empty.

    `whole` is the state after the last whole epoch; leaving in the middle of an epoch goes back to it.
    """

    def __init__(
        self, part: Part, material: Material, programs: Programs, first: Arrays, resumed: Checkpoint | None = None
    ) -> None:
        self._part, self._material, self._settings, self._programs = part, material, part.settings, programs
        self._layout = part.spec.layout(part.settings, material.shape)
        self._seen = material.train.seen(material.shape.n_users, material.shape.n_items)
        self._mean = material.shape.mean if adds_mean(part.settings) else 0.0
        self.stopped = ""
        self._program = program_for(part, material, programs, {}, resumed.compiled if resumed else None)
        self._program.reset(part.settings, first, material.rng)
        if resumed is None:
            self.whole = beginning(material, self._program)
        else:
            self.whole = resumed
            self._go_back(resumed)
            material.rng.bit_generator.state = resumed.rng

    @property
    def epoch(self) -> int:
        """Whole epochs of the training."""
        return self.whole.epoch

    @property
    def best_epoch(self) -> int | None:
        """With patience, the epoch of the least validation error."""
        return self.whole.best_epoch

    @property
    def epochs_kept(self) -> int:
        """Epochs of this part that the weights kept in the end have seen."""
        return (self.best_epoch or self.epoch) - self.whole.part_began

    def arrays(self) -> Arrays:
        """Weights by name; rows that no training rating touched hold the mean of the others."""
        return with_unseen_rows(self._program.arrays(), self._layout, self._seen)

    def events(self) -> Iterator[Event]:
        """StageStarted, Changed, Progress and EpochEnded; raises NotFinite."""
        last = len(self._part.stages) - 1
        for place in range(self.whole.stage, last + 1):
            stage = self._part.stages[place]
            if place > self.whole.stage:
                self.whole = self.whole.at_stage(place)
            if self.whole.stage_epochs == 0:
                yield StageStarted(self._part.first + place, stage.name, stage.epochs, stage.learning_rate)
            ended = yield from self._stage(stage, place == last)
            if ended != "paused":
                self._restore_best()
            if ended and (ended != "patience" or place == last):
                self.stopped = ended
                return

    def _stage(self, stage: Stage, is_last: bool) -> Iterator[Event]:
        """The stage's events; returns why it ended early, or an empty text."""
        while True:
            ended = self._ends(stage, is_last)
            if ended is not None:
                return ended
            yield from self._change(stage)
            rate = self._rate(stage)
            self._program.set_rate(rate)
            self._material.steering.rest()
            began = time.perf_counter()
            sums = yield from self._epoch(began)
            if isinstance(sums, str):
                self._go_back(self.whole)
                return sums
            yield self._keep(self._ended(rate, began, *sums))

    def _ends(self, stage: Stage, is_last: bool) -> str | None:
        """Why no epoch of the stage follows now, empty where its plan is over; None while it goes on."""
        at, steering = self.whole, self._material.steering
        over = at.stage_epochs >= stage.epochs
        final = is_last and self._material.is_last
        verdict = steering.after(at.epoch)
        if verdict in ("enough", "step") and over and final:
            return ""
        if verdict:
            return "paused" if verdict == "step" else verdict
        if final and steering.wants(at.epoch):
            return None
        if self._settings.patience and len(self._material.validation) and at.waited >= self._settings.patience:
            return "patience"
        return "" if over else None

    def _rate(self, stage: Stage) -> float:
        """The next epoch's learning rate: changed by hand, else as planned; beyond the plan, its last one."""
        planned = rate_at(stage, min(self.whole.stage_epochs + 1, stage.epochs), self._settings.decay)
        return planned if self.whole.rate is None else self.whole.rate

    def _change(self, stage: Stage) -> Iterator[Event]:
        """Applies what was asked since the last epoch."""
        for change in self._material.steering.changes(self.epoch):
            if change.setting == "learning_rate":
                before = self._rate(stage)
                self.whole = replace(self.whole, rate=change.value)
            else:
                before = self._penalty(change)
                if before is None:
                    continue
            told = (time.time(), self.epoch, change.setting, before, change.value, change.serial)
            yield Changed(*told)

    def _penalty(self, change: Change) -> float | None:
        """Sets a penalty and gives its value before; None where the model has none of this name."""
        before = self.whole.penalties.get(change.setting, getattr(self._settings, change.setting, None))
        if before is not None:
            self.whole = replace(self.whole, penalties=self.whole.penalties | {change.setting: change.value})
            if not self._program.change(change.setting, change.value):
                self._go_back(self.whole)
        return before

    def _epoch(self, began: float) -> Iterator[Event]:
        """The epoch's Progress; returns (sum of loss, sum of squared error, rows), or why it was left."""
        totals, done, told = np.zeros(2), 0, began
        rows = self._material.train
        for chunk, steps, n in rows.chunks(
            self._program.batch_size, self._program.steps, self._whole_batches, self._material.rng
        ):
            left = self._material.steering.between_chunks()
            if left and not self._is_soon_over(done, began):
                return left
            totals += self._program.run(chunk, steps, self._mean)
            done += n
            if not np.isfinite(totals).all():
                raise NotFinite(self._not_finite())
            now = time.perf_counter()
            if now - told >= _PROGRESS_EVERY and done < len(rows):
                told = now
                yield self._progress(done, done / (now - began))
        return totals[0], totals[1], done

    def _is_soon_over(self, done: int, began: float) -> bool:
        """Whether the epoch under way ends sooner than it would be missed."""
        return done > 0 and (time.perf_counter() - began) * (len(self._material.train) / done - 1) < _SOON

    @property
    def _whole_batches(self) -> bool:
        """Whether padding must not reach the model: averages that it keeps would count it."""
        return any(weight.part == "state" for weight in self._layout)

    def _progress(self, done: int, speed: float) -> Progress:
        total = len(self._material.train)
        epochs_left = max(self._material.epochs_planned - self.epoch - 1, 0)
        return Progress(self.epoch + 1, done, total, speed, (total - done + epochs_left * total) / speed)

    def _ended(self, rate: float, began: float, loss: float, missed: float, rows: int) -> EpochEnded:
        trained = time.perf_counter()
        val_loss, val_rmse = self._validate()
        ndcg, val_ndcg = self._ranked()
        now = time.perf_counter()
        return EpochEnded(
            epoch=self.epoch + 1,
            stage=self._part.first + self.whole.stage,
            loss=float(loss / rows),
            val_loss=val_loss,
            rmse=float((missed / rows) ** 0.5) if self._part.spec.predicts_stars else None,
            val_rmse=val_rmse,
            seconds=now - began,
            elapsed=now - self._material.began - self._material.steering.rested,
            ratings_per_second=rows / (trained - began),
            learning_rate=rate,
            ndcg=ndcg,
            val_ndcg=val_ndcg,
        )

    def _validate(self) -> tuple[float | None, float | None]:
        """(loss, RMSE in stars) on the validation rows; None without such rows."""
        rows, shape = self._material.validation, self._material.shape
        if len(rows) == 0 or not self._part.spec.predicts_stars:
            return None, None
        arrays = self.arrays() | self._material.context
        scorer = self._part.spec.scorer(arrays, shape, self._settings)
        loss, rmse = rows.errors(scorer, self._settings.loss, shape.scale)
        if not np.isfinite(loss):
            raise NotFinite(self._not_finite())
        return loss, rmse

    def _ranked(self) -> tuple[float | None, float | None]:
        """NDCG@10 of the training and of the validation rows; None for a model of stars."""
        if self._material.ranked is None:
            return None, None
        return self._material.ranked.figures(
            self._part.spec.scorer(self._material.context | self.arrays(), self._material.shape, self._settings)
        )

    def _keep(self, ended: EpochEnded) -> EpochEnded:
        """Takes the state after an epoch."""
        rng = self._material.rng.bit_generator.state
        self.whole = self.whole.after(ended, rng, self._program.state(), bool(self._settings.patience))
        return ended

    def _go_back(self, to: Checkpoint) -> None:
        """Weights, optimiser, seeds and penalties as then; raises KeyError or ValueError if of another model."""
        self._program = program_for(self._part, self._material, self._programs, to.penalties, to.compiled)
        self._program.restore(to.weights, to.optimizer, to.seeds)
        for setting in self._settings.flagged("penalty"):
            self._program.change(setting, to.penalties.get(setting, getattr(self._settings, setting)))

    def _restore_best(self) -> None:
        if self.whole.best:
            self._program.load(self.whole.best)

    def _not_finite(self) -> str:
        epoch, rate = self.epoch + 1, self._settings.learning_rate if self.whole.rate is None else self.whole.rate
        return (
            f"The loss is no longer a number in epoch {epoch}: the training diverged. "
            f"Try a learning_rate below {rate:g}."
        )
