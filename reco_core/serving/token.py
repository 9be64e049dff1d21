"""The one-time token that an app open to other computers asks for, and the cookie that a browser has afterwards."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable


class Doorkeeper:
    """Lets a browser in by the token of the address that was printed, once; announces the next address then.

    Every browser that was let in has the same cookie, which holds until the server ends.
    """

    def __init__(self, cookie_name: str, announce: Callable[[str], object] = str) -> None:
        self.cookie_name = cookie_name
        self.cookie = secrets.token_urlsafe(32)
        self._announce = announce
        self._token = secrets.token_urlsafe(24)
        self._lock = threading.Lock()

    @property
    def token(self) -> str:
        """The token that lets the next browser in."""
        return self._token

    def admits(self, token: str) -> bool:
        """Whether this is the token, which is spent by that."""
        with self._lock:
            if not _same(token, self._token):
                return False
            self._token = secrets.token_urlsafe(24)
        self._announce(self._token)
        return True

    def knows(self, cookies: list[str]) -> bool:
        """Whether one of the Cookie headers holds the cookie."""
        given = (pair.strip().partition("=") for header in cookies for pair in header.split(";"))
        return any(name == self.cookie_name and _same(value, self.cookie) for name, _, value in given)

    def set_cookie(self, path: str, secure: bool) -> str:
        """The Set-Cookie header: not for scripts, not sent along by other websites' requests."""
        return f"{self.cookie_name}={self.cookie}; Path={path}; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")


def _same(given: str, right: str) -> bool:
    """Compared in a time that does not tell how much of it was right."""
    return secrets.compare_digest(given.encode("utf-8", "replace"), right.encode())
