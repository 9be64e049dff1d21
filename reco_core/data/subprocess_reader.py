"""Reading a source in a process of its own: what parsing takes of memory goes back to the machine when it is done.

A server turns it on; in any other process a source is read where it is asked for.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import IO, Any

from reco_core.data.own.progress import Cancelled, Watch
from reco_core.errors import DataError
from reco_core.processes import environment

_here = True


def turn_on() -> None:
    """From now on this process has sources read by another one."""
    global _here
    _here = False


def parse(source: str, watch: Watch | None = None) -> bool:
    """Whether another process has read the source and kept a parsed copy of it; raises DataError where it cannot be.

    False where this process is to read it itself. A watch is told how far the reading has come, and may end it.
    """
    if _here:
        return False
    watch = watch or Watch()
    with subprocess.Popen(
        [sys.executable, "-m", "reco_core.data", source],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=environment(),
    ) as process:
        watch.stop_with(process.kill)
        assert process.stdout is not None
        reason = _reason(process.stdout, watch)
    if watch.cancelled:
        raise Cancelled("Reading was cancelled; nothing was added.")
    if reason:
        raise DataError(reason)
    return reason is not None


def _reason(stream: IO[bytes], watch: Watch) -> str | None:
    """What the other process says at its end: why the source cannot be read, or ""; None where it says nothing."""
    said: Any = None
    for line in stream:
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, float):
            watch.share = max(watch.share, min(said, 1.0))
    return said if isinstance(said, str) else None
