"""A real server, as `reco app` starts it, and a real Chromium."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import skip_or_fail

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="package")
def chromium():
    """A headless Chromium, started once for the tests of this folder."""
    path = os.environ.get("RECO_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        skip_or_fail("no Chromium found: install one or set RECO_CHROMIUM", "RECO_REQUIRE_BROWSER")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium) -> Iterator[Callable]:
    """new_page(width=1440, scheme="light") -> a page in a context of its own."""
    contexts = []

    def make(width: int = 1440, scheme: str = "light"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900 if width > 600 else 844}, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        return page

    yield make
    for context in contexts:
        context.close()


@dataclass
class Server:
    """A running `reco app`: its address, its home folder and its process."""

    url: str
    home: Path
    process: subprocess.Popen


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """serve(*arguments, **environment) -> Server; ended, with its worker, when the module's tests are over.

    Its log has no warnings then.
    """
    servers = []

    def start(*arguments: str, **environment: str) -> Server:
        home = tmp_path_factory.mktemp("app")
        server = _start(home, arguments, environment)
        servers.append(server)
        return server

    yield start
    for server in servers:
        _end(server.process)
    logs = [(server.home / "server.log").read_text(encoding="utf-8", errors="replace") for server in servers]
    assert not re.findall(r"(?im)^.*(?:warning|traceback).*$", "\n".join(logs)), "a server that complains of nothing"


def _start(home: Path, arguments: tuple[str, ...], environment: dict[str, str]) -> Server:
    port = _free_port()
    log = (home / "server.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "reco_core.cli", "app", "--port", str(port), "--no-browser", *arguments],
        cwd=PROJECT,
        env={**os.environ, "RECO_HOME": str(home), **environment},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    base = f"/{arguments[arguments.index('--base-path') + 1]}" if "--base-path" in arguments else ""
    url = f"http://127.0.0.1:{port}{base}"
    deadline = time.monotonic() + 60
    while not _healthy(url):
        if process.poll() is not None or time.monotonic() > deadline:
            _end(process)
            pytest.fail(f"reco app did not start:\n{(home / 'server.log').read_text()[-2000:]}")
        time.sleep(0.1)
    return Server(url, home, process)


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


@pytest.fixture
def shoot() -> Callable:
    """shoot(page, name): a screenshot of the whole page into RECO_SCREENSHOTS, where that is set."""
    folder = os.environ.get("RECO_SCREENSHOTS")

    def take(page, name: str) -> None:
        if not folder:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        # The app scrolls inside its main part, so the window is made as tall as that for the picture.
        size = page.viewport_size
        tall = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": max(size["height"], tall)})
        page.wait_for_timeout(1_000)
        page.screenshot(path=str(Path(folder) / f"{re.sub(r'[^a-z0-9_-]+', '-', name.lower())}.png"))
        page.set_viewport_size(size)

    return take
