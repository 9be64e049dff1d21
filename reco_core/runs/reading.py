"""What follows from a run's folder, whoever reads it: `Run` reads anew each time, `RunView` has looked once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from reco_core.errors import RunError
from reco_core.events import Changed, Continued, EpochEnded, Event, Failed, Finished, Started, Watched, counted
from reco_core.models import get_model
from reco_core.models.fitted import Fitted
from reco_core.models.spec import Arrays, ModelSpec, Scorer, Settings, Shape
from reco_core.runs import snapshots
from reco_core.runs.arrays import check_arrays, read_arrays
from reco_core.runs.diverged import has_diverged, kept_epoch
from reco_core.runs.recording import WEIGHTS
from reco_core.runs.requests import Request, open_request
from reco_core.runs.run_spec import RunSpec
from reco_core.runs.status import Status, StatusName, goes_on, last_of, planned

Kind = TypeVar("Kind")

RESTING = ("finished", "stopped", "paused", "interrupted")


class RunReading(ABC):
    """Base of both: they give info, folder, shape, events, requests, state, metrics and has_weights."""

    folder: Path
    info: RunSpec

    @property
    @abstractmethod
    def shape(self) -> Shape:
        """Sizes, scale and mean that the model was made for; raises RunError before the run has begun."""

    @property
    @abstractmethod
    def metrics(self) -> dict[str, Any] | None:
        """{"test": figures, "baselines": {name: figures}, "protocol": sentence}, or None before the run was scored."""

    if TYPE_CHECKING:
        # A look holds these as fields, and a run reads them anew as properties.
        @property
        def state(self) -> Status: ...

        @property
        def has_weights(self) -> bool: ...

    @abstractmethod
    def events(self) -> Sequence[Event]:
        """All events so far, oldest first."""

    @abstractmethod
    def requests(self) -> Sequence[Request]:
        """What was asked of this run so far, oldest first."""

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
        return (kept or status in RESTING) and self.has_weights

    def require_result(self) -> None:
        """Raises RunError unless the run has a result."""
        if not self.has_result:
            raise RunError(f"Run {self.name} has no result: it is {self.status}. {self.reason}".strip())

    @property
    def diverged(self) -> bool:
        """Whether the numbers of its weights, or of the training that failed, grew without bound."""
        if self.status == "failed" and (failed := last_of(Failed, self.events())) is not None and failed.diverged:
            return True
        return self.info.sizes is not None and has_diverged(self.settings, self.shape, kept_epoch(self.events()))

    @property
    def word(self) -> str:
        """The status for people: `diverged` where that is what became of the run."""
        return "diverged" if not self.active and self.diverged else self.status

    def saved(self) -> tuple[Arrays, int]:
        """(arrays, the epoch that they are from)."""
        return read_arrays(self.folder / WEIGHTS, f"run {self.name}")

    def snapshots(self) -> list[int]:
        """The epochs whose weights were kept, 0 for the start; snapshots.RULE says which."""
        return snapshots.saved_epochs(self.folder)

    @property
    def weights_stamp(self) -> int:
        """When the result was written, in nanoseconds; 0 where there is none."""
        try:
            return (self.folder / WEIGHTS).stat().st_mtime_ns
        except OSError:
            return 0

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
