"""One run, read from its folder."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock
from pydantic import ValidationError

from reco_core.errors import RecoError, RunError
from reco_core.events import EpochEnded, Event, Finished, Started, Stopped
from reco_core.models import get_model
from reco_core.models.spec import Arrays, ModelSpec, Scorer, Settings, Shape
from reco_core.runs.arrays import check_arrays, read_arrays
from reco_core.runs.files import EventLog, is_locked, locked, read_json, write_json
from reco_core.runs.info import RunSpec
from reco_core.runs.metrics import check_metrics
from reco_core.runs.recording import EVENTS, WEIGHTS, WORKING, Recording
from reco_core.runs.status import Status, StatusName, current, ended, interrupted, last_of

INFO, METRICS, NOTE, STOP, WAITING, EDITING = (
    "run.json",
    "metrics.json",
    "ended.txt",
    "stop",
    "waiting.lock",
    "editing.lock",
)

# Who makes a run holds it a moment later.
YOUNG_SECONDS = 2.0


class Run:
    """A run folder: what was asked, what happened, and the result. Made by RunStore; everything is read when asked for.

    Raises RunError where the folder is damaged.
    """

    def __init__(self, folder: Path, log: EventLog | None = None) -> None:
        self.folder = folder
        self._log = log or EventLog(folder / EVENTS)
        self.info: RunSpec = read_info(folder)

    @property
    def id(self) -> str:
        return self.info.id

    @property
    def name(self) -> str:
        return self.info.name

    @cached_property
    def spec(self) -> ModelSpec:
        """The model, of the catalogue."""
        return get_model(self.info.model)

    @cached_property
    def settings(self) -> Settings:
        """The model's settings, checked."""
        return self.spec.parse(self.info.settings)

    @property
    def shape(self) -> Shape:
        """Sizes, scale and mean that the model was made for; raises RunError before the run has begun."""
        if self.info.sizes is None:
            self.info = read_info(self.folder)
        if self.info.sizes is None:
            raise RunError(f"Run {self.name} has no sizes yet: it has not begun.")
        return self.info.sizes.shape()

    def events(self) -> list[Event]:
        """All events so far, oldest first."""
        return self._log.read()

    def epochs(self) -> list[EpochEnded]:
        """The epochs that are over."""
        return [event for event in self.events() if isinstance(event, EpochEnded)]

    @property
    def started(self) -> Started | None:
        return last_of(Started, self.events())

    @property
    def finished(self) -> Finished | None:
        return last_of(Finished, self.events())

    @property
    def state(self) -> Status:
        """Status and reason from one reading: from the events, else from the process that holds the run."""
        events = self.events()
        state = ended(events) or current(
            events, lambda: is_locked(self.folder / WORKING), lambda: is_locked(self.folder / WAITING)
        )
        if state is not None:
            return state
        # The end may have been written between the reading of the events and the look at the locks.
        events = self.events()
        if not events and self._age() < YOUNG_SECONDS:
            return Status("queued")
        return ended(events) or interrupted(events, self._note())

    @property
    def status(self) -> StatusName:
        """queued, running, finished, stopped, failed, or interrupted (its process is gone)."""
        return self.state.name

    @property
    def reason(self) -> str:
        """Why the run has its status, in one sentence; empty where there is nothing to say."""
        return self.state.reason

    @property
    def active(self) -> bool:
        """True while the run waits or trains."""
        return self.status in ("queued", "running")

    @property
    def has_result(self) -> bool:
        """True where the run is over, did not fail, and has weights: it can be inspected and recommends."""
        return self.status in ("finished", "stopped", "interrupted") and (self.folder / WEIGHTS).exists()

    @property
    def metrics(self) -> dict[str, Any] | None:
        """{"test": figures, "baselines": {name: figures}, "protocol": sentence}, or None before the run was scored."""
        value = read_json(self.folder / METRICS)
        return None if value is None else check_metrics(value, self.id)

    def saved(self) -> tuple[Arrays, int]:
        """(arrays, the epoch that they are from)."""
        return read_arrays(self.folder / WEIGHTS, f"run {self.name}")

    def arrays(self) -> Arrays:
        """The weights by name, as Training.arrays() gave them."""
        return self.saved()[0]

    def scorer(self) -> Scorer:
        """The trained model in numpy."""
        arrays = self.arrays()
        check_arrays(self.spec, self.settings, self.shape, arrays, f"run {self.name}")
        return self.spec.scorer(arrays, self.shape, self.settings)

    def ask_stop(self) -> None:
        """Ask whoever trains this run to end it after the chunk that is being computed."""
        (self.folder / STOP).touch()

    def stop_asked(self) -> bool:
        return (self.folder / STOP).exists()

    def record(self) -> Recording:
        """The writer of this run, for the process that trains it."""
        return Recording(self.folder)

    def wait(self) -> FileLock | None:
        """The lock that shows this run as queued, for the manager that will hand it out."""
        return locked(self.folder / WAITING, wait=1.0)

    def drop(self) -> None:
        """End a run that waits, before anything was trained."""
        with self.record() as recording:
            recording.emit(Stopped(epoch=0, reason="asked"))

    def note_end(self, words: str) -> None:
        """Say how the process that trained this run ended; shown where the run was interrupted by it."""
        (self.folder / NOTE).write_text(words)

    def _age(self) -> float:
        return (datetime.now(UTC) - self.info.created).total_seconds()

    def _note(self) -> str:
        try:
            return (self.folder / NOTE).read_text()[:500]
        except OSError:
            return ""

    def update(self, **found: Any) -> None:
        """Change fields of run.json: what was found when the run began, or its name."""
        with FileLock(self.folder / EDITING):
            values = read_info(self.folder).model_dump(mode="json")
            self.info = checked_info(values | found, self.folder.name)
            write_json(self.folder / INFO, self.info.model_dump(mode="json"))

    def write_metrics(self, metrics: dict[str, Any]) -> None:
        """Keep the figures of the scored run."""
        write_json(self.folder / METRICS, metrics)


def read_info(folder: Path) -> RunSpec:
    """run.json of a folder; raises RunError."""
    value = read_json(folder / INFO)
    if value is None:
        raise RunError(f"There is no run {folder.name}.")
    info = checked_info(value, folder.name)
    if info.id != folder.name:
        raise RunError(f"A run's folder is named as the run; folder {folder.name} holds {info.id}.")
    return info


def checked_info(value: object, label: str) -> RunSpec:
    """run.json's content, checked; raises RunError."""
    try:
        return RunSpec.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "content"
        raise RunError(f"run.json of {label} must be as this version writes it; {where}: {first['msg']}.") from error
    except RecoError as error:
        raise RunError(f"run.json of {label} must be as this version writes it; {error}") from error
