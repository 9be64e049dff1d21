"""Python itself: how often threads take turns, and where and how often garbage is looked for."""

from __future__ import annotations

import gc
import sys
import threading
import time

from reco_core.tuning import is_on

# Each of a page's hundred messages waits for its turn beside the scripts of other tabs: Python's 5 ms add up.
TURN_SECONDS = 0.0005
COLLECT_SECONDS = 5.0


def switch_threads_often() -> None:
    """Let threads of this process take turns ten times as often as Python has them."""
    if is_on():
        sys.setswitchinterval(TURN_SECONDS)


def collect_seldom() -> bool:
    """Look for dead cycles every few seconds, in a thread, and never among what was imported; gives whether it does.

    Streamlit does so after each script, a look at a training run included: over the modules of pandas and others that
    took a tenth of a second each time, more than the look itself. Call it once the server's modules are loaded.
    """
    if not is_on():
        return False
    gc.freeze()
    threading.Thread(target=_collect, daemon=True, name="collect").start()
    return True


def _collect() -> None:
    """Every few seconds a collection; after new imports, as pages have them when first opened, they stay out of it."""
    frozen = 0
    while True:
        time.sleep(COLLECT_SECONDS)
        gc.collect()
        if len(sys.modules) != frozen:
            frozen = len(sys.modules)
            gc.freeze()
