"""A place for one worker in a manager: the process that fills it now, and the run that it has."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal, TypeAlias

from filelock import FileLock

from reco_core.jobs.process import WorkerProcess
from reco_core.jobs.protocol import Message
from reco_core.runs import Run

WorkerState: TypeAlias = Literal["starting", "ready", "busy", "off"]

MEMORY_SECONDS, LONGEST_PAUSE = 120.0, 60.0


@dataclass
class Job:
    """A run in a manager's care, with the lock that shows it as queued to every process."""

    run: Run
    lock: FileLock | None

    def release(self) -> None:
        """Give up the care for the run."""
        if self.lock is not None:
            self.lock.release()

    def drop(self) -> None:
        """End the run before anything was trained, and give it up."""
        if self.run.folder.exists():
            self.run.drop()
        self.release()


class Slot:
    """What a manager knows of one worker."""

    def __init__(self) -> None:
        self.process: WorkerProcess | None = None
        self.ready = False
        self.job: Job | None = None
        self.questions: dict[str, Future[Message]] = {}
        self._deaths: deque[float] = deque(maxlen=10)

    @property
    def state(self) -> WorkerState:
        """starting, ready, busy (has a run), or off."""
        if self.process is None:
            return "off"
        if self.job is not None:
            return "busy"
        return "ready" if self.ready else "starting"

    def emptied(self) -> Job | None:
        """The run that a process left behind when it ended."""
        job, self.job, self.process, self.ready = self.job, None, None, False
        self._deaths.append(time.monotonic())
        return job

    def answer_all(self, message: Message) -> None:
        """Give everybody who asked the process the same answer."""
        for future in self.questions.values():
            future.set_result(message)
        self.questions.clear()

    @property
    def pause(self) -> float:
        """Seconds to wait before the next process: none after one death, ever more while they follow each other."""
        recent = sum(time.monotonic() - death < MEMORY_SECONDS for death in self._deaths)
        return 0.0 if recent <= 2 else min(2.0 ** (recent - 2), LONGEST_PAUSE)
