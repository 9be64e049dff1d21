"""`reco app` as a process of its own, and what it costs, read from /proc."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from reco_core.runs import RunStore

PROJECT = Path(__file__).parents[1]
START_SECONDS = 60.0


class AppServer:
    """A running app with a home folder of its own; `began` is when its process was started, `store` has its runs."""

    def __init__(self, home: Path) -> None:
        port = _free_port()
        self.store = RunStore(home / "runs")
        self.url, self._log = f"http://127.0.0.1:{port}", home / "server.log"
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "reco_core.cli", "app", "--port", str(port), "--no-browser"],
            cwd=PROJECT,
            env=os.environ | {"RECO_HOME": str(home), "RECO_RUNS": str(home / "runs")},
            stdin=subprocess.DEVNULL,
            stdout=self._log.open("w"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait(self) -> None:
        """Returns once the server answers; raises RuntimeError with its last words where it does not."""
        while time.perf_counter() - self.began < START_SECONDS and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):  # noqa: S310  # our own server
                    return
            except OSError:
                time.sleep(0.02)
        self.end()
        raise RuntimeError(f"reco app did not start: {self._log.read_text()[-2000:]}")

    def memory(self) -> dict[str, float]:
        """MB of the page process: resident (rss), and with shared pages divided among their users (pss)."""
        lines = Path(f"/proc/{self._process.pid}/smaps_rollup").read_text().splitlines()[1:]
        fields = dict(line.split(":", 1) for line in lines)
        return {name.lower(): int(fields[name].split()[0]) / 1024 for name in ("Rss", "Pss")}

    def end(self) -> None:
        """Ends the runs, the server and, with it, its worker, which else would train its run to the end."""
        for run in self.store.list():
            if run.status in ("queued", "running"):
                run.ask_stop()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
