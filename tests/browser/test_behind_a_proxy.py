"""The app below a path, behind a reverse proxy that changes the host: every page, poster, font and map arrives."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.apptest import finished_run
from tests.browser.walk import expect_pictures, go, main, posters, settle

pytestmark = pytest.mark.browser
BASE = "lab/reco"
LOOKS = "/similar/_stcore/"  # below a page Streamlit looks whether the app is there, before it looks at its parent


@contextmanager
def reverse_proxy(upstream: int) -> Iterator[int]:
    """A proxy on a free port of localhost that hands on only what lies below the base path; yields its port."""
    loop = asyncio.new_event_loop()
    started: list[asyncio.Server] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request, *lines = head.split("\r\n")
        if not request.split()[1].startswith(f"/{BASE}/"):
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            writer.close()
            return
        is_socket = any(line.lower().startswith("upgrade:") for line in lines)
        kept = [line for line in lines if is_socket or not line.lower().startswith("connection:")]
        kept = [f"Host: 127.0.0.1:{upstream}" if line.lower().startswith("host:") else line for line in kept if line]
        more = [] if is_socket else ["Connection: close"]
        inner, outer = await asyncio.open_connection("127.0.0.1", upstream)
        outer.write("\r\n".join([request, *kept, *more, "", ""]).encode("latin-1"))
        with suppress(asyncio.CancelledError):  # at the end
            await asyncio.gather(_pipe(reader, outer), _pipe(inner, writer))

    async def start() -> None:
        started.append(await asyncio.start_server(handle, "127.0.0.1", 0))

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield started[0].sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


def test_pages_posters_fonts_and_the_map_arrive_below_a_base_path_behind_a_proxy(serve, new_page, shoot, monkeypatch):
    server = serve("--base-path", BASE, "--allow-host", "localhost", RECO_NO_WORKER="1")
    monkeypatch.setenv("RECO_HOME", str(server.home))
    finished_run(dim=8)
    with reverse_proxy(urlsplit(server.url).port) as port:
        page = new_page()
        missing: list[str] = []
        page.on("response", lambda got: missing.append(got.url) if got.status >= 400 and LOOKS not in got.url else None)
        page.goto(f"http://localhost:{port}/{BASE}/similar")
        expect_pictures(posters(page, "similar_grid"))
        posters(page, "similar_grid").nth(2).click()
        expect(page).to_have_url(re.compile(f"/{BASE}/similar.*item="))
        go(page, "Embeddings")
        expect(main(page).locator("canvas").first).to_be_visible()
        shoot(page, "behind-a-proxy")
        page.goto(f"http://localhost:{port}/{BASE}/")
        expect_pictures(posters(page, "shelf"))
        posters(page, "shelf").first.click()
        expect(page).to_have_url(re.compile(f"/{BASE}/similar.*item="))
        settle(page)
        assert page.evaluate("document.fonts.check('16px Inter')")
        go(page, "Recommend")
        with page.expect_download() as coming:
            main(page).get_by_role("button", name="Download CSV").click()
        assert coming.value.path().read_text("utf-8-sig").startswith("rank,"), (
            "the guard's sandbox for media lets files be saved"
        )
        assert missing == []
