"""Reading a source in a process of its own: what parsing takes of memory goes back to the machine when it is done.

A server turns it on; in any other process a source is read where it is asked for.
"""

from __future__ import annotations

import json
import subprocess
import sys

from reco_core.errors import DataError
from reco_core.processes import environment

_here = True


def turn_on() -> None:
    """From now on this process has sources read by another one."""
    global _here
    _here = False


def parse(source: str) -> bool:
    """Whether another process has read the source and kept a parsed copy of it; raises DataError where it cannot be.

    False where this process is to read it itself.
    """
    if _here:
        return False
    done = subprocess.run(
        [sys.executable, "-m", "reco_core.data", source],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=environment(),
        check=False,
    )
    try:
        reason = json.loads(done.stdout)
    except ValueError:
        return False
    if reason:
        raise DataError(reason)
    return True
