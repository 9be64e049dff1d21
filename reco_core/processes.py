"""Processes of our own beside this one: how they find this package, and how they give way."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import reco_core
from reco_core.tuning import sessions


def environment() -> dict[str, str]:
    """This process's environment, with this package importable wherever a process is started."""
    here = str(Path(reco_core.__file__).parents[1])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))}


def give_way(nice: int) -> None:
    """Let processes of a lower number go first, for which this one must lead a session of its own.

    Linux may share the processor between sessions before it looks at processes; then the session gives way too.
    """
    with suppress(AttributeError, OSError):  # Windows has no such number
        os.nice(nice)
    sessions.give_way(nice)
