"""What every request and websocket meets first (ASGI): its host, its origin, its path and its token are checked."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from reco_core.serving.current import Guarding

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

LONGEST = 4_096  # of path and query together
LARGEST = 4 * 2**20  # bytes of one message of a browser: what widgets and components hold; files come otherwise
NO_TOKEN = "This app asks for a token: open the newest address that `reco app` printed, which lets one browser in."  # noqa: S105
# What is left of an encoded path after one decoding, and what only Windows takes for a path.
_STRANGE_PATH = re.compile(r"[\x00-\x1f\x7f\\%]|//|(?:^|/)\.\.(?:/|$)|^/?[A-Za-z]:")
_SELF_ONLY = b"frame-ancestors 'self'"
_HEADERS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin"))


class Guard:
    """Passes on to `app` what may talk to it; answers anything else itself, with one sentence."""

    def __init__(self, app: Asgi, guarding: Guarding) -> None:
        self._app, self._access, self._doorkeeper = app, guarding.access, guarding.doorkeeper
        self._base = f"/{guarding.base_path}" if guarding.base_path else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if refused is not None:
            await _refuse(scope, receive, send, *refused)
        elif (headers := self._without_token(scope)) is not None:
            await _answer(send, 303, b"", headers)
        elif (place := self._below_base(scope)) is not None:
            await _answer(send, 307, b"", [(b"location", place)])
        else:
            bounded = _bounded(receive, send) if scope["type"] == "websocket" else receive
            await self._app(_same_origin(scope), bounded, _with_headers(send, self._policy(scope)))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """(status, sentence) where the request is refused, without having spent a token."""
        reason = self._access.refusal(_headers(scope, b"host"), _headers(scope, b"origin"))
        if reason is not None:
            return 403, reason
        if len(scope["path"]) + len(scope["query_string"]) > LONGEST:
            return 414, f"An address must have at most {LONGEST:,} characters."
        if _STRANGE_PATH.search(scope["path"]):
            return 400, "A path must not contain backslashes, double slashes, '..' or characters encoded twice."
        if self._doorkeeper is None or self._doorkeeper.knows(_headers(scope, b"cookie")):
            return None
        token = dict(_query(scope)).get("token", "")
        if scope["type"] == "http" and scope["method"] == "GET" and self._doorkeeper.admits(token):
            return None
        return 403, NO_TOKEN

    def _without_token(self, scope: Scope) -> list[tuple[bytes, bytes]] | None:
        """Headers that lead on without the token in the address, relative, so that it holds behind any proxy."""
        if self._doorkeeper is None or scope["type"] != "http" or scope["method"] != "GET":
            return None
        query = _query(scope)
        kept = [(name, value) for name, value in query if name != "token"]
        if len(kept) == len(query):
            return None
        here = "./" + quote(scope["path"].rpartition("/")[2]) + (f"?{urlencode(kept)}" if kept else "")
        cookie = self._doorkeeper.set_cookie(self._base or "/", scope.get("scheme") == "https")
        return [(b"location", here.encode()), (b"set-cookie", cookie.encode())]

    def _below_base(self, scope: Scope) -> bytes | None:
        """Where the app is, for a browser that left out its base path or the slash behind; relative, as above.

        Starlette would name the host that it was asked for, which need not be the one that the browser knows.
        """
        if scope["type"] != "http" or not self._base or scope["path"] not in (self._base, "/"):
            return None
        place = f"./{self._base[1:]}/" if scope["path"] == "/" else f"./{self._base.rpartition('/')[2]}/"
        query: bytes = scope["query_string"]
        return place.encode() + (b"?" + query if query else b"")

    def _policy(self, scope: Scope) -> bytes:
        """What a browser lets the answer do: no other website frames it, and no visitor's file runs as a page."""
        if scope["path"].startswith(f"{self._base}/media/"):
            return b"default-src 'none'; sandbox; " + _SELF_ONLY
        return _SELF_ONLY


def _headers(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _same_origin(scope: Scope) -> Scope:
    """The scope with its origin, which was checked, as that of the host.

    Streamlit would look for a foreign one among the addresses of this computer, for which it asks a server outside.
    """
    if scope["type"] != "websocket" or not _headers(scope, b"origin"):
        return scope
    own = f"http://{_headers(scope, b'host')[0]}".encode("latin-1")
    return {**scope, "headers": [(key, own if key == b"origin" else value) for key, value in scope["headers"]]}


def _bounded(receive: Receive, send: Send) -> Receive:
    """The same messages; one that is too large ends the connection instead."""

    async def receiving() -> Message:
        message = await receive()
        if len(message.get("bytes") or message.get("text") or b"") <= LARGEST:
            return message
        await send({"type": "websocket.close", "code": 1009})
        return {"type": "websocket.disconnect", "code": 1009}

    return receiving


def _with_headers(send: Send, policy: bytes) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_HEADERS, (b"content-security-policy", policy)]
        await send(message)

    return sending


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, sentence: str) -> None:
    """The sentence as plain text; a websocket is closed before it was one."""
    if scope["type"] == "http":
        await _answer(send, status, f"{sentence}\n".encode(), [])
        return
    await receive()  # the wish to connect
    if "websocket.http.response" in scope.get("extensions", {}):
        await _answer(send, status, f"{sentence}\n".encode(), [], "websocket.http.response")
    else:
        await send({"type": "websocket.close", "code": 1008})


async def _answer(
    send: Send, status: int, body: bytes, more: list[tuple[bytes, bytes]], kind: str = "http.response"
) -> None:
    usual = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    headers = [*usual, (b"cache-control", b"no-store"), *_HEADERS, (b"content-security-policy", _SELF_ONLY), *more]
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})
