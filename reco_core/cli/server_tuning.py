"""A server that gives memory back: set before anything large is loaded."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# glibc's numbers for what mallopt sets (malloc.h).
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
LARGE = 128 * 1024
COLLECT_SECONDS = 5.0


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
    from reco_core.data import subprocess_reader
    from reco_core.posters import ahead

    subprocess_reader.turn_on()
    ahead.turn_on()


@contextmanager
def plotly_later() -> Iterator[None]:
    """While Streamlit is imported, plotly seems not to be installed, so that it is loaded with the first figure."""
    if "plotly" in sys.modules:
        yield
        return
    sys.modules["plotly"] = None  # what the import system takes for: not there
    try:
        yield
    finally:
        del sys.modules["plotly"]


def collect_seldom() -> None:
    """Look for dead cycles every few seconds, in a thread, and never among what was imported.

    Streamlit does so after each script, a look at a training run included: over the modules of pandas and others that
    took a tenth of a second each time, more than the look itself. Call it once the server's modules are loaded.
    """
    gc.freeze()
    threading.Thread(target=_collect, daemon=True, name="collect").start()


def _collect() -> None:
    """Every few seconds a collection; after new imports, as pages have them when first opened, they stay out of it."""
    frozen = 0
    while True:
        time.sleep(COLLECT_SECONDS)
        gc.collect()
        if len(sys.modules) != frozen:
            frozen = len(sys.modules)
            gc.freeze()
