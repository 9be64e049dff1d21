"""Drawing the posters of a dataset ahead of their first look, in a process of its own that gives way to all others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence

from reco_core.kinds import Drawing
from reco_core.posters.drawing_cache import cache_path, cached_drawing
from reco_core.processes import environment, give_way

Picture = tuple[str, int | None, str, Drawing]  # title, year, genres, form
MOST = 2_500
PAUSE_SECONDS = 8.0  # a server that starts has better things to do
LOWEST = 19

_lock = threading.Lock()
_on = False


def turn_on() -> None:
    """From now on this process has posters drawn ahead; others draw what they show."""
    global _on
    _on = True


def draw_ahead(pictures: Sequence[Picture]) -> None:
    """Have the first MOST of these drawn soon, one dataset after the other. Does nothing where it is not turned on."""
    if _on:
        threading.Thread(target=_soon, args=(pictures[:MOST],), name="posters-ahead", daemon=True).start()


def _soon(pictures: Sequence[Picture]) -> None:
    threading.Event().wait(PAUSE_SECONDS)
    with _lock:
        missing = [picture for picture in pictures if not cache_path(*picture).is_file()]
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
    """Draw the pictures that stdin lists as JSON; ends with the process that asked."""
    give_way(LOWEST)
    parent = os.getppid()
    for title, year, genres, drawing in json.load(sys.stdin):
        if os.getppid() != parent:
            return
        cached_drawing(title, year, genres, drawing)


if __name__ == "__main__":
    main()
