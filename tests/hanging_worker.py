"""A worker whose training thread, and no other, stands still as long as the file HANG_FLAG is there."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

from reco_core.jobs.server import worker
from reco_core.training.program import Program

FLAG = "HANG_FLAG"


def main() -> None:
    """Serve stdin like a worker."""
    run = Program.run

    def hanging(self: Program, *args: Any) -> Any:
        if Path(os.environ[FLAG]).exists():
            threading.Event().wait()
        return run(self, *args)

    Program.run = hanging
    worker.main()


if __name__ == "__main__":
    main()
