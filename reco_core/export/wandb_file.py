"""The file of an offline run of Weights & Biases, which its service writes in a process of its own, a little later."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reco_core.errors import RunError

BLOCK, HEADER = 32_768, 7
FULL, LAST = 1, 4
LOOK_SECONDS, MOST_SECONDS = 0.02, 60.0


def records(path: Path) -> Iterator[Any]:
    """The whole records of a .wandb file so far: LevelDB's log format (blocks of 32 KiB; chunks: CRC, length, kind)."""
    from wandb.proto import wandb_internal_pb2

    content, at, whole = path.read_bytes(), HEADER, b""
    while at + HEADER <= len(content):
        if BLOCK - at % BLOCK < HEADER:
            at += BLOCK - at % BLOCK
            continue
        _, length, kind = struct.unpack("<IHB", content[at : at + HEADER])
        if at + HEADER + length > len(content):
            return
        whole += content[at + HEADER : at + HEADER + length]
        at += HEADER + length
        if kind in (FULL, LAST):
            record = wandb_internal_pb2.Record()
            record.ParseFromString(whole)
            yield record
            whole = b""


def wait_until_written(folder: Path) -> None:
    """Comes back when the run in a folder is on the disk to its end, which it is not yet when wandb says so.

    A run that is copied or synced before is empty. Raises RunError where the service never writes it.
    """
    deadline = time.monotonic() + MOST_SECONDS
    while not any(_ended(path) for path in folder.glob("*.wandb")):
        if time.monotonic() > deadline:
            raise RunError(f"Weights & Biases did not write the run into {folder} within {MOST_SECONDS:g} seconds.")
        threading.Event().wait(LOOK_SECONDS)


def _ended(path: Path) -> bool:
    return any(record.WhichOneof("record_type") == "exit" for record in records(path))
