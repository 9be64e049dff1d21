"""Linux shares the processor between sessions before it looks at processes: the priority of a session."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from reco_core.tuning import is_on


def give_way(nice: int) -> None:
    """Let sessions of a lower number go first, where this process leads one of its own."""
    with suppress(AttributeError, OSError):  # Windows has no sessions, and Linux need not have groups of them
        if is_on() and os.getsid(0) == os.getpid():
            Path("/proc/self/autogroup").write_text(str(nice), encoding="ascii")
