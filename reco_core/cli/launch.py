"""`reco app`: the Streamlit app and its worker, on this computer only unless told otherwise."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
import time
import urllib.request
import webbrowser
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from reco_core.cli.output import err
from reco_core.errors import SettingsError
from reco_core.owners import TRUST_LOCAL
from reco_core.tuning.interpreter import collect_seldom, switch_threads_often
from reco_core.tuning.memory import return_freed_memory
from reco_core.tuning.streamlit_names import plotly_later

PORT, PORTS_TRIED = 8501, 20
LOCAL = "127.0.0.1"
DATASET = "RECO_DATASET"
BROWSER_SECONDS = 30.0


def launch(
    port: Annotated[
        int | None, typer.Option(metavar="N", help="Port; by default 8501 or the next free one.", min=1, max=65535)
    ] = None,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to listen on; 0.0.0.0 admits other computers.")
    ] = LOCAL,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    dataset: Annotated[
        str | None, typer.Option(metavar="SOURCE", help="Dataset to show first: a name, folder, zip or CSV file.")
    ] = None,
    trust_local: Annotated[
        bool,
        typer.Option(
            "--trust-local", help="Whoever sits at this computer may change and delete what other visitors own."
        ),
    ] = False,
) -> None:
    """Open the app in a browser, its training process already warm. Ctrl-C stops both."""
    return_freed_memory()
    switch_threads_often()
    use_other_processes()
    from reco_core.jobs.server.manager import first_request, shared_manager

    if trust_local:
        os.environ[TRUST_LOCAL] = "1"
    script = site() / "app.py"
    port = free_port(host, port)
    name = _first_dataset(dataset) if dataset else None
    manager = shared_manager()
    if name:
        manager.warm(first_request(os.environ[DATASET], name))
    address = _address(host, port) + (f"?dataset={quote(name)}" if name else "")
    err().print(f"Reco is at {address} (press Ctrl-C to stop)", markup=False)
    if not no_browser and _has_display():
        threading.Thread(target=_open_when_up, args=(address,), daemon=True).start()
    try:
        _serve(script, host, port)
    finally:
        manager.close()


def use_other_processes() -> None:
    """From now on processes of their own parse sources and draw posters, so that this one stays light."""
    from reco_core.data import subprocess_reader
    from reco_core.posters import ahead

    subprocess_reader.turn_on()
    ahead.turn_on()


def site() -> Path:
    """The folder with app.py and the pages: inside an installed package, else the checkout around it."""
    import reco_core

    package = Path(reco_core.__file__).parent
    for folder in (package / "site", package.parent):
        if (folder / "app.py").is_file() and (folder / "pages").is_dir():
            return folder
    raise SettingsError(f"The app's pages must be in {package / 'site'} or beside {package}; they are in neither.")


def free_port(host: str, wanted: int | None) -> int:
    """The port asked for, else 8501 or the next free one; raises SettingsError for a taken port or a strange host."""
    if wanted is not None:
        if not _is_free(host, wanted):
            raise SettingsError(f"--port must be a free port; {wanted} is taken (without --port a free one is chosen).")
        return wanted
    for port in range(PORT, PORT + PORTS_TRIED):
        if _is_free(host, port):
            return port
    raise SettingsError(f"Ports {PORT} to {PORT + PORTS_TRIED - 1} are all taken; give a free one with --port.")


def safe_options(host: str, port: int) -> dict[str, Any]:
    """Streamlit options that hold whatever a config file or the environment says: nothing is sent, nobody is asked."""
    return {
        "server.address": host,
        "server.port": port,
        "server.headless": True,
        "server.showEmailPrompt": False,
        "server.enableStaticServing": True,
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": False,
        # Its welcome asks the internet for this computer's address; ours is printed above.
        "logger.hideWelcomeMessage": True,
        "global.developmentMode": False,
    }


def _serve(script: Path, host: str, port: int) -> None:
    """Do what `streamlit run` does, until the server is told to end.

    .streamlit/config.toml beside the script gives theme and limits.
    """
    with plotly_later():
        from streamlit.web import cli

    options = safe_options(host, port) | ({"runner.postScriptGC": False} if collect_seldom() else {})
    flags = [f"--{name}={value}" for name, value in options.items()]
    cli.main(["run", str(script), *flags], prog_name="streamlit", standalone_mode=False)


def _address(host: str, port: int) -> str:
    """Where a browser on this computer finds the app."""
    host = LOCAL if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    return f"http://{host}:{port}/"


def _first_dataset(source: str) -> str:
    """The dataset's name, which the address carries; its source goes into the environment, where the pages look."""
    from reco_core import data
    from reco_core.jobs.results.run_data import lasting_source

    name = data.load(source).name
    os.environ[DATASET] = lasting_source(source)
    return name


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise SettingsError(f"--host must be an address of this computer; got {host}.") from error
        return True


def _has_display() -> bool:
    return not sys.platform.startswith("linux") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def _open_when_up(address: str) -> None:
    """Open the browser once the server answers."""
    deadline = time.monotonic() + BROWSER_SECONDS
    health = address.partition("?")[0] + "_stcore/health"
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(health, timeout=2):
                webbrowser.open(address)
                return
        except OSError:
            time.sleep(0.2)
