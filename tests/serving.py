"""A real `reco app` in a process of its own, and requests to it with headers of any kind."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.tiny import wait_until

PROJECT = Path(__file__).parents[1]
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@dataclass
class Answer:
    """What came back; `headers` in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass
class App:
    """A running app: its port, and the file with what it prints."""

    port: int
    log: Path
    process: subprocess.Popen

    @property
    def printed(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def addresses(self) -> list[str]:
        """Every address that it has printed, the first first."""
        return re.findall(r"https?://[^\s)]+", self.printed)

    def get(self, path: str, method: str = "GET", host: str | None = None, **headers: str) -> Answer:
        """Ask for a path as it stands, without a browser's tidying."""
        return ask(self.port, path, method, host, headers)

    def websocket(self, path: str = "/_stcore/stream", host: str | None = None, **headers: str) -> int:
        """The status of an attempt to open a websocket: 101 where it is one."""
        return ask(self.port, path, "GET", host, UPGRADE | headers).status


def ask(port: int, path: str, method: str, host: str | None, headers: dict[str, str]) -> Answer:
    """One request; host None: the address itself."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", f"127.0.0.1:{port}" if host is None else host)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = b"" if answer.status == 101 else answer.read()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)
    finally:
        connection.close()


@contextmanager
def app(home: Path, *arguments: str, **environment: str) -> Iterator[App]:
    """`reco app` with these arguments until the block ends; without a training process."""
    port = int(environment.get("STREAMLIT_SERVER_PORT", 0)) or free()
    log = home / "server.log"
    wanted = () if "STREAMLIT_SERVER_PORT" in environment else ("--port", str(port))
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "reco_core.cli", "app", "--no-browser", *wanted, *arguments],
            cwd=home,
            env={
                **os.environ,
                "PYTHONPATH": str(PROJECT),
                "RECO_HOME": str(home),
                "RECO_NO_WORKER": "1",
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    made = App(port, log, process)
    try:
        wait_until(lambda: process.poll() is not None or _listens(port), "the server listens")
        assert process.poll() is None, made.printed
        yield made
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def free() -> int:
    """A free port of this computer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
