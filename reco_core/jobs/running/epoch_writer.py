"""What is kept of each whole epoch: checkpoint, weights, snapshot, the event, and what is watched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from reco_core.errors import RecoError
from reco_core.events import EpochEnded, Event, Watched
from reco_core.inspect.watch import watch
from reco_core.models.spec import Arrays
from reco_core.ratings import Ratings
from reco_core.runs import Recording, Run, Watch
from reco_core.training.loop import Training


class Keeper:
    """Keeps the epochs of one training; `before` epochs of the run came before it.

    held: rows that are not trained on, from which a watched user's stars are shown. notes: what a checkpoint says
    besides. The checkpoint is written before the event, so that a run never says more than it can go on from.
    """

    def __init__(
        self,
        run: Run,
        recording: Recording,
        emit: Callable[[Event], None],
        training: Training,
        before: int,
        ratings: Ratings,
        held: np.ndarray,
        notes: Callable[[], Mapping[str, Any]],
    ) -> None:
        self._run, self._recording, self._emit, self._training = run, recording, emit, training
        self._before, self._ratings, self._notes = before, ratings, notes
        self._held = held if run.spec.predicts_stars else held[:0]
        self._last: tuple[int, Arrays] | None = None
        self._left_at = -1

    def begun(self, asked: Watch | None) -> None:
        """Keeps the weights before the first epoch of the run."""
        arrays = self._training.arrays()
        self._last = (0, arrays)
        self._recording.snapshot(arrays, 0)
        self._watch(0, arrays, asked)

    def ended(self, event: EpochEnded, asked: Watch | None) -> None:
        """Keeps an epoch that is over, and says so."""
        arrays = self._training.arrays()
        self._last = (event.epoch, arrays)
        if self._training.checkpoint is not None:
            self._recording.checkpoint(self._state(), event.epoch)
        self._recording.save(arrays, event.epoch)
        self._recording.snapshot(arrays, event.epoch)
        self._emit(event)
        self._watch(event.epoch, arrays, asked)

    def left(self) -> None:
        """Keeps where the training stands now: it is paused, over, or failed."""
        checkpoint = self._training.checkpoint
        if checkpoint is None:
            return
        epoch = self._before + checkpoint.epoch
        if epoch == self._left_at:
            return
        self._left_at = epoch
        self._recording.checkpoint(self._state(), epoch)
        if self._last is not None and self._last[0] == epoch > 0:
            self._recording.save(self._last[1], epoch)
            self._recording.snapshot(self._last[1], epoch, now=True)

    def _state(self) -> Arrays:
        checkpoint, ended = self._training.checkpoint, self._training.checkpoint.ended
        if ended is not None:
            ended = replace(ended, epoch=ended.epoch + self._before)
        return replace(checkpoint, ended=ended).noted(self._notes()).to_arrays()

    def _watch(self, epoch: int, arrays: Arrays, asked: Watch | None) -> None:
        if asked is None or (asked.item is None and asked.user is None):
            return
        try:
            scorer = self._run.spec.scorer(arrays, self._training.shape, self._run.settings)
            seen = watch(scorer, self._ratings, asked.item, asked.user, self._held)
        except RecoError:  # an index that this dataset does not have: there is nothing to see
            return
        self._emit(Watched(epoch, asked.item, asked.user, seen.neighbours, seen.top, seen.held_out))
