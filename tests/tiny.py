"""A dataset so small that training on it takes no time, as a file that any process can load."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from reco_core.runs import RunRequest

DEADLINE = 180.0  # a process that loads TensorFlow gives way to whatever else the machine does


def write_csv(path: Path, seed: int = 0, n_users: int = 30, n_items: int = 20) -> Path:
    """Ratings 1..5 of half of all pairs, from planted tastes, with titles and times."""
    rng = np.random.default_rng(seed)
    taste = rng.normal(size=(n_users, 2)) @ rng.normal(size=(2, n_items))
    stars = np.clip(np.round(3 + taste), 1, 5).astype(int)
    lines = ["user,item,rating,timestamp,title,year,genres"]
    for user, item in rng.permutation(np.argwhere(rng.random(taste.shape) < 0.5)):
        when = 1_000_000 + int(rng.integers(10_000))
        genres = "Drama|Comedy" if item % 2 else "Horror"
        lines.append(f"{user + 1},{item + 1},{stars[user, item]},{when},Film [{item + 1}],{1990 + item},{genres}")
    path.write_text("\n".join(lines) + "\n")
    return path


def request_for(source: Path, **values: object) -> RunRequest:
    """A run of the dataset of a file."""
    return RunRequest(**{"source": str(source), "dataset": source.stem, "model": "bias", **values})


def wait_until(condition: Callable[[], object], what: str, seconds: float = DEADLINE) -> None:
    """Come back as soon as the condition holds; fails after the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether a process runs, child of ours or not; one that has ended and waits to be collected does not."""
    if not Path("/proc").is_dir():
        return _answers_signals(pid)
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _answers_signals(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
