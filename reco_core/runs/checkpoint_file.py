"""A run's checkpoint, state.npz: what going on needs, of the last whole epoch; numbers only, checked when read."""

from __future__ import annotations

import math
from pathlib import Path

from reco_core.errors import RunError
from reco_core.models.spec import Arrays
from reco_core.runs.arrays import read_arrays, write_arrays

STATE = "state.npz"


def has_state(folder: Path) -> bool:
    """Whether there is something to go on from."""
    return (folder / STATE).exists()


def write_state(folder: Path, arrays: Arrays, epoch: int) -> None:
    """Keep the state after an epoch, whole or not at all."""
    write_arrays(folder / STATE, arrays, epoch)


def read_state(folder: Path, name: str) -> Arrays | None:
    """The arrays of the state, None where there is none; raises RunError."""
    if not has_state(folder):
        return None
    try:
        return read_arrays(folder / STATE, f"the checkpoint of {name}", largest=math.inf)[0]
    except RunError as error:
        raise RunError(f"The checkpoint of run {name} cannot be read: {error}") from error
