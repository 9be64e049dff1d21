"""A process that has TensorFlow loaded and bears trainers: each a process of its own, there at once, to be killed.

Lines in: a run's folder. Lines out: the pid of the process that trains it, and, when that is gone, its exit code.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from reco_core.jobs.runtime import load
from reco_core.jobs.training_job import train_run
from reco_core.runs import Run


class Nursery:
    """The process, seen from a test."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
        )

    def train(self, run: Run) -> int:
        """The pid of a process that trains the run."""
        self._process.stdin.write(f"{run.folder}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def ended(self) -> int:
        """The exit code of that process, below 0 for a signal; waits for it."""
        return os.waitstatus_to_exitcode(int(self._process.stdout.readline()))

    def close(self) -> None:
        """End it."""
        self._process.stdin.close()
        self._process.wait(timeout=30)


def main() -> None:
    """Serve stdin until it ends."""
    load()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            train_run(Run(Path(line.strip())))
            os._exit(0)
        print(pid, flush=True)
        print(os.waitpid(pid, 0)[1], flush=True)


if __name__ == "__main__":
    main()
