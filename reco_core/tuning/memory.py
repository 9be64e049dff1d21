"""A server that gives memory back: to be called before anything large is loaded."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress

from reco_core.tuning import is_on

# glibc's numbers for what mallopt sets (malloc.h).
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
LARGE = 128 * 1024


def return_freed_memory() -> None:
    """Let this process return large arrays to the machine when they are dropped.

    glibc keeps what was freed for later, and so does each thread (a page's script runs in a thread of its own): fixed
    thresholds and two arenas save 20 MB and more. With another C library this part does nothing.
    """
    if not is_on():
        return
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):
            mallopt = ctypes.CDLL(None).mallopt
            for what, value in ((ARENA_MAX, 2), (MMAP_THRESHOLD, LARGE), (TRIM_THRESHOLD, LARGE)):
                mallopt(what, value)
