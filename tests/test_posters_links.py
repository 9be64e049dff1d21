"""Images from the links of a dataset: what is fetched and what never is, and what is kept."""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from reco_core.posters import Posters
from reco_core.posters import links as links_module
from reco_core.posters.finder import link_of
from reco_core.posters.links import Links, host_of, limit_mb, usable
from reco_core.posters.public_web import MAX_BYTES, Failed, Refused, Web, checked, fetch, is_public, resolved, secured

PUBLIC = "93.184.216.34"
HOSTS = {
    "img.example": [PUBLIC],
    "cdn.example": ["2606:2800:220:1:248:1893:25c8:1946"],
    "both.example": [PUBLIC, "10.0.0.7"],
    "inside.example": ["192.168.1.10"],
    "nowhere.example": [],
}


def picture(kind: str = "PNG", size: tuple[int, int] = (600, 900), **more: object) -> bytes:
    out = BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind, **more)
    return out.getvalue()


class Server(ThreadingHTTPServer):
    """A web server that speaks plain HTTP here; `dialled` and `asked` say who was reached."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.asked: list[tuple[str, str]] = []
        self.dialled: list[str] = []
        self.leave = threading.Event()

    def web(self, seconds: float = 10.0) -> Web:
        """The web as it looks with this server behind every public address."""
        return Web(lambda host: HOSTS[host], self.dial, lambda sock, host: sock, seconds)

    def dial(self, address: str, seconds: float) -> socket.socket:
        self.dialled.append(address)
        return socket.create_connection(("127.0.0.1", self.server_port), timeout=seconds)


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.headers["Host"], self.path))
        status, body, headers = self.server.answers.get(self.path, (404, b"", {}))
        self.send_response(status)
        for name, value in {"Content-Type": "image/png", "Content-Length": str(len(body))}.items() | headers.items():
            if name in headers and headers[name] != value:
                continue
            self.send_header(name, value)
        self.end_headers()
        if self.path == "/drip":
            while not self.server.leave.wait(0.05):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    return
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.leave.set()
        made.shutdown()
        thread.join()


@pytest.fixture
def kept(server: Server, tmp_path: Path) -> Links:
    return Links(tmp_path / "links", server.web())


def brought(kept: Links, link: str) -> tuple[bytes, str] | None:
    kept.want([link])
    assert kept.settle(30)
    return kept.cached(link)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_an_image_is_fetched_once_made_small_and_kept(server: Server, kept: Links, kind: str) -> None:
    server.answers["/a.png"] = (200, picture(kind), {})
    content, mime = brought(kept, "https://img.example/a.png")
    image = Image.open(BytesIO(content))
    assert (image.format, mime, image.size) == ("JPEG", "image/jpeg", (500, 750))
    kept.want(["https://img.example/a.png"])
    assert server.asked == [("img.example", "/a.png")]
    assert server.dialled == [PUBLIC]


def test_nothing_of_the_bytes_that_came_is_kept(server: Server, kept: Links) -> None:
    server.answers["/a"] = (200, picture("JPEG", (40, 60), comment=b"<script>alert(1)</script>") + b"<script>", {})
    content, _ = brought(kept, "https://img.example/a")
    assert b"script" not in content


@pytest.mark.parametrize(
    "link",
    [
        "ftp://img.example/a.png",
        "file:///etc/passwd",
        "https://img.example:8443/a.png",
        "https://user:secret@img.example/a.png",
        "https://user@img.example/a.png",
        "https://img.example:port/",
        "https:///a.png",
        "https://img.example/a b.png",
        "https://img.example\\@inside.example/",
        "https://img.example/\r\nHost: x",
        "https://img.example/\u202egnp.a",
        "https://[::1/a.png",
        f"https://{'a' * 64}.example/",
        "https://img.example/" + "a" * 2_000,
        "//img.example/a.png",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "",
    ],
)
def test_what_is_no_plain_https_address_is_never_asked(server: Server, kept: Links, link: str) -> None:
    assert usable(link) == ""
    with pytest.raises(Refused):
        fetch(link, server.web())
    assert server.dialled == []


def test_a_link_that_says_http_is_asked_over_https() -> None:
    assert usable(" http://img.example/a.png?b=c ") == "https://img.example/a.png?b=c"
    assert host_of("https://IMG.example/a.png") == "img.example"
    assert checked("https://IMG.example/ä b".replace(" ", "")) == ("img.example", "/%C3%A4b")
    assert link_of(SimpleNamespace()) == link_of(SimpleNamespace(image=None)) == ""


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
        *("224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "192.0.0.8"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "no address", ""),
    ],
)
def test_addresses_of_this_machine_and_its_networks_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["inside.example", "both.example", "nowhere.example"])
def test_a_host_with_any_private_address_is_not_asked(server: Server, host: str) -> None:
    with pytest.raises(Refused, match="is not on the public internet"):
        fetch(f"https://{host}/a.png", server.web())
    assert server.dialled == []


def test_a_number_that_means_this_machine_is_not_asked() -> None:
    for host in ("2130706433", "0x7f.1", "127.1", "localhost"):
        with pytest.raises((Refused, Failed)):
            fetch(f"https://{host}/", Web(dial=lambda *_: pytest.fail("dialled")))
    assert not any(map(is_public, resolved("localhost")))


def test_the_connection_goes_to_the_address_that_was_checked(server: Server) -> None:
    answers = [[PUBLIC], ["127.0.0.1"]]
    server.answers["/a.png"] = (200, picture(), {})
    web = Web(lambda host: answers.pop(0), server.dial, lambda sock, host: sock)
    fetch("https://img.example/a.png", web)
    assert server.dialled == [PUBLIC]
    assert answers == [["127.0.0.1"]]


@pytest.mark.parametrize(
    "target",
    [
        "http://img.example/b.png",
        "https://127.0.0.1/b.png",
        "https://inside.example/b.png",
        "https://img.example:8080/b.png",
        "//inside.example/",
        "file:///etc/passwd",
        "/a.png",
    ],
)
def test_a_redirect_to_what_may_not_be_asked_ends_there(server: Server, target: str) -> None:
    server.answers["/a.png"] = (302, b"", {"Location": target})
    web = server.web()
    lookup = lambda host: HOSTS.get(host) or [host]  # noqa: E731
    with pytest.raises(Refused):
        fetch("https://img.example/a.png", Web(lookup, web.dial, web.secure))
    assert {host for host, _ in server.asked} == {"img.example"}
    assert len(server.asked) == (4 if target == "/a.png" else 1)


def test_a_redirect_to_another_public_host_is_looked_up_and_followed(server: Server) -> None:
    server.answers["/a.png"] = (301, b"", {"Location": "https://cdn.example/b.png"})
    server.answers["/b.png"] = (200, b"12345", {})
    assert fetch("https://img.example/a.png", server.web()) == b"12345"
    assert server.dialled == [PUBLIC, HOSTS["cdn.example"][0]]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((404, b"", {}), Refused),
        ((200, b"<html>", {"Content-Type": "text/html"}), Refused),
        ((200, b"x" * (MAX_BYTES + 1), {}), Refused),
        ((500, b"", {}), Failed),
        ((429, b"", {}), Failed),
        ((200, b"half", {"Content-Length": "9"}), Failed),
    ],
)
def test_other_answers_say_whether_to_ask_again(server: Server, answer: tuple, kind: type[Exception]) -> None:
    server.answers["/a"] = answer
    with pytest.raises(kind):
        fetch("https://img.example/a", server.web())


def test_an_answer_that_drips_is_ended(server: Server) -> None:
    server.answers["/drip"] = (200, b"", {"Content-Length": "100000"})
    with pytest.raises(Failed):
        fetch("https://img.example/drip", server.web(seconds=0.4))


def test_a_host_that_does_not_answer_has_failed() -> None:
    def refuse(*_: object) -> socket.socket:
        raise ConnectionRefusedError

    with pytest.raises(Failed, match="did not answer"):
        fetch("https://img.example/", Web(lambda host: [PUBLIC], refuse))


def test_the_certificate_must_be_valid_for_the_host(server: Server) -> None:
    from reco_core.posters import public_web

    context = public_web._context()
    assert context.check_hostname and context.verify_mode == ssl.CERT_REQUIRED
    with pytest.raises(Failed):  # plain HTTP where TLS is spoken
        fetch("https://img.example/a.png", Web(lambda host: [PUBLIC], server.dial, secured))


def bomb() -> bytes:
    """A PNG of 60,000 x 60,000 pixels in a few hundred bytes."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 60_001))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("body", [b"<html></html>", b"", b"\x89PNG\r\n\x1a\n" + b"x" * 50, bomb()])
def test_what_is_no_image_is_remembered_and_not_asked_again(server: Server, kept: Links, body: bytes) -> None:
    server.answers["/a"] = (200, body, {})
    for _ in range(2):
        assert brought(kept, "https://img.example/a") is None
    again = Links(kept._folder, server.web())
    assert brought(again, "https://img.example/a") is None
    assert len(server.asked) == 1


def test_a_failure_is_tried_again_after_a_while(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Links(tmp_path, server.web())
    server.answers["/a"] = (503, b"", {})
    assert brought(kept, "https://img.example/a") is None
    server.answers["/a"] = (200, picture(), {})
    assert brought(kept, "https://img.example/a") is None
    now = time.time()
    monkeypatch.setattr(links_module.time, "time", lambda: now + links_module.FAILED_SECONDS + 5)
    assert brought(kept, "https://img.example/a") is not None


def test_the_folder_keeps_within_its_bound_what_was_looked_at_last(server: Server, tmp_path: Path) -> None:
    for n in range(8):
        server.answers[f"/{n}"] = (200, picture(size=(80, 120)), {})
    kept = Links(tmp_path / "links", server.web())
    sizes = [len(brought(kept, f"https://img.example/{n}")[0]) for n in range(4)]
    small = Links(tmp_path / "links", server.web(), most_mb=4.5 * sizes[0] / 1e6)
    for age, n in enumerate((0, 3, 2, 1)):  # 1 was looked at longest ago
        os.utime(small._path(f"https://img.example/{n}"), (1_000_000 - age, 1_000_000 - age))
    assert small.cached("https://img.example/1") is not None  # and now last
    assert brought(small, "https://img.example/4") is not None
    held = {n for n in range(5) if small._path(f"https://img.example/{n}").is_file()}
    assert {1, 4} < held and 2 not in held
    assert sum(path.stat().st_size for path in (tmp_path / "links").iterdir()) <= 4.5 * sizes[0]


def test_a_folder_that_cannot_be_written_costs_the_images_only(server: Server, tmp_path: Path) -> None:
    (tmp_path / "links").write_text("a file")
    kept = Links(tmp_path / "links", server.web())
    server.answers["/a"] = (200, picture(), {})
    for _ in range(2):
        assert brought(kept, "https://img.example/a") is None
    assert len(server.asked) == 1


def test_a_few_threads_fetch_the_newest_wishes_first(server: Server, tmp_path: Path) -> None:
    hold, order, at_once = threading.Event(), [], []

    def dial(address: str, seconds: float) -> socket.socket:
        at_once.append(threading.active_count())
        hold.wait(30)
        raise ConnectionRefusedError

    def resolve(host: str) -> list[str]:
        order.append(host)
        return [PUBLIC]

    kept = Links(tmp_path, Web(resolve, dial))
    kept.want([f"https://first{n}.example/" for n in range(links_module.MOST_WAITING + 50)])
    kept.want(["https://last.example/"])
    assert kept.pending([f"https://first{n}.example/" for n in range(400)]) <= links_module.MOST_WAITING + 3
    hold.set()
    assert kept.settle(60)
    assert len(order) <= links_module.MOST_WAITING + links_module.THREADS
    assert "last.example" in order[: links_module.THREADS + 1]


def test_posters_show_the_drawn_one_until_the_link_has_come(server: Server, kept: Links, tmp_path: Path) -> None:
    server.answers["/a.png"] = (200, picture(), {})
    item = SimpleNamespace(
        item_id=1, title="Dune", year=1965, genres="", tmdb_id=None, image="http://img.example/a.png"
    )
    posters = Posters(assets=tmp_path, links=kept)
    assert posters.find_many("books", [item])[0].source == "drawn"
    assert kept.settle(30)
    assert posters.find_many("books", [item])[0].source == "link"
    assert Posters(assets=tmp_path).find_many("books", [item])[0].source == "drawn"


@pytest.mark.parametrize(("text", "mb"), [("20", 20.0), ("0", 500.0), ("nan", 500.0), ("much", 500.0), ("inf", 500.0)])
def test_the_bound_is_a_setting_of_the_machine(monkeypatch: pytest.MonkeyPatch, text: str, mb: float) -> None:
    monkeypatch.setenv("RECO_POSTER_MB", text)
    assert limit_mb() == mb


@pytest.fixture
def linked(own_home: Path, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A dataset of three books with image links, one of them to a private host."""
    from reco_core import data

    monkeypatch.setattr(links_module, "Web", server.web)
    monkeypatch.setenv("RECO_NO_WORKER", "1")
    server.answers |= {"/1.png": (200, picture(size=(40, 60)), {}), "/3.png": (200, picture(size=(40, 60)), {})}
    hosts = ("http://img.example", "https://inside.example", "https://img.example")
    rows = [f"{user},{n},{n + user},{hosts[n - 1]}/{n}.png" for user in (1, 2) for n in (1, 2, 3)]
    (tmp_path / "shelf.csv").write_text("\n".join(["user,book_id,rating,image_url", *rows]))
    return data.add(tmp_path / "shelf.csv").slug


def sources(app: object) -> list[bool]:
    """Whether each of the most rated books is shown by its own image (2:3, tiny) instead of a drawn cover."""
    import base64

    from tests.apptest import grids

    items = sorted(grids(app)["Most rated books"]["items"], key=lambda item: item["id"])
    images = [base64.b64decode(item["image"].partition(",")[2]) for item in items]
    return [Image.open(BytesIO(image)).size == (40, 60) for image in images]


def test_images_are_fetched_only_once_somebody_allows_their_hosts(linked: str, server: Server) -> None:
    from pages.ui.shell import cache
    from tests.apptest import open_page

    assert sources(open_page("home", dataset=linked)) == [False] * 3
    assert server.dialled == []
    app = open_page("data", dataset=linked, data_tab="Images")
    (switch,) = app.toggle
    assert switch.label.replace("\\", "") == "Show images from links: 3 links, at img.example, inside.example"
    assert not switch.value
    switch.set_value(True).run()
    assert sources(open_page("home", dataset=linked)) == [False] * 3  # drawn meanwhile
    assert cache.links().settle(30)
    assert sources(open_page("home", dataset=linked)) == [True, False, True]
    assert set(server.asked) == {("img.example", "/1.png"), ("img.example", "/3.png")}
    open_page("data", dataset=linked, data_tab="Images").toggle[0].set_value(False).run()
    assert sources(open_page("home", dataset=linked)) == [False] * 3


def test_what_was_allowed_holds_for_these_hosts_alone(linked: str, server: Server) -> None:
    from collections import Counter

    from pages.ui.movies.link_choice import allow_hosts, allowed_hosts
    from pages.ui.shell import cache
    from tests.apptest import open_page

    allow_hosts(linked, Counter({"other.example": 3}))
    assert allowed_hosts(linked) == {"other.example"}
    open_page("home", dataset=linked)
    assert cache.links().settle(30)
    assert server.dialled == []
