"""`reco app`: where its pages are, and that its worker lives and dies with it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import reco_core
from reco_core.cli import launch
from reco_core.errors import SettingsError
from tests.tiny import alive, wait_until, write_csv


def test_pages_of_a_checkout_are_beside_the_package():
    assert launch.site() == Path(reco_core.__file__).parents[1]


def test_pages_of_an_installed_package_are_inside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    package = tmp_path / "site-packages" / "reco_core"
    (package / "site" / "pages").mkdir(parents=True)
    (package / "site" / "app.py").touch()
    (package.parent / "app.py").touch()  # somebody else's
    monkeypatch.setattr(reco_core, "__file__", str(package / "__init__.py"))
    assert launch.site() == package / "site"
    (package / "site" / "app.py").unlink()
    with pytest.raises(SettingsError, match="pages must be in"):
        launch.site()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc to see the worker")
def test_the_app_serves_from_any_folder_with_its_worker_and_takes_it_along(tmp_path: Path, own_home: Path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    csv = write_csv(tmp_path / "tiny.csv")
    log = (tmp_path / "server.log").open("w+")
    server = subprocess.Popen(
        [sys.executable, "-m", "reco_core.cli", "app", "--no-browser", "--port", str(port), "--dataset", str(csv)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(reco_core.__file__).parents[1])},
        stdout=log,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: server.poll() is not None or _answers(port, "_stcore/health"), "the server answers")
        assert _answers(port, "app/static/inter-latin.woff2"), "static files are served from the site's folder"
        wait_until(lambda: _children(server.pid), "the worker was started before any visit")
        (worker,) = _children(server.pid)
        server.send_signal(signal.SIGTERM)
        server.wait(20)
        wait_until(lambda: not alive(worker), "the worker leaves")
    finally:
        server.kill()
    log.seek(0)
    text = log.read()
    assert f"http://127.0.0.1:{port}/?dataset=tiny" in text and "Traceback" not in text, text


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def _children(pid: int) -> list[int]:
    """The child processes of a process."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]
