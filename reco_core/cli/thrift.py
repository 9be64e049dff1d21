"""A server that gives memory back: set before anything large is loaded."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress

# glibc's numbers for what mallopt sets (malloc.h).
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
LARGE = 128 * 1024


def save_memory() -> None:
    """Let this process return large arrays to the machine when they are dropped; other processes parse and draw.

    glibc keeps what was freed for later, and so does each thread (a page's script runs in a thread of its own): fixed
    thresholds and two arenas save 20 MB and more. With another C library this part does nothing.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):
            mallopt = ctypes.CDLL(None).mallopt
            for what, value in ((ARENA_MAX, 2), (MMAP_THRESHOLD, LARGE), (TRIM_THRESHOLD, LARGE)):
                mallopt(what, value)
    from reco_core.data import apart
    from reco_core.posters import ahead

    apart.turn_on()
    ahead.turn_on()
