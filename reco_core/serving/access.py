"""Who may talk to the app: the names it answers to, and whose pages may call it.

A browser names the host that it believes to talk to. Another website can point its own name at 127.0.0.1 (DNS
rebinding) and its pages are then of the same origin as the app; only the name gives them away.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from reco_core.errors import SettingsError
from reco_core.serving.listening import EVERYWHERE, Listening

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_NAME = re.compile(r"(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?|\*")


@dataclass(frozen=True)
class Access:
    """hosts: names that a request may give as its Host (`*.example.com` and `*` as in Streamlit's allowedHosts).

    named: those that the user gave, whose pages may call from another origin than the Host, as behind a proxy that
    changes it. origins: whole origins that may call. any_address: every IP address is a name of this app, since a
    rebound name is never an address.
    """

    hosts: frozenset[str] = LOOPBACK
    named: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    any_address: bool = False

    def refusal(self, hosts: list[str], origins: list[str]) -> str | None:
        """Why a request with these Host and Origin headers is refused, in a sentence; None where it is not."""
        host = _authority(hosts[0]) if len(hosts) == 1 else None
        if host is None:
            return "A request must name one host."
        if not self._knows(host[0]):
            return f"This app does not answer to the name {host[0][:80]}{_HOW.format(host[0][:80])}"
        if origins and not (len(origins) == 1 and self._may_call(origins[0], host)):
            return f"Pages of another website must not use this app; got {_plain(origins[0])}."
        return None

    def _knows(self, name: str) -> bool:
        return _matches(name, self.hosts | self.named) or (self.any_address and _is_address(name))

    def _may_call(self, origin: str, host: tuple[str, int | None]) -> bool:
        if origin in self.origins:
            return True
        scheme, _, rest = origin.partition("://")
        found = _authority(rest) if scheme in ("http", "https") else None
        if found is None:
            return False
        usual = 443 if scheme == "https" else 80
        same = (found[0], found[1] or usual) == (host[0], host[1] or usual)
        return same or _matches(found[0], self.named)


_HOW = "; if it is yours, start the app with --allow-host {}."


def access_for(where: Listening, allow: tuple[str, ...], origins: tuple[str, ...] = ()) -> Access:
    """Who may talk to an app that listens there; allow: names that the user gave, each checked (SettingsError)."""
    named = {host_name(name) for name in allow}
    if where.public_host:
        named.add(host_name(where.public_host, "browser.serverAddress"))
    hosts = set(LOOPBACK)
    if where.host not in EVERYWHERE:
        hosts.add(where.host.lower())
    if not where.is_local:
        own = socket.gethostname().lower()
        hosts |= {own, f"{own}.local"}
    return Access(frozenset(hosts), frozenset(named), frozenset(origins), any_address=not where.is_local)


def host_name(text: str, name: str = "--allow-host") -> str:
    """The name in lower case, without port or brackets; raises SettingsError where it is none."""
    given = text.strip().lower().rstrip(".")
    found = given[1:-1] if given.startswith("[") and given.endswith("]") else given
    if not (_NAME.fullmatch(found) or _is_address(found)):
        raise SettingsError(f"{name} must be a host's name such as lab.example.org; got {text[:80]!r}.")
    return found


def _authority(text: str) -> tuple[str, int | None] | None:
    """(name in lower case, port or None) of `name:port`; None where it is anything else."""
    if len(text) > 300 or not re.fullmatch(r"[A-Za-z0-9_.:\[\]-]+", text):
        return None
    try:
        parts = urlsplit(f"//{text}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    return (name.lower().rstrip("."), port) if name and name.strip(".") else None


def _matches(name: str, patterns: frozenset[str]) -> bool:
    if name in patterns or "*" in patterns:
        return True
    return any(pattern.startswith("*.") and name.endswith(pattern[1:]) for pattern in patterns)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _plain(text: str) -> str:
    """What was received, short and without control characters."""
    return ascii(text[:80])[1:-1]
