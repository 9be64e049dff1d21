"""The worker process alone: its lines, its messages, and how it leaves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from reco_core.jobs.server import worker
from reco_core.jobs.server.protocol import (
    Beat,
    Describe,
    Described,
    Done,
    Message,
    Ready,
    Train,
    Warm,
    ending,
    from_line,
    to_line,
)
from reco_core.runs import RunRequest, RunStore, Sizes
from reco_core.training.describe import Description, LayerRow
from tests.tiny import request_for, wait_until, write_csv

SIZES = Sizes(n_users=3, n_items=4, scale_min=1, scale_max=5, scale_step=0.5, mean=3.25)
LAYER = LayerRow("dot", "Dot", "(batch, 1)", 0, ("user", "item"), frozen=False)
MESSAGES = (
    Train("/a folder/ü"),
    Warm(RunRequest(source="demo", dataset="demo", model="mf", settings={"dim": 3, "l2": 0.5, "patience": None})),
    Describe('["mf"]', "mf", {"dim": 3}, SIZES),
    Ready(123),
    Done("/a folder", 7),
    Described("k", Description("a\nb", "digraph {}", 12, (LAYER,))),
    Beat(slow=True),
)


def test_lines_that_a_library_printed_are_no_messages():
    assert from_line("2024-01-01 WARNING x") is None
    assert from_line("[1, 2]") is None
    assert from_line('{"kind": "dance"}') is None and from_line('{"folder": "x", "traces": 1}') is None
    assert from_line('{"kind": "done", "folder": "x"}') is None


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.kind)
def test_a_message_is_the_same_after_its_line(message: Message):
    line = to_line(message)
    assert line.endswith("}\n") and line.count("\n") == 1
    assert from_line(line) == message and type(from_line(line)) is type(message)


def test_every_kind_of_message_is_tried():
    assert {type(message) for message in MESSAGES} == set(get_args(Message))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-9, "killed (SIGKILL, as the system does when memory runs out)"),
        (-11, "killed (SIGSEGV)"),
        (-99, "killed (signal 99)"),
        (1, "exited unexpectedly (exit code 1)"),
    ],
)
def test_how_a_process_ended_is_put_into_words(code: int, words: str):
    assert ending(code) == f"The training process {'was ' if code < 0 else ''}{words}"


def test_a_question_is_answered_whatever_goes_wrong(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(worker, "describe", lambda *_: 1 // 0)
    answer = worker._described(Describe("k", "mf", {}, SIZES))
    assert answer.key == "k" and "could not be drawn (ZeroDivisionError" in answer.error


def test_a_worker_answers_in_lines_of_json_survives_nonsense_and_leaves_when_its_input_ends(tmp_path: Path):
    csv, store = write_csv(tmp_path / "tiny.csv"), RunStore(tmp_path / "runs")
    run = store.create(request_for(csv, model="mf", settings={"epochs": 30, "patience": None}))
    process = subprocess.Popen(
        [sys.executable, "-m", "reco_core.jobs.server.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    lines = [
        "nonsense\n",
        '{"kind": "dance"}\n',
        '{"kind": "warm", "request": {}}\n',
        to_line(Describe("k", "bias", {}, SIZES)),
        to_line(Train(str(tmp_path / "nowhere"))),
        to_line(Train(str(run.folder))),
    ]
    process.stdin.write("".join(lines))
    process.stdin.flush()
    wait_until(run.epochs, "the run has begun")
    out, _ = process.communicate(timeout=60)  # ends its input while the run trains
    messages = [from_line(line) for line in out.splitlines()]
    assert process.returncode == 0 and run.status == "finished"
    assert [m.folder for m in messages if isinstance(m, Done)] == [str(tmp_path / "nowhere"), str(run.folder)]
    assert sum(isinstance(m, Ready) for m in messages) == 1
    (described,) = (m for m in messages if isinstance(m, Described))
    assert described.key == "k" and described.error.startswith("Only a model made of layers")
