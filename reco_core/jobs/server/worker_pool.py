"""The workers of a manager: each has one run at a time, and is replaced when it dies or hangs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future

from reco_core.errors import RunError, SettingsError
from reco_core.jobs.server.protocol import Describe, Described, Done, Ready, Report, Train, Warm
from reco_core.jobs.server.watchdog import BEAT_SECONDS, patience
from reco_core.jobs.server.worker_process import WorkerProcess
from reco_core.jobs.server.worker_slot import Job, Slot, WorkerState
from reco_core.runs import RunRequest

WORKERS, MOST_WORKERS = "RECO_WORKERS", 16
STOP_SECONDS = 10.0
# A worker says every second that it lives; a busy machine may delay it.
LEAST_BEATS = 10


def workers_wanted() -> int:
    """How many runs are trained side by side: RECO_WORKERS, or 1; raises SettingsError."""
    text = os.environ.get(WORKERS, "").strip() or "1"
    if not text.isdecimal() or not 1 <= int(text) <= MOST_WORKERS:
        raise SettingsError(f"{WORKERS} must be a whole number between 1 and {MOST_WORKERS}; got {text!r}.")
    return int(text)


class Crew:
    """`size` workers, which take what `take` gives as soon as they are free; `lock` guards both sides.

    `look` is called every second.
    """

    def __init__(
        self, size: int, lock: threading.RLock, take: Callable[[], Job | None], look: Callable[[], None]
    ) -> None:
        self._lock, self._take, self._look = lock, take, look
        self._slots = [Slot() for _ in range(size)]
        self._wish: RunRequest | None = None
        self._closed = threading.Event()
        self._beats = max(LEAST_BEATS, round(patience() / 4 / BEAT_SECONDS))

    def start(self) -> None:
        """Start the processes, and watch over them."""
        for slot in self._slots:
            self._fill(slot)
        threading.Thread(target=self._watch, name="worker-watch", daemon=True).start()

    @property
    def state(self) -> WorkerState:
        """starting, ready, busy (every worker has a run), or off (no worker, or it cannot be started)."""
        with self._lock:
            states = [] if self._closed.is_set() else [slot.state for slot in self._slots]
        return next((state for state in ("ready", "starting", "busy") if state in states), "off")

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers that are there."""
        with self._lock:
            return [slot.process.pid for slot in self._slots if slot.process is not None]

    def hand_back(self, run_id: str) -> Job | None:
        """The job of a run that a worker has but no longer trains: the worker has not yet said that it is done."""
        with self._lock:
            for slot in self._slots:
                if slot.job is not None and slot.job.run.id == run_id:
                    job, slot.job = slot.job, Job(slot.job.run, None)
                    return job
            return None

    @property
    def running(self) -> list[str]:
        """The ids of the runs that workers have."""
        with self._lock:
            return [slot.job.run.id for slot in self._slots if slot.job is not None]

    def hand_out(self) -> None:
        """Give waiting runs to idle workers."""
        with self._lock:
            for slot in self._slots:
                if slot.state != "ready" or self._closed.is_set():
                    continue
                slot.job = self._take()
                if slot.job is None:
                    return
                slot.send(Train(str(slot.job.run.folder.resolve())))

    def warm(self, request: RunRequest) -> None:
        """Let idle workers load and compile what this run would need."""
        with self._lock:
            if request != self._wish:
                self._wish = request
                for slot in self._slots:
                    self._warm(slot)

    def ask(self, question: Describe) -> Future[Described]:
        """The answer to come from any worker; the same question is asked once at a time. Raises RunError."""
        with self._lock:
            slot = next((slot for slot in self._slots if slot.process is not None), None)
            if slot is None or slot.process is None:
                raise RunError("The model's summary needs the training process, which is not running.")
            future = slot.questions.get(question.key)
            if future is None:
                future = slot.questions[question.key] = Future()
                slot.process.send(question)
            return future

    def close(self, stop: Callable[[Job], None]) -> None:
        """End the workers; a run that one has is told to `stop` first, and may be scored."""
        with self._lock:
            self._closed.set()
            processes = [(slot.process, slot.job) for slot in self._slots if slot.process is not None]
            for _, job in processes:
                if job is not None:
                    stop(job)
        for process, job in processes:
            process.leave()
            process.end(STOP_SECONDS if job is not None else 0.0)

    def _fill(self, slot: Slot) -> None:
        """Put a new process into a slot."""
        with self._lock:
            if not self._closed.is_set() and slot.process is None:
                slot.process = WorkerProcess(
                    lambda message: self._heard(slot, message), lambda code: self._gone(slot, code)
                )

    def _heard(self, slot: Slot, message: Report) -> None:
        with self._lock:
            slot.heard(message)
            if isinstance(message, Described):
                future = slot.questions.pop(message.key, None)
                if future is not None:
                    future.set_result(message)
            elif isinstance(message, Ready):
                slot.ready = True
                self.hand_out()
                self._warm(slot)
            elif isinstance(message, Done) and slot.job is not None:
                slot.job.release()
                slot.job = None
                self.hand_out()

    def _gone(self, slot: Slot, code: int) -> None:
        """A worker ended: say so in its run, and start another."""
        with self._lock:
            words = slot.ending(code)
            job = slot.emptied()
            if job is not None:
                job.run.note_end(words)
                job.release()
            slot.refuse_all(f"{words}; try again.")
            pause = slot.pause
            if not pause:
                self._fill(slot)
                return
        timer = threading.Timer(pause, self._fill, [slot])
        timer.daemon = True
        timer.start()

    def _warm(self, slot: Slot) -> None:
        if self._wish is not None and slot.state == "ready":
            slot.send(Warm(self._wish))

    def _watch(self) -> None:
        """Every second: workers that give no sign of life are killed, which `_gone` then hears of."""
        while not self._closed.wait(BEAT_SECONDS):
            with self._lock:
                for slot in self._slots:
                    slot.beat(self._beats)
                self._look()
