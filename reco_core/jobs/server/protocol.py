"""What manager and worker say to each other: one JSON object a line, on the worker's stdin and stdout."""

from __future__ import annotations

import json
import os
import signal
from typing import IO, Any, TypeAlias

Message: TypeAlias = dict[str, Any]

# To the worker: {"do": TRAIN, "folder"}, {"do": WARM, "request"}, {"do": DESCRIBE, "key", "model", "settings", "sizes"}
TRAIN, WARM, DESCRIBE = "train", "warm", "describe"
# From the worker: {"say": READY}, {"say": DONE, "folder", "traces": functions traced so far},
# {"say": DESCRIBED, "key", "description" or "error"}, {"say": BEAT, "slow"} every second, as a sign of life
READY, DONE, DESCRIBED, BEAT = "ready", "done", "described", "beat"
# The exit code of a worker whose training thread stood still.
HUNG = 86


def to_line(message: Message) -> str:
    """One line of JSON, newline included."""
    return json.dumps(message) + "\n"


def from_line(line: str) -> Message | None:
    """The message of a line; None for anything else that a library printed."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def own_output() -> IO[str]:
    """The real stdout for messages; from here on whatever else is printed goes to stderr."""
    messages = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return messages


def ending(code: int) -> str:
    """How a process with this exit code ended, in words."""
    if code == HUNG:
        return "The training process hung, without a step for far longer than usual, and was ended"
    if code >= 0:
        return f"The training process ended by itself (exit code {code})"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    memory = ", as the system does when memory runs out" if name == "SIGKILL" else ""
    return f"The training process was killed ({name}{memory})"
