"""Who trains what: one manager per server hands runs to its worker, one after the other, and replaces a dead worker."""

from __future__ import annotations

import atexit
import json
import os
import threading
from collections import OrderedDict, deque
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from reco_core.errors import RunError
from reco_core.jobs.process import WorkerProcess
from reco_core.jobs.protocol import DESCRIBE, DESCRIBED, DONE, READY, TRAIN, WARM, Message, ending
from reco_core.jobs.slot import Job, Slot, WorkerState
from reco_core.models import MODELS, get_model
from reco_core.models.spec import Settings, Shape
from reco_core.runs import Run, RunRequest, RunStore, Sizes
from reco_core.training.describe import Description

NO_WORKER = "RECO_NO_WORKER"
FIRST_DATASET = "demo"
DESCRIPTIONS_KEPT = 64
DESCRIBE_SECONDS = 30.0
STOP_SECONDS = 10.0
_DESCRIPTION = TypeAdapter(Description)


class Manager:
    """Hands runs of a store to workers. Safe for threads; several managers may share a folder of runs, as each one
    touches only the runs that it was given.

    start=False (or RECO_NO_WORKER=1 in the environment) leaves the workers out: runs stay queued.
    """

    def __init__(self, store: RunStore, workers: int = 1, start: bool | None = None) -> None:
        self._store = store
        self._lock = threading.RLock()
        self._queue: deque[Job] = deque()
        self._slots = [Slot() for _ in range(workers)]
        self._descriptions: OrderedDict[str, Description] = OrderedDict()
        self._closed = False
        self._wish: RunRequest | None = None
        self._on = os.environ.get(NO_WORKER) != "1" if start is None else start
        if self._on:
            for slot in self._slots:
                self._fill(slot)

    @property
    def store(self) -> RunStore:
        return self._store

    def start(self, request: RunRequest) -> Run:
        """A new run, queued; it begins as soon as a worker is free. Raises SettingsError."""
        run = self._store.create(request)
        with self._lock:
            self._queue.append(Job(run, run.wait()))
            self._hand_out()
        return run

    def stop(self, run_id: str) -> None:
        """Stop a run: at once where it is queued here, else whoever has it ends it within a chunk of an epoch."""
        with self._lock:
            job = next((job for job in self._queue if job.run.id == run_id), None)
            if job is not None:
                self._queue.remove(job)
                job.drop()
                return
        run = self._store.open(run_id)
        if run.active:
            run.ask_stop()

    def queue(self) -> list[str]:
        """The ids of the runs that wait here, the next one first."""
        with self._lock:
            return [job.run.id for job in self._queue]

    @property
    def worker_state(self) -> WorkerState:
        """starting, ready, busy (every worker has a run), or off (no worker, or it cannot be started)."""
        with self._lock:
            states = [] if self._closed else [slot.state for slot in self._slots]
        return next((state for state in ("ready", "starting", "busy") if state in states), "off")

    @property
    def worker_pids(self) -> list[int]:
        """The process ids of the workers that are there."""
        with self._lock:
            return [slot.process.pid for slot in self._slots if slot.process is not None]

    def warm(self, request: RunRequest) -> None:
        """Let a worker, when it is idle, load and compile what this run would need; a run goes before it."""
        with self._lock:
            if request != self._wish:
                self._wish = request
                for slot in self._slots:
                    self._warm(slot)

    def describe(
        self, model: str, settings: Settings | Mapping[str, Any], shape: Shape, timeout: float = DESCRIBE_SECONDS
    ) -> Description:
        """Summary, graph and number of parameters of a Keras model before any training; also while a run trains.

        Raises SettingsError for the model or its settings, RunError where there is no worker or no answer in time.
        """
        spec = get_model(model)
        values = settings.model_dump(mode="json") if isinstance(settings, Settings) else dict(settings)
        values = spec.parse(values).model_dump(mode="json")
        sizes = Sizes.of(shape).model_dump(mode="json")
        key = json.dumps([spec.name, values, sizes], sort_keys=True)
        with self._lock:
            if key in self._descriptions:
                self._descriptions.move_to_end(key)
                return self._descriptions[key]
            answer = self._ask({"do": DESCRIBE, "key": key, "model": spec.name, "settings": values, "sizes": sizes})
        try:
            message = answer.result(timeout)
        except FutureTimeout as error:
            raise RunError(f"The model's summary was not there after {timeout:g} seconds; try again.") from error
        if "error" in message:
            raise RunError(message["error"])
        return self._keep(key, _DESCRIPTION.validate_python(message["description"]))

    def close(self) -> None:
        """End the workers: queued runs are stopped, a run that trains is stopped, scored and kept."""
        with self._lock:
            self._closed = True
            while self._queue:
                self._queue.popleft().drop()
            processes = [(slot.process, slot.job is not None) for slot in self._slots if slot.process is not None]
            for slot in self._slots:
                if slot.job is not None:
                    slot.job.run.ask_stop()
        for process, has_run in processes:
            process.leave()
            process.end(STOP_SECONDS if has_run else 0.0)

    def _fill(self, slot: Slot) -> None:
        """Put a new process into a slot."""
        with self._lock:
            if not self._closed and slot.process is None:
                slot.process = WorkerProcess(
                    lambda message: self._heard(slot, message), lambda code: self._gone(slot, code)
                )

    def _heard(self, slot: Slot, message: Message) -> None:
        with self._lock:
            if message.get("say") == DESCRIBED:
                future = slot.questions.pop(str(message.get("key")), None)
                if future is not None:
                    future.set_result(message)
            elif message.get("say") == READY:
                slot.ready = True
                self._warm(slot)
            elif message.get("say") == DONE and slot.job is not None:
                slot.job.release()
                slot.job = None
            self._hand_out()

    def _gone(self, slot: Slot, code: int) -> None:
        """A worker ended: say so in its run, and start another."""
        with self._lock:
            job = slot.emptied()
            if job is not None:
                job.run.note_end(ending(code))
                job.release()
            slot.answer_all({"error": f"{ending(code)}; try again."})
            pause = slot.pause
            if not pause:
                self._fill(slot)
                return
        timer = threading.Timer(pause, self._fill, [slot])
        timer.daemon = True
        timer.start()

    def _warm(self, slot: Slot) -> None:
        if self._wish is not None and slot.state == "ready" and not self._queue:
            slot.process.send({"do": WARM, "request": self._wish.model_dump(mode="json")})

    def _hand_out(self) -> None:
        """Give waiting runs to idle workers."""
        for slot in self._slots:
            while self._queue and slot.state == "ready" and not self._closed:
                job = self._queue.popleft()
                if not job.run.folder.exists() or job.run.stop_asked():
                    job.drop()
                    continue
                slot.job = job
                slot.process.send({"do": TRAIN, "folder": str(job.run.folder.resolve())})

    def _ask(self, question: Message) -> Future[Message]:
        """The answer to come from any worker; the same question is asked once at a time."""
        slot = next((slot for slot in self._slots if slot.process is not None), None)
        if slot is None:
            raise RunError("The model's summary needs the training process; it is off.")
        future = slot.questions.get(question["key"])
        if future is None:
            future = slot.questions[question["key"]] = Future()
            slot.process.send(question)
        return future

    def _keep(self, key: str, description: Description) -> Description:
        with self._lock:
            self._descriptions[key] = description
            if len(self._descriptions) > DESCRIPTIONS_KEPT:
                self._descriptions.popitem(last=False)
        return description


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
