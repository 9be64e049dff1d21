"""One file from a public https address, whoever wrote the address: never from this machine or its network.

Every address of the host is looked up once and must be public, and the connection goes to one of those very
addresses, so a name that answers otherwise the next time gains nothing. Each redirect is checked in the same way.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

PORT = 443
MAX_URL = 2_000
MAX_BYTES = 5_000_000
MAX_SECONDS = 10.0  # for all of it
STEP_SECONDS = 4.0  # to connect, and between two pieces
MAX_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 307, 308)
SPECIAL = ipaddress.ip_network("192.0.0.0/24")  # of which older Pythons take most for global
NAT64 = ipaddress.ip_network("64:ff9b::/96")
HEADERS = {"User-Agent": "reco (images of a dataset)", "Accept": "image/*", "Accept-Encoding": "identity"}


class Refused(Exception):
    """The address or its answer is not what may be fetched; asking again gives the same."""


class Failed(Exception):
    """It did not work out this time."""


def resolved(host: str) -> list[str]:
    """Every address of a host name."""
    return sorted({str(entry[4][0]) for entry in socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)})


def dialled(address: str, seconds: float) -> socket.socket:
    """A connection to an address."""
    return socket.create_connection((address, PORT), timeout=seconds)


def secured(sock: socket.socket, host: str) -> socket.socket:
    """The connection under TLS, with a certificate that is valid for the host."""
    return _context().wrap_socket(sock, server_hostname=host)


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


@dataclass(frozen=True)
class Web:
    """How the web is reached; tests put their own server there."""

    resolve: Callable[[str], Sequence[str]] = resolved
    dial: Callable[[str, float], socket.socket] = dialled
    secure: Callable[[socket.socket, str], socket.socket] = secured
    max_seconds: float = MAX_SECONDS


def fetch(url: str, web: Web | None = None) -> bytes:
    """The bytes at an https address, MAX_BYTES at most. Raises Refused or Failed."""
    web = web or Web()
    end = time.monotonic() + web.max_seconds
    for _ in range(MAX_REDIRECTS + 1):
        host, path = checked(url)
        try:
            content, further = _ask(web, host, path, end)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Failed(f"{host} did not answer ({type(error).__name__})") from error
        if content is not None:
            return content
        url = urljoin(url, further)
    raise Refused("too many redirects")


def checked(url: str) -> tuple[str, str]:
    """(host, path with query) of an address that may be asked. Raises Refused."""
    if len(url) > MAX_URL or "\\" in url or not url.isprintable() or any(map(str.isspace, url)):
        raise Refused("no address")
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError as error:  # a port that is no number, brackets that do not match, a label that is too long
        raise Refused("no address") from error
    if parts.scheme != "https" or not host or "%" in host:
        raise Refused("only https addresses are fetched")
    if port not in (None, PORT) or parts.username is not None or parts.password is not None:
        raise Refused("an address with a port or a password is not fetched")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return host, path + (f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else "")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also the one that it wraps."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    every: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = [ip]
    if isinstance(ip, ipaddress.IPv6Address):
        every += [one for one in (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())) if one is not None]
        if ip in NAT64:
            every = [ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)]
    return all(one.is_global and not (one.is_multicast or one.is_reserved or one in SPECIAL) for one in every)


class _Pinned(http.client.HTTPConnection):
    """A connection that is already made."""

    def __init__(self, host: str, sock: socket.socket) -> None:
        super().__init__(host)
        self.sock = sock

    def connect(self) -> None:
        raise http.client.NotConnected  # never a second one, to wherever the name leads then


def _ask(web: Web, host: str, path: str, end: float) -> tuple[bytes | None, str]:
    """(content, "") or (None, where it says to look instead)."""
    addresses = list(web.resolve(host))
    if not addresses or not all(map(is_public, addresses)):
        raise Refused(f"{host} is not on the public internet")
    sock = web.dial(addresses[0], _left(end))
    try:
        sock.settimeout(_left(end))
        sock = web.secure(sock, host)  # whose hand-shake keeps to the time-out as a whole
        with _shut_at(sock, end):
            connection = _Pinned(host, sock)
            connection.request("GET", path, headers=HEADERS)
            with connection.getresponse() as response:
                if response.status in REDIRECTS:
                    return None, response.headers.get("Location", "")
                return _body(response, end), ""
    finally:
        sock.close()


def _body(response: http.client.HTTPResponse, end: float) -> bytes:
    if response.status != 200:
        kind = Refused if 400 <= response.status < 500 and response.status not in (408, 429) else Failed
        raise kind(f"the answer was {response.status}")
    if response.headers.get_content_maintype() not in ("image", "application") and "Content-Type" in response.headers:
        raise Refused("the answer is no image")
    content = bytearray()
    while part := response.read1(65_536):
        content += part
        if len(content) > MAX_BYTES:
            raise Refused("the answer is too long")
    if response.length or time.monotonic() > end:
        raise Failed("the answer broke off, or took too long")
    return bytes(content)


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise Failed("it took too long")
    return min(left, STEP_SECONDS)


@contextmanager
def _shut_at(sock: socket.socket, end: float) -> Iterator[None]:
    """The connection is shut when the time is over, however slowly its bytes drip."""

    def shut() -> None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(end - time.monotonic(), 0.0), shut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
