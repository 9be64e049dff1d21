"""Where the app listens and which address a browser opens: flags first, then what the user told Streamlit."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass

from reco_core.errors import SettingsError
from reco_core.serving.users_config import UsersConfig

LOCAL = "127.0.0.1"
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104   # to recognise them; nothing listens there unless told to
_BASE = re.compile(r"[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Listening:
    """An address and port to listen on, the path below which the app lives, and how browsers name the app.

    public_host, public_port, scheme: what a browser sees where a proxy stands in between.
    """

    host: str
    port: int
    base_path: str = ""
    scheme: str = "http"
    public_host: str | None = None
    public_port: int | None = None

    @property
    def is_local(self) -> bool:
        """Whether only programs of this computer can connect."""
        return is_loopback(self.host)

    def address(self, query: str = "") -> str:
        """What to open in a browser, on this computer unless the user named another way in."""
        host = self.public_host or (LOCAL if self.host in EVERYWHERE else self.host)
        return self._url(host, self.public_port or self.port, query)

    def health(self) -> str:
        """What answers on this computer as soon as the server is up."""
        host = LOCAL if self.host in EVERYWHERE else self.host
        return self._url(host, self.port) + "_stcore/health"

    def address_elsewhere(self, query: str = "") -> str | None:
        """What to open on another computer where the app listens on every address; None where address() says it."""
        if self.host not in EVERYWHERE or self.public_host:
            return None
        found = own_address()
        return self._url(found, self.port, query) if found else None

    def _url(self, host: str, port: int, query: str = "") -> str:
        host = f"[{host}]" if ":" in host else host
        place = host if port == _DEFAULT_PORTS[self.scheme] else f"{host}:{port}"
        path = f"{self.base_path}/" if self.base_path else ""
        return f"{self.scheme}://{place}/{path}" + (f"?{query}" if query else "")


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this computer alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def base_path_of(text: str, name: str = "--base-path") -> str:
    """The path below which the app lives, without slashes around it; raises SettingsError."""
    path = text.strip("/")
    if path and (not _BASE.fullmatch(path) or {".", ".."} & set(path.split("/")) or len(path) > 200):
        raise SettingsError(f"{name} must be a path such as lab/reco (letters, digits, . _ ~ -); got {text[:80]!r}.")
    return path


def listening(host: str | None, port: int, base_path: str | None, config: UsersConfig) -> Listening:
    """Where the app listens: what the flags say, else what the user told Streamlit, else this computer's loopback."""
    if base_path is None:
        given, where = config.text("server.baseUrlPath"), config.found("server.baseUrlPath")[1]
        base = base_path_of(given, where) if given else ""
    else:
        base = base_path_of(base_path)
    public_port = config.port("browser.serverPort")
    secure = config.text("server.sslCertFile") is not None or public_port == _DEFAULT_PORTS["https"]
    public = config.text("browser.serverAddress")
    scheme = "https" if secure else "http"
    return Listening(host or host_of(config), port, base, scheme, public, public_port)


def host_of(config: UsersConfig) -> str:
    """The address that the user told Streamlit to listen on, else this computer's loopback."""
    return config.text("server.address") or LOCAL


def own_address() -> str | None:
    """This computer's address in its network, as its routing table says; nothing is sent for that."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address for documentation: connecting a datagram socket sends nothing
        except OSError:
            return None
        return str(probe.getsockname()[0])
