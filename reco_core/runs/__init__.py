"""Runs: one folder per run, written atomically, read and checked, exported and imported."""

from reco_core.runs.reading import RunReading
from reco_core.runs.recording import Recording
from reco_core.runs.requests import Change, Continue, Pace, Pause, Request, Step, Stop, Watch
from reco_core.runs.run import Run
from reco_core.runs.run_spec import RunRequest, RunSpec, Sizes
from reco_core.runs.status import Status
from reco_core.runs.store import RunStore
from reco_core.runs.view import RunView

__all__ = [
    "Change",
    "Continue",
    "Pace",
    "Pause",
    "Recording",
    "Request",
    "Run",
    "RunReading",
    "RunRequest",
    "RunSpec",
    "RunStore",
    "RunView",
    "Sizes",
    "Status",
    "Step",
    "Stop",
    "Watch",
]
