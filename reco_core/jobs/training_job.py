"""One run from data to figures: what the worker and `reco train` both do."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from reco_core.errors import RecoError
from reco_core.evaluation import PROTOCOL
from reco_core.evaluation.baselines import reference_lines
from reco_core.events import (
    EpochEnded,
    Evaluating,
    Event,
    Failed,
    Finished,
    Progress,
    StageStarted,
    Started,
    Stopped,
)
from reco_core.jobs.base_run import tables_of
from reco_core.jobs.dataset import ratings_of
from reco_core.jobs.figures import REFIT, baseline_figures, test_figures
from reco_core.jobs.runtime import load
from reco_core.models import get_model
from reco_core.models.spec import Arrays, Settings, Shape
from reco_core.ratings import Ratings
from reco_core.runs import Recording, Run, RunRequest, RunSpec, Sizes
from reco_core.split import Split, make_split
from reco_core.training.loop import Programs, Training

LOG = "log.txt"
Find = Callable[[RunSpec | RunRequest], Ratings]
Listen = Callable[[Event], None]


def train_run(
    run: Run, programs: Programs | None = None, find_ratings: Find = ratings_of, listen: Listen | None = None
) -> None:
    """Train a run and score it; everything that happens goes into its folder, and to `listen`.

    A failure of any kind ends the run with Failed and one sentence; a traceback goes into the folder's log.txt.
    Raises RunError where the run was trained before or another process trains it.
    """
    with run.record() as recording:

        def emit(event: Event) -> None:
            recording.emit(event)
            if listen is not None:
                listen(event)

        try:
            _Job(run, recording, emit, programs).train(find_ratings(run.info))
        except RecoError as error:
            emit(Failed(str(error)))
        except MemoryError:
            emit(Failed("Memory ran out: a smaller model (dim, layers) or a smaller dataset needs less."))
        except Exception as error:
            (run.folder / LOG).write_text(traceback.format_exc(), encoding="utf-8")
            emit(Failed(f"The program broke off ({type(error).__name__}: {error}); its log.txt says where."))


@dataclass(frozen=True)
class _Fit:
    """What a training gave: weights, and the epoch that they are from. refit: how to train again; None after a stop."""

    arrays: Arrays
    shape: Shape
    epochs: int
    best_epoch: int | None
    kept_epoch: int
    refit: Settings | None


class _Job:
    """The steps of one run, which share its recording and its clock."""

    def __init__(self, run: Run, recording: Recording, emit: Listen, programs: Programs | None) -> None:
        self._run, self._recording, self._emit, self._programs = run, recording, emit, programs
        self._began = self._fit_began = time.monotonic()
        self._first_epoch: float | None = None

    def train(self, ratings: Ratings) -> None:
        """Everything from the split to the figures."""
        run = self._run
        split = make_split(ratings, run.info.split)
        tables = tables_of(run, ratings, split)
        training = self._training(run.settings, ratings, split, tables)
        run.update(
            dataset=ratings.name,
            dataset_fingerprint=ratings.fingerprint,
            split_fingerprint=split.fingerprint,
            sizes=Sizes.of(training.shape).model_dump(mode="json"),
        )
        self._emit(self._started(training, ratings, split))
        if run.spec.build is not None:
            load()
        self._fit_began = time.monotonic()
        fit = self._fit(training)
        if fit is not None and fit.refit is not None and run.info.refit and len(split.validation):
            fit = self._refit(fit, ratings, split, tables)
        if fit is not None:
            self._score(fit, ratings, split, time.monotonic() - self._fit_began)

    def _training(self, settings: Settings, ratings: Ratings, split: Split, tables: Arrays | None) -> Training:
        run = self._run
        return Training(
            run.spec,
            settings,
            ratings,
            split,
            run.info.seed,
            programs=self._programs,
            tables=tables,
            should_stop=run.stop_asked,
        )

    def _started(self, training: Training, ratings: Ratings, split: Split) -> Started:
        run = self._run
        return Started(
            time=time.time(),
            pid=os.getpid(),
            parameters=run.spec.parameters(run.settings, training.shape),
            epochs=training.epochs,
            n_train=len(split.train),
            n_validation=len(split.validation),
            n_test=len(split.test),
            lines=reference_lines(ratings, split) if run.spec.predicts_stars else {},
        )

    def _fit(self, training: Training, after: _Fit | None = None) -> _Fit | None:
        """Train to the end; None where nothing came of it. Epochs and stages count on from those of `after`."""
        epoch, stopped = after.epochs if after else 0, None
        for event in training.events():
            if after is not None:
                event = _continued(event, after.epochs)
            self._emit(event)
            if isinstance(event, Failed):
                return None
            if isinstance(event, Stopped):
                stopped = event.reason
            if isinstance(event, EpochEnded):
                epoch = event.epoch
                self._first_epoch = self._first_epoch or time.monotonic() - self._fit_began
                self._recording.save(training.arrays, epoch)
        if epoch == 0:
            return None
        best = training.best_epoch if after is None else after.best_epoch
        kept = epoch if after is not None or best is None else best
        again = self._run.spec.build is not None and stopped != "asked"
        refit = training.refit_settings if again else None
        return _Fit(training.arrays(), training.shape, epoch, best, kept, refit)

    def _refit(self, first: _Fit, ratings: Ratings, split: Split, tables: Arrays | None) -> _Fit | None:
        """Train anew on train and validation rows together, for as many epochs as validation chose."""
        whole = replace(split, train=split.known, validation=np.empty(0, dtype=np.int64))
        training = self._training(first.refit, ratings, whole, tables)
        return self._fit(training, first)

    def _score(self, fit: _Fit, ratings: Ratings, split: Split, seconds: float) -> None:
        run = self._run
        self._recording.save(lambda: fit.arrays, fit.kept_epoch, now=True)
        self._emit(Evaluating(time=time.time()))
        run.update(sizes=Sizes.of(fit.shape).model_dump(mode="json"))
        scorer = run.spec.scorer(fit.arrays, fit.shape, run.settings)
        test = test_figures(run, scorer, ratings, split)
        run.write_metrics({"test": test, "baselines": baseline_figures(ratings, split), "protocol": PROTOCOL})
        timed = {"total": time.monotonic() - self._began, "first_epoch": self._first_epoch, "fit": seconds}
        self._emit(Finished(time=time.time(), epochs=fit.epochs, best_epoch=fit.best_epoch, seconds=timed))


def _continued(event: Event, epochs: int) -> Event:
    """The event of a training that follows another one, in the numbers of the whole run."""
    if isinstance(event, (EpochEnded, Progress)):
        return replace(event, epoch=event.epoch + epochs)
    if isinstance(event, StageStarted):
        return replace(event, name=REFIT + event.name)
    return replace(event, epoch=event.epoch + epochs) if isinstance(event, Stopped) else event


def warm_up(
    request: RunRequest, programs: Programs, find_ratings: Find, should_stop: Callable[[], bool] = lambda: False
) -> None:
    """Load the dataset of a run and compile what it needs, by training it up to the first sign of a job."""
    if should_stop():
        return
    spec = get_model(request.model)
    settings = spec.parse(request.settings, request.preset)
    ratings = find_ratings(request)
    training = Training(
        spec, settings, ratings, make_split(ratings, request.split), request.seed, programs, should_stop=should_stop
    )
    for event in training.events():
        if isinstance(event, EpochEnded):
            return
