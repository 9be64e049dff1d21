"""Drawing the posters of a dataset ahead of their first look, in a process of its own that gives way to all others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence

from reco_core.posters.drawing_cache import cache_path, cached_drawing
from reco_core.processes import environment, give_way

Film = tuple[str, int | None, str]  # title, year, genres
MOST = 2_500
PAUSE_SECONDS = 8.0  # a server that starts has better things to do
LOWEST = 19

_lock = threading.Lock()
_on = False


def turn_on() -> None:
    """From now on this process has posters drawn ahead; others draw what they show."""
    global _on
    _on = True


def draw_ahead(films: Sequence[Film]) -> None:
    """Have the first MOST of these drawn soon, one dataset after the other. Does nothing where it is not turned on."""
    if _on:
        threading.Thread(target=_soon, args=(films[:MOST],), name="posters-ahead", daemon=True).start()


def _soon(films: Sequence[Film]) -> None:
    threading.Event().wait(PAUSE_SECONDS)
    with _lock:
        missing = [film for film in films if not cache_path(*film).is_file()]
        if missing:
            subprocess.run(
                [sys.executable, "-m", __name__],
                input=json.dumps(missing).encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment(),
                start_new_session=True,
                check=False,
            )


def main() -> None:
    """Draw the films that stdin lists as JSON; ends with the process that asked."""
    give_way(LOWEST)
    parent = os.getppid()
    for title, year, genres in json.load(sys.stdin):
        if os.getppid() != parent:
            return
        cached_drawing(title, year, genres)


if __name__ == "__main__":
    main()
