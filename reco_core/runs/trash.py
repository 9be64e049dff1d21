"""Deleted runs, kept for a while so that a deletion can be undone; runs that were set aside, kept until they come back.

Both are folders beside the runs, in which each run's folder stands under `<seconds since 1970>-<run id>`: going there
and coming back is one rename, so that a run is wholly here or wholly there.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from reco_core.errors import RunError, SettingsError
from reco_core.runs.run_spec import RUN_ID
from reco_core.storage import kept_in

TRASH, ASIDE = ".trash", "aside"
DAYS, DAYS_KEPT = "RECO_TRASH_DAYS", 7.0
MEGABYTES, MEGABYTES_KEPT = "RECO_TRASH_MB", 1000.0
RULE = (
    f"Deleted runs can be restored for {DAYS_KEPT:g} days ({DAYS}), as long as all of them take at most "
    f"{MEGABYTES_KEPT:,.0f} MB ({MEGABYTES}); the oldest are removed first."
)
_NAME = re.compile(rf"([0-9]{{1,12}})-({RUN_ID.pattern})")
DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class Removed:
    """A run that was taken out of the list: its id, when (in seconds since 1970), and where it is now."""

    run_id: str
    time: float
    folder: Path


class Trash:
    """Runs out of the list of a folder of runs, in one of its folders. Safe for several processes."""

    def __init__(self, root: Path, name: str = TRASH) -> None:
        self._root, self.folder = root, root / name

    def put(self, run_id: str) -> Removed:
        """Take a run's folder out of the list, whatever is in it; raises RunError where there is none."""
        with kept_in(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        now = int(time.time())
        while os.path.lexists(place := self.folder / f"{now}-{run_id}"):
            now += 1
        try:
            os.rename(self._root / run_id, place)
        except FileNotFoundError as error:
            raise RunError(f"There is no run {run_id}.") from error
        except OSError as error:
            raise RunError(f"Run {run_id} cannot be moved; {error}.") from error
        return Removed(run_id, float(now), place)

    def entries(self) -> list[Removed]:
        """What is in here, newest first."""
        try:
            names = [(_NAME.fullmatch(path.name), path) for path in self.folder.iterdir()]
        except OSError:
            return []
        found = [Removed(name[2], float(name[1]), path) for name, path in names if name]
        return sorted(found, key=lambda one: (one.time, one.run_id), reverse=True)

    def find(self, text: str) -> Removed:
        """The run taken out last whose id is, or begins with, this text (`last`: of all); raises RunError."""
        for one in self.entries():
            if text and (text == "last" or one.run_id.startswith(text)):
                return one
        have = ", ".join(one.run_id for one in self.entries()[:3]) or "none"
        raise RunError(f"There is no deleted run {text[:60]!r}; the last deleted are: {have}.")

    def holds(self, text: str) -> bool:
        """Whether find() finds something."""
        return any(text and (text == "last" or one.run_id.startswith(text)) for one in self.entries())

    def restore(self, run_id: str) -> None:
        """Give a run its old place back; raises RunError where that is taken."""
        one = self.find(run_id)
        if os.path.lexists(self._root / one.run_id):
            raise RunError(f"Run {one.run_id} is there already: rename or delete it first.")
        try:
            os.rename(one.folder, self._root / one.run_id)
        except OSError as error:
            raise RunError(f"Run {one.run_id} cannot be restored; {error}.") from error

    def tidy(self) -> None:
        """Remove for good what is too old, and the oldest where all of it takes too much room."""
        self._sweep()
        oldest = time.time() - _limit(DAYS, DAYS_KEPT) * DAY_SECONDS
        room = _limit(MEGABYTES, MEGABYTES_KEPT) * 1e6
        for one in self.entries():
            room -= _size(one.folder)
            if one.time < oldest or room < 0:
                self._remove(one)

    def empty(self) -> int:
        """Remove all of it for good; returns how many runs that were."""
        self._sweep()
        entries = self.entries()
        for one in entries:
            self._remove(one)
        return len(entries)

    def _remove(self, one: Removed) -> None:
        """First the name, so that nothing half removed can be restored."""
        hidden = self.folder / f".gone-{uuid4().hex[:8]}"
        try:
            os.rename(one.folder, hidden)
        except OSError:
            return
        _discard(hidden)

    def _sweep(self) -> None:
        """Remove what a killed process was removing."""
        if self.folder.is_dir():
            for path in self.folder.glob(".gone-*"):
                _discard(path)


def _discard(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _size(folder: Path) -> float:
    """Bytes of the files below; what is no plain file takes none."""
    total = 0.0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except OSError:
                continue
    return total


def _limit(name: str, usual: float) -> float:
    text = os.environ.get(name, "").strip() or usual
    try:
        limit = float(text)
    except ValueError:
        limit = -1.0
    if not 0 <= limit < 1e9:
        raise SettingsError(f"{name} must be a number, 0 or more; got {str(text)[:60]!r}.")
    return limit
