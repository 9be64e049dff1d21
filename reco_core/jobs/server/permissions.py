"""Who may ask what of a run, by its owner and its status."""

from __future__ import annotations

from reco_core.errors import RunError
from reco_core.owners import may_change
from reco_core.runs import RunReading
from reco_core.runs.requests import Continue, Pause, Request, Step

NOT_YOURS = "This run belongs to another visitor; you can watch it."


def may_steer(run: RunReading, visitor: str) -> bool:
    """Whether a visitor may steer a run, by the rule of owners.may_change."""
    return may_change(run.info.owner, visitor)


def check_owner(run: RunReading, visitor: str) -> None:
    """Raises RunError unless the visitor may steer the run."""
    if not may_steer(run, visitor):
        raise RunError(NOT_YOURS)


def check_asked(run: RunReading, request: Request) -> None:
    """Raises RunError where the run's status leaves nothing to do for a request."""
    status = run.status
    if isinstance(request, Pause) and status != "running":
        raise RunError(f"Only a run that is training can be paused; {run.name} is {status}.")
    if isinstance(request, (Continue, Step)) and status in ("queued", "running"):
        raise RunError(f"Only a paused or ended run can be continued; {run.name} is {status}.")
