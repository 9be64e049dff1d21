"""A measurement in a process of its own: `python -m MODULE WORDS ...`, whose last line is JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any


def in_new_process(module: str, *words: str, env: Mapping[str, str] | None = None) -> Any:
    """What the module printed last, from JSON; raises RuntimeError with its last words where it fails."""
    command = [sys.executable, "-m", module, *words]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | quiet | dict(env or {}))
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
