"""The weights of some epochs, kept so that a training can be looked at again: snapshots/epoch-NNNN.npz."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from reco_core.errors import RunError, SettingsError
from reco_core.models.spec import Arrays
from reco_core.runs.arrays import read_arrays, write_arrays
from reco_core.storage import kept_in

SNAPSHOTS = "snapshots"
LIMIT, LIMIT_MB = "RECO_SNAPSHOT_MB", 64.0
RULE = (
    "Snapshots are kept of epochs 0 (the start), 1, 2, 3, 5, 8, 13, ... and of the last one. Where they would take more"
    f" than {LIMIT} megabytes ({LIMIT_MB:g}; 0 for none), every second one between the first and the last is removed."
)
_NAME = re.compile(r"epoch-(\d{4,})\.npz")


def is_due(epoch: int) -> bool:
    """Whether an epoch is one of 0, 1, 2, 3, 5, 8, 13, ..."""
    low, high = 0, 1
    while low < epoch:
        low, high = high, low + high
    return low == epoch


def limit_bytes() -> float:
    """What all snapshots of a run may take: RECO_SNAPSHOT_MB; raises SettingsError."""
    text = os.environ.get(LIMIT, "").strip() or LIMIT_MB
    try:
        megabytes = float(text)
    except ValueError:
        megabytes = -1.0
    if not 0 <= megabytes < 1e9:
        raise SettingsError(f"{LIMIT} must be a number of megabytes, 0 or more; got {text!r}.")
    return megabytes * 1e6


def saved_epochs(folder: Path) -> list[int]:
    """The epochs that have a snapshot, in order."""
    try:
        names = [_NAME.fullmatch(path.name) for path in (folder / SNAPSHOTS).iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(int(name[1]) for name in names if name)


def save(folder: Path, arrays: Arrays, epoch: int, limit: float | None = None) -> bool:
    """Keep a snapshot, and remove others where RULE asks for it; False where there is no room for this one."""
    room = limit_bytes() if limit is None else limit
    size = float(sum(array.nbytes for array in arrays.values()))
    sizes = {number: float(_path(folder, number).stat().st_size) for number in saved_epochs(folder)} | {epoch: size}
    chosen = thinned(sorted(sizes), sizes, room)
    for number in sizes.keys() - set(chosen) - {epoch}:
        _path(folder, number).unlink(missing_ok=True)
    if epoch not in chosen:
        return False
    with kept_in(folder):
        (folder / SNAPSHOTS).mkdir(exist_ok=True)
    write_arrays(_path(folder, epoch), arrays, epoch)
    return True


def thinned(epochs: Sequence[int], sizes: dict[int, float], room: float) -> list[int]:
    """The epochs that stay where all of them may be too large for the room: the first and last go at the very end."""
    left = list(epochs)
    while sum(sizes[epoch] for epoch in left) > room and len(left) > 2:
        left = [left[0], *left[2:-1:2], left[-1]]
    while left and sum(sizes[epoch] for epoch in left) > room:
        left.pop()
    return left


def read(folder: Path, epoch: int, label: str) -> Arrays:
    """The arrays of one epoch; raises RunError where it was not kept."""
    epochs = saved_epochs(folder)
    if epoch not in epochs:
        have = f"it has them of {', '.join(map(str, epochs))}" if epochs else "it has none"
        raise RunError(f"{label} has no snapshot of epoch {epoch}; {have}.")
    return read_arrays(_path(folder, epoch), label)[0]


def stamp(folder: Path, epoch: int) -> int:
    """When a snapshot was written, in nanoseconds; 0 where it was not kept."""
    try:
        return _path(folder, epoch).stat().st_mtime_ns
    except OSError:
        return 0


def forget(folder: Path, after: int) -> None:
    """Remove the snapshots of later epochs, which are trained anew."""
    for epoch in saved_epochs(folder):
        if epoch > after:
            _path(folder, epoch).unlink(missing_ok=True)


def _path(folder: Path, epoch: int) -> Path:
    return folder / SNAPSHOTS / f"epoch-{epoch:04d}.npz"
