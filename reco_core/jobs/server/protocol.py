"""What manager and worker say to each other: one JSON object a line, on the worker's stdin and stdout."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import IO, Annotated, Any, Literal, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from reco_core.runs.run_spec import RunRequest, Sizes
from reco_core.training.describe import Description

# The exit code of a worker whose training thread stood still.
HUNG = 86


@dataclass(frozen=True)
class Train:
    """To the worker: train the run in this folder."""

    folder: str
    kind: Literal["train"] = "train"


@dataclass(frozen=True)
class Warm:
    """To the worker: load and compile what such a run would need, until there is a run."""

    request: RunRequest
    kind: Literal["warm"] = "warm"


@dataclass(frozen=True)
class Describe:
    """To the worker: what a model with settings looks like for data of these sizes; key: the answer repeats it."""

    key: str
    model: str
    settings: dict[str, Any]
    sizes: Sizes
    kind: Literal["describe"] = "describe"


@dataclass(frozen=True)
class Ready:
    """From the worker: TensorFlow is loaded, and jobs are taken."""

    pid: int
    kind: Literal["ready"] = "ready"


@dataclass(frozen=True)
class Done:
    """From the worker: the run in the folder is over, or could not be begun; traces: functions traced so far."""

    folder: str
    traces: int
    kind: Literal["done"] = "done"


@dataclass(frozen=True)
class Described:
    """From the worker: the answer to the question of this key, or else why there is none, in a sentence."""

    key: str
    description: Description | None = None
    error: str = ""
    kind: Literal["described"] = "described"


@dataclass(frozen=True)
class Beat:
    """From the worker, every second: it lives; slow: what it does may keep all of its threads from running."""

    slow: bool
    kind: Literal["beat"] = "beat"


Job: TypeAlias = Train | Warm
Order: TypeAlias = Job | Describe
Report: TypeAlias = Ready | Done | Described | Beat
Message: TypeAlias = Order | Report
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="kind")])


def to_line(message: Message) -> str:
    """One line of JSON, newline included."""
    return _MESSAGE.dump_json(message).decode() + "\n"


def from_line(line: str) -> Message | None:
    """The message of a line; None for anything else: another kind, a missing field, what a library printed."""
    try:
        return _MESSAGE.validate_json(line)
    except ValidationError:
        return None


def own_output() -> IO[str]:
    """The real stdout for messages; from here on whatever else is printed goes to stderr."""
    messages = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return messages


def ending(code: int) -> str:
    """How a process with this exit code ended, in words."""
    if code == HUNG:
        return "The training process made no progress for far longer than usual and was ended"
    if code >= 0:
        return f"The training process exited unexpectedly (exit code {code})"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    memory = ", as the system does when memory runs out" if name == "SIGKILL" else ""
    return f"The training process was killed ({name}{memory})"
