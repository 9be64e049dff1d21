"""One run from data to figures: what the worker and `reco train` both do."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from reco_core.errors import RecoError, RunError
from reco_core.evaluation.baselines import reference_lines
from reco_core.events import EpochEnded, Evaluating, Event, Failed, Finished, Paused, StageStarted, Started, Stopped
from reco_core.jobs.results.figures import scored
from reco_core.jobs.results.run_data import ratings_of, split_of
from reco_core.jobs.running.base_run import tables_of
from reco_core.jobs.running.clock import Clock
from reco_core.jobs.running.epoch_writer import Keeper
from reco_core.jobs.running.event_history import Log, changes_to_repeat
from reco_core.jobs.running.load_tensorflow import load
from reco_core.jobs.running.refit_phases import Fit, Phase, epochs_at, phase_of, second_phase, tables_in
from reco_core.jobs.running.run_steering import Requests
from reco_core.models import get_model
from reco_core.models.spec import Arrays
from reco_core.ratings import Ratings
from reco_core.runs import Recording, Run, RunRequest, RunSpec, Sizes
from reco_core.runs.snapshots import forget
from reco_core.runs.status import planned
from reco_core.split import Split, make_split
from reco_core.storage import is_full, words_of
from reco_core.training.checkpoint import Checkpoint
from reco_core.training.loop import Programs, Training

LOG, DISK_FULL = "log.txt", "The disk is full"
Find = Callable[[RunSpec | RunRequest], Ratings]
Listen = Callable[[Event], None]


def train_run(
    run: Run, programs: Programs | None = None, find_ratings: Find = ratings_of, listen: Listen | None = None
) -> None:
    """Train a run and score it, or let it go on as asked; all that happens goes into its folder, and to `listen`.

    A failure ends the run with Failed and one sentence (a traceback goes into its log.txt); a full disk leaves it
    interrupted at its last checkpoint. Raises RunError where the run was trained before and not asked to go on, or
    where another process trains it.
    """
    with run.record() as recording:
        run.note_end("")  # makes room for the words that a full disk would not take

        def emit(event: Event) -> None:
            recording.emit(event)
            if listen is not None:
                listen(event)

        job = _Job(run, recording, emit, programs)
        try:
            job.train(find_ratings)
        except MemoryError:
            job.fail("Memory ran out: a smaller model (dim, layers) or a smaller dataset needs less.")
        except Exception as error:
            if is_full(error):
                with suppress(OSError):
                    run.note_end(DISK_FULL)
            elif isinstance(error, (RecoError, OSError)):
                job.fail(words_of(error, run.folder) if isinstance(error, OSError) else str(error))
            else:
                with suppress(OSError):
                    (run.folder / LOG).write_text(traceback.format_exc(), encoding="utf-8")
                job.fail(f"Training crashed ({type(error).__name__}: {error}); its log.txt says where.")


class _Job:
    """The steps of one run, which share its recording, its requests and its clock."""

    def __init__(self, run: Run, recording: Recording, emit: Listen, programs: Programs | None) -> None:
        self._run, self._recording, self._emit, self._programs = run, recording, emit, programs
        self._log = self._earlier = Log(run.events())
        self._requests = Requests(run, emit)
        self._clock = Clock(rested=lambda: self._requests.rested)

    def fail(self, reason: str) -> None:
        """End the run with a reason; one that was to go on says first that it did, so that its result is kept."""
        if self._log.events and not self._log.went_on:
            self._emit(self._requests.going_on(self._log.epoch))
        self._emit(Failed(reason, self._requests.serial))

    def train(self, find_ratings: Find) -> None:
        """Everything from the data to the figures, or from the checkpoint on."""
        run = self._run
        checkpoint = self._take_up()
        ratings = find_ratings(run.info)
        split = split_of(run.info, ratings)
        tables = tables_of(run, ratings, split) if checkpoint is None else tables_in(checkpoint, run)
        fit = self._fit(phase_of(run, checkpoint, split), ratings, tables)
        if fit is not None and fit.refit is not None and run.info.refit and len(split.validation):
            fit = self._fit(second_phase(fit, split), ratings, tables)
        if fit is not None:
            self._score(fit, ratings, split)

    def _take_up(self) -> Checkpoint | None:
        """Where the run goes on, None where it begins; says so, and makes good what the log lacks or has too much."""
        log, arrays = self._log, self._run.state_arrays()
        checkpoint = None if arrays is None or not log.events else Checkpoint.from_arrays(arrays)
        if checkpoint is None:
            if log.epoch:
                raise RunError(f"Run {self._run.name} has no checkpoint to continue from: train it again.")
            self._requests.take_up(self._run.asked, 0, planned(log.events))
            if log.events:
                self._go_on(0)
            return None
        notes = checkpoint.notes
        epoch = epochs_at(checkpoint)
        self._clock = Clock(notes["seconds"], lambda: self._requests.rested)
        self._requests.take_up(self._run.asked, epoch, notes["planned"])
        if checkpoint.ended is not None and epoch > log.epoch:
            self._emit(checkpoint.ended)
        self._go_on(epoch)
        return checkpoint

    def _go_on(self, epoch: int) -> None:
        forget(self._run.folder, after=epoch)
        self._emit(self._requests.going_on(epoch))
        self._log = Log(self._run.events())

    def _training(self, phase: Phase, ratings: Ratings, tables: Arrays | None) -> Training:
        run, before, checkpoint = self._run, phase.before, phase.checkpoint
        training = Training(
            run.spec,
            phase.settings,
            ratings,
            phase.split,
            run.info.seed,
            programs=self._programs,
            tables=tables,
            steering=self._requests,
            checkpoint=checkpoint,
        )
        start = before + (checkpoint.epoch if checkpoint is not None else 0)
        kept = phase.first.kept_epoch if phase.first else 0
        known = changes_to_repeat(self._earlier, Log(run.events()), start, before, kept)
        self._requests.begin(before, start, training.epochs, known)
        return training

    def _begin(self, phase: Phase, training: Training, ratings: Ratings) -> None:
        """Writes down what was found, and that the run has started."""
        run, split = self._run, phase.split
        run.update(
            dataset=ratings.name,
            dataset_fingerprint=ratings.fingerprint,
            split_fingerprint=split.fingerprint if phase.first is None else run.info.split_fingerprint,
            sizes=Sizes.of(training.shape).model_dump(mode="json"),
        )
        if phase.first is None and not self._log.started:
            self._emit(started(run, training, ratings, split))
        if run.spec.build is not None:
            load()

    def _fit(self, phase: Phase, ratings: Ratings, tables: Arrays | None) -> Fit | None:
        """Train to the end; None where it was paused, or nothing came of it. Epochs count on over both trainings."""
        training = self._training(phase, ratings, tables)
        self._begin(phase, training, ratings)
        keeper = self._keeper(phase, training, ratings)
        self._clock.fit_begins()
        epoch, begun = self._requests.epoch, phase.checkpoint is not None or phase.before > 0
        for event in self._log.new(training.events(), phase.before, refit=phase.first is not None):
            if isinstance(event, EpochEnded):
                epoch = event.epoch
                self._clock.epoch_ended()
                self._forget_old_figures()
                keeper.ended(event, self._requests.watch)
                continue
            if isinstance(event, (Paused, Failed, Stopped)):
                keeper.left()
                event = replace(event, serial=self._requests.serial)
            self._emit(event)
            if isinstance(event, (Paused, Failed)):
                return None
            if not begun and isinstance(event, StageStarted):
                begun = True
                keeper.begun(self._requests.watch)
        self._clock.fit_ends()
        return self._fitted(phase, training, keeper, epoch) if epoch > 0 else None

    def _keeper(self, phase: Phase, training: Training, ratings: Ratings) -> Keeper:
        split = phase.split
        held = split.validation if len(split.validation) else split.test

        def notes() -> dict[str, Any]:
            return {"seconds": self._clock.seconds(), "planned": phase.before + training.epochs} | phase.notes()

        return Keeper(self._run, self._recording, self._emit, training, phase.before, ratings, held, notes)

    def _fitted(self, phase: Phase, training: Training, keeper: Keeper, epoch: int) -> Fit:
        keeper.left()
        best = training.best_epoch if phase.first is None else phase.first.best_epoch
        kept = epoch if phase.first is not None or best is None else best
        again = phase.first is None and training.complete and self._run.spec.build is not None
        refit = training.refit_settings if again else None
        return Fit(training.arrays(), training.shape, epoch, best, kept, refit)

    def _forget_old_figures(self) -> None:
        """The weights are no longer those that were scored before the run went on."""
        if self._log.events:
            self._run.drop_metrics()

    def _score(self, fit: Fit, ratings: Ratings, split: Split) -> None:
        run = self._run
        self._recording.save(fit.arrays, fit.kept_epoch)
        self._emit(Evaluating(time=time.time()))
        scorer = run.spec.scorer(fit.arrays, fit.shape, run.settings)
        run.write_metrics(scored(run, scorer, ratings, split, fit.kept_epoch))
        seconds = self._clock.seconds()
        self._emit(Finished(time.time(), fit.epochs, fit.best_epoch, seconds, self._requests.serial))


def started(run: Run, training: Training, ratings: Ratings, split: Split) -> Started:
    """The event that a run begins: its sizes, and the lines to beat."""
    return Started(
        time=time.time(),
        pid=os.getpid(),
        parameters=run.spec.parameters(run.settings, training.shape),
        epochs=training.epochs,
        n_train=len(split.train),
        n_validation=len(split.validation),
        n_test=len(split.test),
        lines=reference_lines(ratings, split) if run.spec.predicts_stars else training.lines,
    )


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
