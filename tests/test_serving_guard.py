"""The guard by itself: what it passes on, and how it answers what it does not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reco_core.serving.current import Guarding
from reco_core.serving.guard import LARGEST, Guard


def served(guarding: Guarding, received: tuple[dict, ...] = (), **scope: Any) -> tuple[list[dict], list[dict]]:
    """(what went out, what the app behind was given) for one request or websocket."""
    sent: list[dict] = []
    reached: list[dict] = []
    queue = list(received)

    async def app(scope: dict, receive: Any, send: Any) -> None:
        reached.append(scope)
        while queue:
            reached.append(await receive())

    async def receive() -> dict:
        return queue.pop(0)

    async def send(message: dict) -> None:
        sent.append(message)

    usual = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [(b"host", b"localhost")]}
    asyncio.run(Guard(app, guarding)(usual | scope, receive, send))
    return sent, reached


def test_a_message_that_is_too_large_ends_the_connection():
    whole, large = (
        {"type": "websocket.receive", "bytes": b"x"},
        {"type": "websocket.receive", "bytes": bytes(LARGEST + 1)},
    )
    sent, reached = served(Guarding(), (whole, large), type="websocket")
    assert sent == [{"type": "websocket.close", "code": 1009}]
    assert reached[1:] == [whole, {"type": "websocket.disconnect", "code": 1009}]


def test_a_refused_websocket_is_closed_where_the_server_knows_no_answers():
    sent, reached = served(Guarding(), ({"type": "websocket.connect"},), type="websocket", headers=[(b"host", b"evil")])
    assert (sent, reached) == ([{"type": "websocket.close", "code": 1008}], [])


def test_the_start_of_a_server_passes():
    assert len(served(Guarding(), type="lifespan")[1]) == 1


@pytest.mark.parametrize(
    ("path", "place"),
    [("/", b"./lab/reco/?a=1"), ("/lab/reco", b"./reco/?a=1"), ("/lab/reco/", None), ("/lab", None)],
)
def test_an_address_without_the_base_path_or_its_slash_leads_there(path: str, place: bytes | None):
    sent, reached = served(Guarding(base_path="lab/reco"), path=path, query_string=b"a=1")
    assert bool(reached) == (place is None)
    assert [dict(one["headers"])[b"location"] for one in sent[:1]] == [place] * (place is not None)
