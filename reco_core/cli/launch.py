"""`reco app`: the Streamlit app and its worker, on this computer only unless told otherwise."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from reco_core.cli.output import err
from reco_core.errors import SettingsError
from reco_core.paths import FOLDERS
from reco_core.serving.access import Access, access_for
from reco_core.serving.current import Guarding, guard_with
from reco_core.serving.listening import Listening, host_of, listening
from reco_core.serving.ports import free_port
from reco_core.serving.token import Doorkeeper
from reco_core.serving.users_config import UsersConfig
from reco_core.tuning.interpreter import collect_seldom, switch_threads_often
from reco_core.tuning.memory import return_freed_memory
from reco_core.tuning.streamlit_names import plotly_later

DATASET = "RECO_DATASET"
BROWSER_SECONDS = 30.0


def launch(
    port: Annotated[
        int | None, typer.Option(metavar="N", help="Port; by default 8501 or the next free one.", min=1, max=65535)
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Address to listen on; 0.0.0.0 admits other computers, by a token."),
    ] = None,
    base_path: Annotated[
        str | None, typer.Option(metavar="PATH", help="Path below which the app lives behind a proxy: lab/reco.")
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A name that the app answers to, such as a proxy's; may be repeated."),
    ] = None,
    allow_folders: Annotated[
        bool, typer.Option("--allow-folders", help="Visitors from other computers may name folders of this one.")
    ] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    dataset: Annotated[
        str | None, typer.Option(metavar="SOURCE", help="Dataset to show first: a name, folder, zip or CSV file.")
    ] = None,
) -> None:
    """Open the app in a browser, its training process already warm. Ctrl-C stops both.

    Streamlit's own variables (STREAMLIT_SERVER_PORT, ...) and config.toml hold where no flag says otherwise.
    """
    return_freed_memory()
    switch_threads_often()
    use_other_processes()
    from reco_core.jobs.server.manager import first_request, shared_manager

    config = UsersConfig(site())
    free = free_port(host or host_of(config), port or config.port("server.port"))
    where = listening(host, free, base_path, config)
    named = (*(allow_host or ()), *config.texts("server.allowedHosts"))
    access = access_for(where, named, config.texts("server.corsAllowedOrigins"))
    os.environ[FOLDERS] = "1" if allow_folders or (where.is_local and not access.named) else "0"
    name = _first_dataset(dataset) if dataset else None
    manager = shared_manager()
    if name:
        manager.warm(first_request(os.environ[DATASET], name))
    address = _guard(where, access, f"dataset={quote(name)}" if name else "")
    if not no_browser and _has_display():
        threading.Thread(target=_open_when_up, args=(address, where.health()), daemon=True).start()
    try:
        _serve(where, access, config)
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


def safe_options(where: Listening, access: Access, config: UsersConfig) -> dict[str, Any]:
    """Streamlit options that hold whatever a config file or the environment says: nothing is sent, nobody is asked."""
    hosts = ["*"] if access.any_address else sorted(access.hosts | access.named)
    upload, _ = config.found("server.maxUploadSize")
    return {
        "server.address": where.host,
        "server.port": where.port,
        "server.baseUrlPath": where.base_path,
        "server.allowedHosts": hosts,  # for websockets; the guard holds for all
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
    } | ({} if upload is None else {"server.maxUploadSize": upload})


def _guard(where: Listening, access: Access, query: str) -> str:
    """Have the app guarded, and print its address; returned for a browser of this computer."""
    doorkeeper = None
    if not where.is_local:
        announce = partial(_print_addresses, where, query, again=True)
        doorkeeper = Doorkeeper(f"reco_access_{where.port}", announce)
    guard_with(Guarding(access, doorkeeper, where.base_path))
    return _print_addresses(where, query, doorkeeper.token if doorkeeper else None)


def _print_addresses(where: Listening, query: str, token: str | None, again: bool = False) -> str:
    """Print where the app is, for the first browser or the next; the address for a browser of this computer."""
    query = "&".join(part for part in (f"token={token}" if token else "", query) if part)
    address, elsewhere = where.address(query), where.address_elsewhere(query)
    start = "For the next browser, Reco is at" if again else "Reco is at"
    more = f" (on other computers: {elsewhere})" if elsewhere else ""
    stop = "" if again else " (press Ctrl-C to stop)"
    err().print(f"{start} {address}{more}{stop}", markup=False, soft_wrap=True)
    return address


def _serve(where: Listening, access: Access, config: UsersConfig) -> None:
    """Do what `streamlit run` does, until the server is told to end.

    .streamlit/config.toml beside the script gives theme and limits.
    """
    with plotly_later():
        from streamlit.web import cli

    options = safe_options(where, access, config) | ({"runner.postScriptGC": False} if collect_seldom() else {})
    flags = [
        f"--{name}={each}"
        for name, value in options.items()
        for each in (value if isinstance(value, list) else [value])
    ]
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    cli.main(["run", str(site() / "serve.py"), *flags], prog_name="streamlit", standalone_mode=False)


def _leave(*_: object) -> None:
    """End this process with what its `finally` say; the server raises its signal again after it has closed."""
    sys.exit(0)


def _first_dataset(source: str) -> str:
    """The dataset's name, which the address carries; its source goes into the environment, where the pages look."""
    from reco_core import data
    from reco_core.jobs.results.run_data import lasting_source

    name = data.load(source).name
    os.environ[DATASET] = lasting_source(source)
    return name


def _has_display() -> bool:
    return not sys.platform.startswith("linux") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def _open_when_up(address: str, health: str) -> None:
    """Open the browser once the server answers, be it that a token is missing."""
    deadline = time.monotonic() + BROWSER_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(health, timeout=2):  # noqa: S310  # our own address
                break
        except urllib.error.HTTPError:
            break
        except OSError:
            time.sleep(0.2)
    else:
        return
    webbrowser.open(address)
