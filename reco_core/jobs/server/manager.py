"""Who trains what: one manager per server queues runs, hands them to its workers, and passes on what visitors ask."""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reco_core.errors import RunError
from reco_core.jobs.server.model_summaries import Descriptions
from reco_core.jobs.server.permissions import check_asked, check_owner
from reco_core.jobs.server.worker_pool import Crew, workers_wanted
from reco_core.jobs.server.worker_slot import Job, WorkerState
from reco_core.models import MODELS
from reco_core.models.spec import Settings, Shape
from reco_core.runs import Run, RunRequest, RunStore
from reco_core.runs.requests import Pause, Request, Stop
from reco_core.training.describe import Description

NO_WORKER = "RECO_NO_WORKER"
FIRST_DATASET = "demo"
DESCRIBE_SECONDS = 30.0


class Manager:
    """Hands runs of a store to workers. Safe for threads; several managers may share a folder of runs, as each one
    touches only the runs that it was given.

    workers: how many runs are trained side by side; by default RECO_WORKERS, or 1.
    start=False (or RECO_NO_WORKER=1 in the environment) leaves the workers out: runs stay queued.
    """

    def __init__(self, store: RunStore, workers: int | None = None, start: bool | None = None) -> None:
        self._store = store
        self._lock = threading.RLock()
        self._queue: deque[Job] = deque()
        self._closed = False
        self.workers = workers_wanted() if workers is None else workers
        self._crew = Crew(self.workers, self._lock, self._next, self._tidy)
        self._descriptions = Descriptions(self._crew.ask)
        if os.environ.get(NO_WORKER) != "1" if start is None else start:
            self._crew.start()

    @property
    def store(self) -> RunStore:
        return self._store

    @property
    def closed(self) -> bool:
        return self._closed

    def start(self, request: RunRequest) -> Run:
        """A new run, queued; it begins as soon as a worker is free. Raises SettingsError."""
        self._check_open()
        run = self._store.create(request)
        self._wait(run)
        return run

    def ask(self, run_id: str, request: Request, visitor: str = "") -> None:
        """Ask something of a run: what trains answers within a chunk, what rests is queued to go on.

        Raises RunError where the run belongs to another visitor, or where its state leaves nothing to do.
        """
        run = self._store.open(run_id)
        check_owner(run, visitor)
        with self._lock:
            job = self._waiting(run_id)
            if job is not None and isinstance(request, (Stop, Pause)):
                if isinstance(request, Pause) and not job.begun:
                    raise RunError(f"Run {run.name} is queued and has nothing to pause; it can be cancelled.")
                self._queue.remove(job)
                job.drop(visitor)
                return
        if isinstance(request, Stop) and not run.active and run.status not in ("paused", "interrupted"):
            return
        check_asked(run, request)
        run.ask(request)
        if job is None and run.to_go_on and run.status != "running":
            self._wait(run)

    def stop(self, run_id: str, visitor: str = "") -> None:
        """Stop a run: at once where it is queued here, else whoever has it ends it within a chunk of an epoch."""
        self.ask(run_id, Stop(by=visitor), visitor)

    def queue(self) -> list[str]:
        """The ids of the runs that wait here, the next one first."""
        with self._lock:
            self._tidy()
            return [job.run.id for job in self._queue]

    def running(self) -> list[str]:
        """The ids of the runs that workers have now."""
        return self._crew.running

    def position(self, run_id: str) -> int | None:
        """The run's place in the queue, 1 for the next; None where it does not wait here."""
        ids = self.queue()
        return ids.index(run_id) + 1 if run_id in ids else None

    @property
    def worker_state(self) -> WorkerState:
        """starting, ready, busy (every worker has a run), or off (no worker, or it cannot be started)."""
        return self._crew.state

    @property
    def worker_pids(self) -> list[int]:
        """The process ids of the workers that are there."""
        return self._crew.pids

    def warm(self, request: RunRequest) -> None:
        """Let a worker, when it is idle, load and compile what this run would need; a run goes before it."""
        self._crew.warm(request)

    def describe(
        self, model: str, settings: Settings | Mapping[str, Any], shape: Shape, timeout: float = DESCRIBE_SECONDS
    ) -> Description:
        """Summary, graph and number of parameters of a Keras model before any training; also while a run trains.

        Raises SettingsError for the model or its settings, RunError where there is no worker or no answer in time.
        """
        return self._descriptions.get(model, settings, shape, timeout)

    def close(self) -> None:
        """End the workers: queued runs are given up, a run that trains is stopped, scored and kept."""
        with self._lock:
            self._closed = True
            while self._queue:
                self._queue.popleft().drop()
        self._crew.close(lambda job: job.run.ask_stop())

    def _wait(self, run: Run) -> None:
        """Put a run at the end of the queue; one whose worker is about to let go of it keeps its lock."""
        with self._lock:
            self._check_open()
            if self._waiting(run.id) is not None:
                return
            job = self._crew.hand_back(run.id) or Job(run, run.wait())
            if job.lock is None:
                raise RunError(f"Run {run.name} is already queued by another server on this computer.")
            self._queue.append(job)
            self._crew.hand_out()

    def _check_open(self) -> None:
        if self._closed:
            raise RunError("The app is closing; no new runs are accepted.")

    def _waiting(self, run_id: str) -> Job | None:
        return next((job for job in self._queue if job.run.id == run_id), None)

    def _next(self) -> Job | None:
        """The run to train next."""
        self._tidy()
        return self._queue.popleft() if self._queue else None

    def _tidy(self) -> None:
        """Give up queued runs that were deleted, or that another process was asked to stop."""
        for job in [job for job in self._queue if job.unwanted]:
            self._queue.remove(job)
            job.drop()


_managers: dict[Path, Manager] = {}
_managers_lock = threading.Lock()


def shared_manager(store: RunStore | None = None, start: bool | None = None) -> Manager:
    """The one manager of this process for a folder of runs, made when first asked for; it ends with the process.

    Its worker warms up for the first model of the catalogue on the demo dataset, what a first click asks for.
    """
    store = store or RunStore()
    with _managers_lock:
        manager = _managers.get(store.root)
        if manager is None:
            manager = _managers[store.root] = Manager(store, start=start)
            manager.warm(first_request(FIRST_DATASET, FIRST_DATASET))
            atexit.register(manager.close)
        return manager


def first_request(source: str, dataset: str) -> RunRequest:
    """The run that a first click on a dataset asks for."""
    return RunRequest(source=source, dataset=dataset, model=MODELS[0].name)
