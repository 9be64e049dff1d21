"""Training as a generator of events: the one way to train a model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from reco_core.errors import SettingsError
from reco_core.events import Event, Failed, Paused, Stopped
from reco_core.models.damped_start import with_damped_biases
from reco_core.models.fitted import Fitted
from reco_core.models.spec import Arrays, ModelSpec, Settings, Shape, Stage
from reco_core.models.weights import initial
from reco_core.ratings import Ratings
from reco_core.split import Split
from reco_core.training.checkpoint import Checkpoint
from reco_core.training.closed_form import Fitting
from reco_core.training.learner import Learner
from reco_core.training.optimizers import works_by_rows
from reco_core.training.part_inputs import Material, NotFinite
from reco_core.training.plan import parts_of, refit_settings
from reco_core.training.pretrained_tables import fitted_tables
from reco_core.training.programs import Programs
from reco_core.training.rows import Rows
from reco_core.training.steering import Steering
from reco_core.training.validation_ndcg import RankedRows

__all__ = ["Programs", "Training"]


class Training:
    """One run: `events()` trains; `arrays()` gives the weights by name, usable after each epoch.

    Closed-form models fit on the training and validation rows together, in one epoch without validation figures.
    Models that learn see the training rows only; with `patience` and validation rows they end with the best epoch's
    weights. `tables` are the arrays of an earlier run, whose vectors a model in two stages then reads. `steering` may
    pause, change and prolong it; `checkpoint` is where an earlier training of the same run was left.
    """

    def __init__(
        self,
        spec: ModelSpec,
        settings: Settings,
        ratings: Ratings,
        split: Split,
        seed: int,
        programs: Programs | None = None,
        tables: Arrays | None = None,
        should_stop: Callable[[], bool] = lambda: False,
        steering: Steering | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        if tables is not None and spec.before is None:
            raise SettingsError(f"Only a two-stage model reads an earlier run's tables; got {spec.name}.")
        self._spec, self._settings = spec, settings
        self._programs = Programs() if programs is None else programs
        self._steering = steering or Steering(should_stop)
        self._resumed, self._learner = checkpoint, None
        self._rng = np.random.default_rng([seed, 1])
        trained = split.known if spec.fit else split.train
        self._train = Rows.of(ratings, trained)
        if spec.fit is None:
            by_users = works_by_rows(settings.optimizer)
            self._train = self._train.shuffled(np.random.default_rng([seed, 2]), by_users)
        self._validation = Rows.of(ratings, split.validation)
        if len(self._train) == 0:
            raise SettingsError("A split must leave at least one rating to train on; got none.")
        self._ranked = None
        if spec.goal == "val_ndcg":
            shown = Rows.of(ratings, split.train)
            self._ranked = RankedRows(shown, self._validation, ratings.n_users, ratings.n_items)
            self._train = self._train.positive(settings)
        # A closed-form ranking model is fitted without the validation rows first, for its figure on them.
        self._first = None
        if self._ranked is not None and spec.fit is not None and len(self._validation):
            self._first = partial(_without_validation, spec, settings, ratings, split.train)
        mean = float(self._train.stars.mean(dtype=np.float64))
        self.shape = Shape.of(ratings, mean)
        self._context = spec.context(settings, ratings, trained) if spec.context else {}
        self._tables = {} if tables is None else fitted_tables(tables, settings, self.shape)
        self._parts = parts_of(spec, settings, tables is not None)
        self._epochs_kept: list[int] = []
        self._arrays: Callable[[], Arrays] = dict
        self.best_epoch: int | None = None
        self.complete = False

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The state after the last whole epoch (before the first one: at the start); None for closed-form models."""
        return None if self._learner is None else self._learner.whole

    @property
    def lines(self) -> dict[str, float]:
        """What popularity reaches on the rows that the chart scores; none for a model that predicts stars."""
        return {} if self._ranked is None else {"popularity": self._ranked.popularity()}

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that this run goes through; none for closed-form models."""
        return tuple(stage for part in self._parts for stage in part.stages)

    @property
    def epochs(self) -> int:
        """Planned epochs of all stages together; 1 for closed-form models."""
        return sum(stage.epochs for stage in self.stages) or 1

    @property
    def refit_settings(self) -> Settings:
        """After training: settings for exactly the epochs that validation chose, without early stopping."""
        if not self._epochs_kept:
            return self._settings
        return refit_settings(self._spec, self._settings, tuple(self._epochs_kept))

    def arrays(self) -> Arrays:
        """Weights by name and the model's constants, as the scorer needs them; empty before training begins."""
        weights = self._arrays()
        return weights | self._context if weights else weights

    def fitted(self) -> Fitted:
        """The model as it is trained so far, to be asked for scores, lists and reasons."""
        return Fitted.of(self._spec, self._settings, self.shape, self.arrays(), len(self._train))

    def events(self) -> Iterator[Event]:
        """StageStarted, Changed, Progress and EpochEnded as they happen; last Stopped, Paused or Failed, if so ended.

        `complete` is then true where the plan was gone through, or ended by patience.
        """
        if self._spec.fit is not None:
            first = None if self._first is None else self._fitting(*self._first())
            fitted = yield from self._fitting(self._train, self._context).events(first, self._ranked)
            self._arrays, self.complete = partial(dict, fitted), bool(fitted)
            return
        try:
            yield from self._learned()
        except NotFinite as error:
            yield Failed(str(error), diverged=True)

    def _learned(self) -> Iterator[Event]:
        """The events of a model that learns; raises NotFinite."""
        resumed, began = self._resumed, time.perf_counter()
        if resumed is None:
            arrays = initial(self._spec.layout(self._settings, self.shape), self._rng) | self._tables
            arrays = with_damped_biases(arrays, self._settings, self.shape, self._train.columns)
            begin, epoch = 0, 0
        else:
            arrays, began = resumed.others | resumed.weights, began - resumed.elapsed
            begin, epoch = resumed.part, resumed.part_began
            self._epochs_kept = list(resumed.epochs_kept)
        for place in range(begin, len(self._parts)):
            material = self._material(place, began, arrays, epoch)
            learner = Learner(self._parts[place], material, self._programs, arrays, resumed)
            self._learner, self._arrays, resumed = learner, partial(_merged, arrays, learner), None
            yield from learner.events()
            arrays, epoch, self.best_epoch = self._arrays(), learner.epoch, learner.best_epoch
            self._epochs_kept.append(learner.epochs_kept)
            if learner.stopped not in ("", "patience"):
                break
        self._arrays = partial(dict, arrays)
        self.complete = learner.stopped in ("", "patience")
        if learner.stopped in ("asked", "patience"):
            yield Stopped(epoch, learner.stopped)
        elif learner.stopped == "paused":
            yield Paused(time.time(), epoch)

    def _material(self, place: int, began: float, arrays: Arrays, epochs_before: int) -> Material:
        return Material(
            train=self._train,
            validation=self._validation,
            shape=self.shape,
            rng=self._rng,
            steering=self._steering,
            began=began,
            epochs_before=epochs_before,
            epochs_planned=self.epochs,
            part=place,
            is_last=place == len(self._parts) - 1,
            epochs_kept=tuple(self._epochs_kept),
            others=arrays,
            context=self._context if self._parts[place].spec is self._spec else {},
            ranked=self._ranked,
        )

    def _fitting(self, rows: Rows, context: Arrays) -> Fitting:
        return Fitting(self._spec, self._settings, self.shape, rows, context, self._steering)


def _without_validation(spec: ModelSpec, settings: Settings, ratings: Ratings, rows: np.ndarray) -> tuple[Rows, Arrays]:
    """The rows that a ranking model is fitted on, and its constants made from them."""
    return Rows.of(ratings, rows).positive(settings), spec.context(settings, ratings, rows) if spec.context else {}


def _merged(arrays: Arrays, learner: Learner) -> Arrays:
    """All weights of the run's model, with the learner's own as they are now."""
    return arrays | learner.arrays()
