"""A run as it stood at one look: what a page draws from, so that nothing differs within one drawing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from reco_core.errors import RunError
from reco_core.events import Event, counted
from reco_core.models.spec import Shape
from reco_core.runs.reading import RunReading
from reco_core.runs.requests import Request
from reco_core.runs.run_spec import RunSpec
from reco_core.runs.status import Status

Kind = TypeVar("Kind")


@dataclass(frozen=True, eq=False)
class RunView(RunReading):
    """All that one look at a run's folder found; made by Run.look() and RunStore.views(), and never changed.

    read_metrics: reads metrics.json when it is first asked for; it was written before the end that `state` tells of.
    """

    folder: Path
    info: RunSpec
    state: Status
    seen_events: tuple[Event, ...]
    seen_requests: tuple[Request, ...]
    has_weights: bool
    read_metrics: Callable[[], dict[str, Any] | None]

    def events(self) -> Sequence[Event]:
        return self.seen_events

    def requests(self) -> Sequence[Request]:
        return self.seen_requests

    def marks(self, kind: type[Kind]) -> list[Kind]:
        return [event for event in self._counted if isinstance(event, kind)]

    @cached_property
    def metrics(self) -> dict[str, Any] | None:
        """As of Run.metrics."""
        return self.read_metrics()

    @cached_property
    def diverged(self) -> bool:
        """As of Run.diverged."""
        return super().diverged

    @property
    def shape(self) -> Shape:
        """Sizes, scale and mean that the model was made for; raises RunError before the run has begun."""
        if self.info.sizes is None:
            raise RunError(f"Run {self.name} has no sizes yet: it has not started.")
        return self.info.sizes.shape()

    @cached_property
    def _counted(self) -> list[Event]:
        return counted(self.seen_events)
