"""How a run stands now: its events and requests, and who holds its locks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from reco_core.errors import RunError
from reco_core.events import Event
from reco_core.runs.files import is_locked
from reco_core.runs.plain_files import read_plain
from reco_core.runs.recording import WORKING
from reco_core.runs.requests import Request, open_request
from reco_core.runs.status import Status, current, interrupted

WAITING, NOTE, NOTE_BYTES = "waiting.lock", "ended.txt", 512

# Who makes a run holds it a moment later.
YOUNG_SECONDS = 2.0


def standing(
    folder: Path,
    read_events: Callable[[], Sequence[Event]],
    read_requests: Callable[[], Sequence[Request]],
    created: datetime,
) -> Status:
    """The status of the run in a folder.

    Events, requests and locks are read one after the other: what is written in between, such as the end, or that the
    run rested and went on, is looked at anew. So a run is called interrupted only where nobody has it and writes.
    """
    events = read_events()
    while True:
        asked = open_request(read_requests(), events)
        state = current(events, asked, lambda: is_locked(folder / WORKING), lambda: is_locked(folder / WAITING))
        if state is not None:
            return state
        seen, events = len(events), read_events()
        if len(events) == seen:
            break
    if not events and (datetime.now(UTC) - created).total_seconds() < YOUNG_SECONDS:
        return Status("queued")
    return interrupted(events, _note(folder))


def _note(folder: Path) -> str:
    """How the process that trained the run ended, as the manager saw it."""
    try:
        return (read_plain(folder / NOTE, NOTE_BYTES) or b"").decode(errors="ignore").strip()
    except RunError:
        return ""
