"""A hundred runs in a row in one worker process: its memory, what it traced, and how long the runs took."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.goals import Goal
from benchmarks.section import NotMeasured, Section
from reco_core.jobs.server.protocol import Done, Message, Ready, Train, from_line, to_line
from reco_core.runs import RunRequest, RunStore

RUNS, FIRST = 100, 10
SOURCE = "demo"
TEXT = (
    f"{RUNS} runs of mf_bias, dim 40, one after the other, in one worker process as the app has it, on the demo (as "
    "large as MovieLens 100K): each from its folder to its figures, with another learning rate, l2 and seed, and 4 "
    "epochs. Memory is the worker's resident set after a run; functions are those traced in the worker so far."
)


def run() -> Section:
    """The worker's own account of its runs."""
    with tempfile.TemporaryDirectory() as folder:
        after = hundred(Path(folder))
    chosen = [n for n in (1, FIRST, RUNS // 2, RUNS) if n <= len(after)]
    rows = [
        [str(n), f"{after[n - 1]['mb']:,.0f}", str(after[n - 1]["traces"]), f"{after[n - 1]['seconds']:.2f}"]
        for n in chosen
    ]
    median = float(np.median([one["seconds"] for one in after[FIRST:]]))
    rows.append([f"median after the first {FIRST}", "", "", f"{median:.2f}"])
    columns = ["after run", "memory, MB", "functions traced", "seconds of the run"]
    return Section("A hundred runs in one worker", TEXT, columns, rows, goals(after))


def goals(after: list[dict[str, Any]]) -> list[Goal]:
    """Level memory, no new function."""
    first, last = after[FIRST - 1], after[-1]
    return [
        Goal(f"Memory after {RUNS} runs against that after {FIRST}", 1.10, last["mb"] / first["mb"], "x", 3),
        Goal(f"Functions traced after the first {FIRST} runs", 0, last["traces"] - first["traces"], digits=0),
    ]


def hundred(folder: Path, runs: int = RUNS, source: str = SOURCE, settings: dict[str, Any] | None = None) -> list[dict]:
    """mb, traces and seconds of every run, in a worker of its own whose home is the folder."""
    store, given = RunStore(folder / "runs"), {"dim": 40, "epochs": 4} | (settings or {})
    after = []
    with worker(folder) as (say, hear, pid):
        hear(Ready)
        for n in range(runs):
            values = given | {"learning_rate": 0.02 + 0.0004 * n, "l2": 0.05 + 0.0005 * n}
            made = store.create(RunRequest(source=source, dataset="demo", model="mf_bias", settings=values, seed=n))
            began = time.perf_counter()
            say(Train(str(made.folder)))
            done = hear(Done)
            seconds = time.perf_counter() - began
            if made.status != "finished":
                raise RuntimeError(f"run {n + 1} ended as {made.status}: {made.reason}")
            after.append({"mb": resident_mb(pid), "traces": done.traces, "seconds": seconds})
            store.delete(made.id)
            if n == 0:
                time.sleep(4.0)  # in which the idle worker compiles what it trained
    return after


@contextmanager
def worker(folder: Path) -> Iterator[tuple[Any, Any, int]]:
    """(say a message, wait for one of a kind, process id) of a worker process that ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "reco_core.jobs.server.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"RECO_HOME": str(folder)},
    )

    def say(message: Message) -> None:
        process.stdin.write(to_line(message))
        process.stdin.flush()

    def hear(kind: type) -> Any:
        for line in process.stdout:
            message = from_line(line)
            if isinstance(message, kind):
                return message
        raise RuntimeError("the worker ended before it answered")

    try:
        yield say, hear, process.pid
    finally:
        process.stdin.close()
        process.wait()


def resident_mb(pid: int) -> float:
    """The memory that a process holds now; raises NotMeasured where the system does not say."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise NotMeasured("only Linux tells how much memory another process holds.") from error
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
