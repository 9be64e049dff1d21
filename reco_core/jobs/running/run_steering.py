"""What people ask of a run, as its training looks at it between chunks and epochs, and the answers."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence

from reco_core.events import Changed, Continued, Event
from reco_core.runs import Change as AskedChange
from reco_core.runs import Continue, Pace, Pause, Request, Run, Step, Stop, Watch
from reco_core.runs.requests import latest, reason_against
from reco_core.training.steering import Change, Steering, Verdict

LOOK_SECONDS = 0.05
_STEERING = (Pause, Continue, Step, Stop)


class Requests(Steering):
    """The newest Pause, Continue, Step or Stop decides; changes are applied after the epoch in which they were asked.

    Epochs are those of the whole run, also where a training counts from 0 after `before` others (a refit). `serial` is
    the last request that was taken note of, `epoch` the whole epochs so far, `watch` what is watched.
    """

    def __init__(self, run: Run, emit: Callable[[Event], None]) -> None:
        super().__init__()
        self._run, self._emit = run, emit
        self._seen = -1
        self._verdict: Verdict = ""
        self._goal: int | None = None
        self._is_step = False
        self._before = self._planned = self._began_at = 0
        self._pace = 0.0
        self._pending: list[AskedChange] = []
        self._known: dict[int, list[Change]] = {}
        self._changed = max((event.serial for event in run.events() if isinstance(event, Changed)), default=0)
        self.serial = self.epoch = 0
        self.watch: Watch | None = None

    def begin(self, before: int, epoch: int, planned: int, known: Sequence[Changed]) -> None:
        """A training of `planned` epochs starts after `before` others; known: changes to be made once more."""
        self._before, self.epoch, self._planned = before, max(epoch, before), before + planned
        self._began_at = self.epoch
        self._known = {}
        for change in known:
            again = Change(change.setting, change.after, change.serial)
            self._known.setdefault(change.epoch, []).append(again)
        self._look()

    def take_up(self, asked: Request | None, epoch: int, planned: int) -> None:
        """Starts from what was asked of the run while it rested, after so many epochs of a plan."""
        self.epoch, self._planned = epoch, planned
        if asked is not None:
            self._steer(asked)

    def going_on(self, epoch: int) -> Continued:
        """The event that the run goes on after so many epochs."""
        total = self._planned if self._goal is None or self._is_step else self._goal
        return Continued(time.time(), os.getpid(), epoch, total, self.serial)

    def between_chunks(self) -> Verdict:
        self._look()
        return self._verdict

    def after(self, epoch: int) -> Verdict:
        self.epoch = self._before + epoch
        self._look()
        if self._verdict:
            return self._verdict
        if self._goal is not None and self.epoch >= self._goal:
            return "step" if self._is_step else "enough"
        return ""

    def rest(self) -> None:
        """Stands still after an epoch of this training as asked, but not longer than until something else is asked."""
        if self._pace == 0 or self.epoch <= self._began_at:
            return
        began = time.monotonic()
        while not self._verdict and (left := began + self._pace - time.monotonic()) > 0:
            threading.Event().wait(min(left, LOOK_SECONDS))
            self._look()
        self.rested += time.monotonic() - began

    def wants(self, epoch: int) -> bool:
        return self._goal is not None and self._before + epoch < self._goal

    def changes(self, epoch: int) -> Sequence[Change]:
        self._look()
        newest = {change.setting: change for change in self._pending}
        self._changed = max([self._changed, *(change.serial for change in self._pending)])
        self._pending = []
        asked = [Change(change.setting, float(change.value), change.serial) for change in newest.values()]
        return [*self._known.get(self._before + epoch, []), *asked]

    def _look(self) -> None:
        """Reads what was added to the run's requests since the last look."""
        lines = self._run.control.lines
        if lines == self._seen:
            return
        self._seen = lines
        requests = self._run.requests()
        self.watch = latest(Watch, requests)
        pace = latest(Pace, requests)
        self._pace = pace.seconds if pace is not None else 0.0
        of = self._run.spec, self._run.settings
        asked_changes = [r for r in requests if isinstance(r, AskedChange) and r.serial > self._changed]
        self._pending = [change for change in asked_changes if not reason_against(*of, change)]
        asked = latest(_STEERING, requests)
        if asked is not None and asked.serial > self.serial:
            self._steer(asked)
            if isinstance(asked, (Continue, Step)):
                self._emit(self.going_on(self.epoch))

    def _steer(self, asked: Request) -> None:
        """Takes note of a request; epochs asked for by number are counted from where the run stands."""
        self.serial = asked.serial
        self._verdict = "paused" if isinstance(asked, Pause) else "asked" if isinstance(asked, Stop) else ""
        self._is_step = isinstance(asked, Step)
        more = 1 if self._is_step else asked.epochs if isinstance(asked, Continue) else None
        self._goal = None if more is None else self.epoch + more
