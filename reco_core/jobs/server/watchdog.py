"""Proof that the training thread moves: it is heard after each chunk, and told to be hanging when it is not."""

from __future__ import annotations

import os
import threading
from math import inf

from reco_core.errors import SettingsError
from reco_core.events import EpochEnded, Event, Progress

PATIENCE = "RECO_HANG_SECONDS"
BEAT_SECONDS = 1.0
# Reading a large dataset, compiling, and scoring the test rows give no sign between their beginning and their end.
SLOW_STEPS = 15.0
NORMAL_STEPS = 20.0


def patience() -> float:
    """Seconds without a step after which a training hangs: RECO_HANG_SECONDS, or 120; raises SettingsError."""
    text = os.environ.get(PATIENCE, "120")
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds < inf:
        raise SettingsError(f"{PATIENCE} must be a number of seconds, at least 1; got {text!r}.")
    return seconds


class Pulse:
    """Counts the beats of a clock since the training thread last moved; safe for threads.

    Counting beats instead of reading a clock leaves out the time in which the whole process, or the machine, slept.
    """

    def __init__(self, patience: float, beat: float = BEAT_SECONDS) -> None:
        self._patience, self._beat = patience, beat
        self._lock = threading.Lock()
        self._quiet, self._longest, self._stepping = 0, 0.0, False
        self.rest()

    def rest(self) -> None:
        """There is no work: silence means nothing."""
        self._begin(inf)

    def work(self) -> None:
        """Work begins whose first steps may be long."""
        self._begin(self._patience * SLOW_STEPS)

    def hear(self, event: Event) -> None:
        """An event of the run: between chunks the patience is short, but many times the longest chunk so far."""
        if not isinstance(event, (Progress, EpochEnded)):
            self.work()
            return
        with self._lock:
            if self._stepping:
                self._longest = max(self._longest, self._quiet * self._beat)
            self._limit = max(self._patience, NORMAL_STEPS * self._longest)
            self._quiet, self._stepping = 0, True

    @property
    def slow(self) -> bool:
        """True while there is work that is not training in chunks, which may keep all threads from running."""
        with self._lock:
            return not self._stepping and self._limit < inf

    def beat(self) -> bool:
        """One beat later: False where the training thread has not moved for too long."""
        with self._lock:
            self._quiet += 1
            return self._quiet * self._beat <= self._limit

    def _begin(self, limit: float) -> None:
        with self._lock:
            self._limit, self._quiet, self._longest, self._stepping = limit, 0, 0.0, False
