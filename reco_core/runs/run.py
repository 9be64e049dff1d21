"""One run: read from its folder anew each time, asked for something, and written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from filelock import FileLock

from reco_core.errors import RunError
from reco_core.events import Event, Stopped
from reco_core.models.spec import Arrays, Shape
from reco_core.runs.checkpoint_file import has_state, read_state
from reco_core.runs.files import EventLog, WholeFile, locked, read_json, write_json
from reco_core.runs.live_status import NOTE, NOTE_BYTES, WAITING, standing
from reco_core.runs.metrics import check_metrics
from reco_core.runs.reading import RunReading
from reco_core.runs.recording import EVENTS, WEIGHTS, Recording
from reco_core.runs.requests import CONTROL, Continue, Control, Pause, Request, Step, Stop, append, check_for
from reco_core.runs.run_spec import INFO, RunSpec, checked_info, read_info
from reco_core.runs.status import Status
from reco_core.runs.view import RunView
from reco_core.storage import kept_in

METRICS, EDITING = "metrics.json", "editing.lock"


class RunFiles:
    """The files of one run that are read again and again, each only when it has changed."""

    def __init__(self, folder: Path) -> None:
        self.log = EventLog(folder / EVENTS)
        self.control = Control(folder)
        self.info: WholeFile[RunSpec] = WholeFile(folder / INFO, lambda: read_info(folder))
        self.metrics: WholeFile[dict[str, Any] | None] = WholeFile(folder / METRICS, lambda: _read_metrics(folder))


class Run(RunReading):
    """A run folder, for whoever steers, trains or changes it. Made by RunStore; everything is read when asked for.

    A page draws from look(), in which nothing changes. Raises RunError where the folder is damaged.
    """

    def __init__(self, folder: Path, files: RunFiles | None = None) -> None:
        self.folder = folder
        self._files = files or RunFiles(folder)
        self.info: RunSpec = self._files.info.read()

    def look(self) -> RunView:
        """The run as it stands now, from one reading of its files and locks."""
        events: list[Event] = []
        requests = self.requests()

        def read() -> list[Event]:
            events[:] = self.events()
            return events

        state = standing(self.folder, read, lambda: requests, self.info.created)
        return RunView(
            folder=self.folder,
            info=self._files.info.read(),
            state=state,
            seen_events=tuple(events),
            seen_requests=tuple(requests),
            has_weights=self.has_weights,
            read_metrics=self._files.metrics.read,
        )

    @property
    def control(self) -> Control:
        """What was asked, as it is written down."""
        return self._files.control

    @property
    def shape(self) -> Shape:
        """Sizes, scale and mean that the model was made for; raises RunError before the run has begun."""
        if self.info.sizes is None:
            self.info = self._files.info.read()
        if self.info.sizes is None:
            raise RunError(f"Run {self.name} has no sizes yet: it has not started.")
        return self.info.sizes.shape()

    def events(self) -> list[Event]:
        """All events so far, oldest first."""
        return self._files.log.read()

    def requests(self) -> list[Request]:
        """What was asked of this run so far, oldest first."""
        return self.control.read()

    @property
    def state(self) -> Status:
        """Status and reason from one reading: from the events and requests, and from the process that holds the run."""
        return standing(self.folder, self.events, self.requests, self.info.created)

    @property
    def has_weights(self) -> bool:
        """Whether weights were kept."""
        return (self.folder / WEIGHTS).exists()

    @property
    def metrics(self) -> dict[str, Any] | None:
        """{"test": figures, "baselines": {name: figures}, "protocol": sentence}, or None before the run was scored."""
        return self._files.metrics.read()

    def state_arrays(self) -> Arrays | None:
        """The checkpoint of the last whole epoch as arrays (training.checkpoint reads them), or None."""
        return read_state(self.folder, self.name)

    def ask(self, request: Request) -> None:
        """Ask something of this run, for whoever trains it; raises RunError where it makes no sense for its model."""
        check_for(self.spec, self.settings, request)
        if isinstance(request, (Continue, Step)) and self.epochs() and not has_state(self.folder):
            raise RunError(
                f"Run {self.name} has no checkpoint to continue from (imported runs have none): train it again."
            )
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
        with kept_in(path), path.open("r+b" if path.exists() else "wb") as file:
            file.write(words.encode()[:NOTE_BYTES].ljust(NOTE_BYTES))

    def update(self, **found: Any) -> None:
        """Change fields of run.json: what was found when the run began, its name, or whether it is pinned."""
        with kept_in(self.folder), FileLock(self.folder / EDITING):
            values = read_info(self.folder).model_dump(mode="json")
            self.info = checked_info(values | found, self.folder.name)
            write_json(self.folder / INFO, self.info.model_dump(mode="json"))

    def drop_metrics(self) -> None:
        """Forget the figures: the weights are no longer those that were scored."""
        with kept_in(self.folder):
            (self.folder / METRICS).unlink(missing_ok=True)

    def write_metrics(self, metrics: dict[str, Any]) -> None:
        """Keep the figures of the scored run."""
        write_json(self.folder / METRICS, metrics)


def _read_metrics(folder: Path) -> dict[str, Any] | None:
    value = read_json(folder / METRICS)
    return None if value is None else check_metrics(value, folder.name)
