"""The worker process alone: its lines, its messages, and how it leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reco_core.jobs.server.protocol import ending, from_line, to_line
from reco_core.runs import RunStore
from tests.tiny import request_for, wait_until, write_csv


def test_lines_that_a_library_printed_are_no_messages():
    assert from_line("2024-01-01 WARNING x") is None
    assert from_line("[1, 2]") is None
    assert from_line(to_line({"say": "ready"})) == {"say": "ready"}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-9, "killed (SIGKILL, as the system does when memory runs out)"),
        (-11, "killed (SIGSEGV)"),
        (-99, "killed (signal 99)"),
        (1, "ended by itself (exit code 1)"),
    ],
)
def test_how_a_process_ended_is_put_into_words(code: int, words: str):
    assert ending(code) == f"The training process {'was ' if code < 0 else ''}{words}"


def test_a_worker_answers_in_lines_of_json_survives_nonsense_and_leaves_when_its_input_ends(tmp_path: Path):
    csv, store = write_csv(tmp_path / "tiny.csv"), RunStore(tmp_path / "runs")
    run = store.create(request_for(csv, model="mf", settings={"epochs": 30, "patience": None}))
    worker = subprocess.Popen(
        [sys.executable, "-m", "reco_core.jobs.server.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    lines = [
        "nonsense\n",
        to_line({"do": "dance"}),
        to_line({"do": "describe", "key": "k", "model": "mf", "settings": {}, "sizes": {"n_users": -1}}),
        to_line({"do": "warm", "request": {}}),
        to_line({"do": "train", "folder": str(tmp_path / "nowhere")}),
        to_line({"do": "train", "folder": str(run.folder)}),
    ]
    worker.stdin.write("".join(lines))
    worker.stdin.flush()
    wait_until(run.epochs, "the run has begun")
    out, _ = worker.communicate(timeout=60)  # ends its input while the run trains
    messages = [json.loads(line) for line in out.splitlines()]
    assert worker.returncode == 0 and run.status == "finished"
    assert [m["folder"] for m in messages if m["say"] == "done"] == [str(tmp_path / "nowhere"), str(run.folder)]
    assert [m["say"] for m in messages].count("ready") == 1
    (described,) = (m for m in messages if m["say"] == "described")
    assert described["key"] == "k" and "could not be drawn" in described["error"]
