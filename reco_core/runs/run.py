"""One run, read from its folder."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock

from reco_core.errors import RunError
from reco_core.events import Changed, Continued, EpochEnded, Event, Finished, Started, Stopped, Watched, counted
from reco_core.models import get_model
from reco_core.models.fitted import Fitted
from reco_core.models.spec import Arrays, ModelSpec, Scorer, Settings, Shape
from reco_core.runs import snapshots
from reco_core.runs.arrays import check_arrays, read_arrays
from reco_core.runs.checkpoint_file import has_state, read_state
from reco_core.runs.files import EventLog, locked, read_json, write_json
from reco_core.runs.live_status import NOTE, NOTE_BYTES, WAITING, standing
from reco_core.runs.metrics import check_metrics
from reco_core.runs.recording import EVENTS, WEIGHTS, Recording
from reco_core.runs.requests import (
    CONTROL,
    Continue,
    Control,
    Pause,
    Request,
    Step,
    Stop,
    append,
    check_for,
    open_request,
)
from reco_core.runs.run_spec import INFO, RunSpec, checked_info, read_info
from reco_core.runs.status import Status, StatusName, goes_on, last_of, planned

METRICS, EDITING = "metrics.json", "editing.lock"

Kind = TypeVar("Kind")

RESTING = ("finished", "stopped", "paused", "interrupted")


class Run:
    """A run folder: what was asked, what happened, and the result. Made by RunStore; everything is read when asked for.

    Raises RunError where the folder is damaged.
    """

    def __init__(self, folder: Path, log: EventLog | None = None) -> None:
        self.folder = folder
        self._log = log or EventLog(folder / EVENTS)
        self.control = Control(folder)
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
        """The epochs that are over, each once."""
        return self.marks(EpochEnded)

    def marks(self, kind: type[Kind]) -> list[Kind]:
        """The events of a kind that count: without those of epochs that were trained anew."""
        return [event for event in counted(self.events()) if isinstance(event, kind)]

    def changes(self) -> list[Changed]:
        """What was changed by hand, oldest first."""
        return self.marks(Changed)

    def watched(self) -> list[Watched]:
        """What was seen of the watched item and user, epoch by epoch."""
        return self.marks(Watched)

    @property
    def planned_epochs(self) -> int:
        """Epochs of the whole run as planned when it began or last went on; 0 before it began."""
        return planned(self.events())

    def requests(self) -> list[Request]:
        """What was asked of this run so far, oldest first."""
        return self.control.read()

    @property
    def asked(self) -> Request | None:
        """The last Pause, Continue, Step or Stop, while it is not answered."""
        return open_request(self.requests(), self.events())

    @property
    def to_go_on(self) -> bool:
        """True where somebody asked this run, which rests, to be trained on (or scored): it wants a worker."""
        return goes_on(self.asked, self.events())

    @property
    def started(self) -> Started | None:
        return last_of(Started, self.events())

    @property
    def finished(self) -> Finished | None:
        return last_of(Finished, self.events())

    @property
    def state(self) -> Status:
        """Status and reason from one reading: from the events and requests, and from the process that holds the run."""
        return standing(self.folder, self.events, self.requests, self.info.created)

    @property
    def status(self) -> StatusName:
        """queued, running, paused, finished, stopped, failed, or interrupted (its process is gone)."""
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
        """True where the run rests or is over and has weights: it can be inspected and recommends.

        A run that failed has none, unless that was when it went on from weights that were good.
        """
        status = self.status
        kept = status == "failed" and last_of(Continued, self.events()) is not None
        return (kept or status in RESTING) and (self.folder / WEIGHTS).exists()

    def require_result(self) -> None:
        """Raises RunError unless the run has a result."""
        if not self.has_result:
            raise RunError(f"Run {self.name} has no result: it is {self.status}. {self.reason}".strip())

    @property
    def metrics(self) -> dict[str, Any] | None:
        """{"test": figures, "baselines": {name: figures}, "protocol": sentence}, or None before the run was scored."""
        value = read_json(self.folder / METRICS)
        return None if value is None else check_metrics(value, self.id)

    def saved(self) -> tuple[Arrays, int]:
        """(arrays, the epoch that they are from)."""
        return read_arrays(self.folder / WEIGHTS, f"run {self.name}")

    def snapshots(self) -> list[int]:
        """The epochs whose weights were kept, 0 for the start; snapshots.RULE says which."""
        return snapshots.saved_epochs(self.folder)

    def snapshot_stamp(self, epoch: int) -> int:
        """When the snapshot of an epoch was written, in nanoseconds; 0 where there is none."""
        return snapshots.stamp(self.folder, epoch)

    def arrays(self, epoch: int | None = None) -> Arrays:
        """The weights by name, as Training.arrays() gave them: the result, or the snapshot of an epoch."""
        return self.saved()[0] if epoch is None else snapshots.read(self.folder, epoch, f"run {self.name}")

    def scorer(self, epoch: int | None = None) -> Scorer:
        """The trained model in numpy, as it is, or as it was after an epoch that has a snapshot."""
        return self.fitted(epoch).scorer

    def fitted(self, epoch: int | None = None) -> Fitted:
        """The trained model with its settings, sizes and arrays, as it is or as it was after a kept epoch."""
        arrays, started = self.arrays(epoch), self.started
        check_arrays(self.spec, self.settings, self.shape, arrays, f"run {self.name}")
        return Fitted.of(self.spec, self.settings, self.shape, arrays, started.n_train if started else 0)

    def state_arrays(self) -> Arrays | None:
        """The checkpoint of the last whole epoch as arrays (training.checkpoint reads them), or None."""
        return read_state(self.folder, self.name)

    def ask(self, request: Request) -> None:
        """Ask something of this run, for whoever trains it; raises RunError where it makes no sense for its model."""
        check_for(self.spec, self.settings, request)
        if isinstance(request, (Continue, Step)) and self.epochs() and not has_state(self.folder):
            raise RunError(f"Run {self.name} has no checkpoint to go on from (an import has none): train it again.")
        append(self.folder / CONTROL, request)

    def ask_stop(self, by: str = "") -> None:
        """Ask whoever trains this run to end it at its last whole epoch, and to score it."""
        self.ask(Stop(by=by))

    def stop_asked(self) -> bool:
        """True while a Stop waits for its answer."""
        return isinstance(self.asked, Stop)

    def record(self) -> Recording:
        """The writer of this run, for the process that trains it."""
        return Recording(self.folder, lambda: not self.events() or self.to_go_on)

    def wait(self) -> FileLock | None:
        """The lock that shows this run as queued, for the manager that will hand it out."""
        return locked(self.folder / WAITING, wait=1.0)

    def drop(self, by: str = "") -> None:
        """Give up the wait of a run: one that never began is stopped; one that was to go on stays as it was."""
        if self.events():
            append(self.folder / CONTROL, Pause(by=by))
            return
        with self.record() as recording:
            recording.emit(Stopped(epoch=0, reason="asked"))

    def note_end(self, words: str) -> None:
        """Say how the process that trained this run ended; shown where the run was interrupted by it.

        The file keeps its length, so that there is room for the words when the disk has become full.
        """
        path = self.folder / NOTE
        with path.open("r+b" if path.exists() else "wb") as file:
            file.write(words.encode()[:NOTE_BYTES].ljust(NOTE_BYTES))

    def update(self, **found: Any) -> None:
        """Change fields of run.json: what was found when the run began, or its name."""
        with FileLock(self.folder / EDITING):
            values = read_info(self.folder).model_dump(mode="json")
            self.info = checked_info(values | found, self.folder.name)
            write_json(self.folder / INFO, self.info.model_dump(mode="json"))

    def drop_metrics(self) -> None:
        """Forget the figures: the weights are no longer those that were scored."""
        (self.folder / METRICS).unlink(missing_ok=True)

    def write_metrics(self, metrics: dict[str, Any]) -> None:
        """Keep the figures of the scored run."""
        write_json(self.folder / METRICS, metrics)
