"""A process that has TensorFlow loaded and bears others that need it: each is there at once, and may be killed.

Lines in: a run's folder, to train it, or a script's file, to run it and to write what it prints beside it.
Lines out: the pid of the process that does so, and, when that is gone, its exit code.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

from reco_core.jobs.running.load_tensorflow import load
from reco_core.jobs.running.training_job import train_run
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
        return self._bear(run.folder)

    def output(self, script: Path) -> str:
        """What a script prints that comes to its end."""
        self._bear(script)
        assert self.ended() == 0, f"{script} failed"
        return printed(script).read_text(encoding="utf-8")

    def _bear(self, path: Path) -> int:
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def ended(self) -> int:
        """The exit code of that process, below 0 for a signal; waits for it."""
        return os.waitstatus_to_exitcode(int(self._process.stdout.readline()))

    def close(self) -> None:
        """End it."""
        self._process.stdin.close()
        self._process.wait(timeout=30)


def printed(script: Path) -> Path:
    """Where that is which a script printed."""
    return script.with_suffix(".txt")


def work(path: Path) -> None:
    """Train a run, or run a script."""
    if path.is_dir():
        train_run(Run(path))
        return
    with printed(path).open("w", encoding="utf-8") as file, redirect_stdout(file):
        runpy.run_path(str(path), run_name="__main__")


def main() -> None:
    """Serve stdin until it ends."""
    load()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work(Path(line.strip()))
            os._exit(0)
        print(pid, flush=True)
        print(os.waitpid(pid, 0)[1], flush=True)


if __name__ == "__main__":
    main()
