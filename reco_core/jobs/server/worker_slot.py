"""A place for one worker in a crew: the process that fills it now, the run that it has, and its signs of life."""

from __future__ import annotations

import os
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal, TypeAlias

from filelock import FileLock

from reco_core.jobs.server.protocol import Beat, Described, Order, Report, ending
from reco_core.jobs.server.worker_process import WorkerProcess
from reco_core.runs import Run

WorkerState: TypeAlias = Literal["starting", "ready", "busy", "off"]

MEMORY_SECONDS, LONGEST_PAUSE = 120.0, 60.0
# While TensorFlow is imported, or a large dataset read, other threads of the process hardly get a turn.
SLOW_PATIENCE = 4


@dataclass
class Job:
    """A run in a manager's care, with the lock that shows it as queued to every process."""

    run: Run
    lock: FileLock | None

    def __post_init__(self) -> None:
        if self.lock is not None:
            os.utime(self.lock.lock_file)  # the order of a queue, for other processes

    @property
    def begun(self) -> bool:
        """True for a run that was trained before, and is to go on."""
        return bool(self.run.events())

    @property
    def unwanted(self) -> bool:
        """True where the run is gone, or was asked elsewhere to stop before its turn."""
        if not self.run.folder.exists():
            return True
        return not self.run.to_go_on if self.begun else self.run.stop_asked()

    def release(self) -> None:
        """Give up the care for the run."""
        if self.lock is not None:
            self.lock.release()

    def drop(self, by: str = "") -> None:
        """Give up the wait: one that never began is stopped, one that was to go on stays as it was."""
        if self.run.folder.exists() and (not self.begun or self.run.to_go_on):
            self.run.drop(by)
        self.release()


class Slot:
    """What a crew knows of one worker."""

    def __init__(self) -> None:
        self.process: WorkerProcess | None = None
        self.ready = False
        self.job: Job | None = None
        self.questions: dict[str, Future[Described]] = {}
        self._missed, self._slow = 0, True
        self._why = ""
        self._deaths: deque[float] = deque(maxlen=10)

    @property
    def state(self) -> WorkerState:
        """starting, ready, busy (has a run), or off."""
        if self.process is None:
            return "off"
        if self.job is not None:
            return "busy"
        return "ready" if self.ready else "starting"

    def send(self, message: Order) -> None:
        """Give the process something to do; an empty place has nobody to do it."""
        self._slow = True
        if self.process is not None:
            self.process.send(message)

    def heard(self, message: Report) -> None:
        """The process gave a sign of life."""
        self._missed = 0
        if isinstance(message, Beat):
            self._slow = message.slow

    def beat(self, patience: int) -> None:
        """One beat later: a process that has missed more of them than `patience` is killed."""
        self._missed += 1
        if self.process is None or self._missed <= patience * (SLOW_PATIENCE if self._slow else 1):
            return
        if not self._why:
            self._why = f"The training process did not respond for {self._missed - 1} seconds and was killed"
            self.process.kill()

    def ending(self, code: int) -> str:
        """How the process ended, in words."""
        return self._why or ending(code)

    def emptied(self) -> Job | None:
        """The run that a process left behind when it ended."""
        job, self.job, self.process, self.ready = self.job, None, None, False
        self._missed, self._slow, self._why = 0, True, ""
        self._deaths.append(time.monotonic())
        return job

    def refuse_all(self, reason: str) -> None:
        """Tell everybody who asked the process why there is no answer."""
        for key, future in self.questions.items():
            future.set_result(Described(key, error=reason))
        self.questions.clear()

    @property
    def pause(self) -> float:
        """Seconds to wait before the next process: none after one death, ever more while they follow each other."""
        recent = sum(time.monotonic() - death < MEMORY_SECONDS for death in self._deaths)
        return 0.0 if recent <= 2 else min(2.0 ** (recent - 2), LONGEST_PAUSE)
