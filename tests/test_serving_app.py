"""A real `reco app`: which hosts and origins it answers, whom it lets in, and whom it never asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests import file_server
from tests.serving import App, app, free

ROUTES = (
    ("GET", "/"),
    ("GET", "/train"),
    ("GET", "/app/static/inter-latin.woff2"),
    ("GET", "/media/0123.png"),
    ("GET", "/component/reco.map/index.js"),
    ("GET", "/_stcore/bidi-components/reco.map/index.js"),
    ("GET", "/_stcore/health"),
    ("GET", "/_stcore/host-config"),
    ("OPTIONS", "/_stcore/upload_file/a/b"),
    ("PUT", "/_stcore/upload_file/a/b"),
)
NAMED = "lab.example.org"
OUTSIDE_FILES = (
    "/app/static/%2e%2e/app.py",
    "/app/static/%252e%252e/app.py",
    "/app/static/..%5capp.py",
    "/app/static/%255c%255chost%255cshare",
    "/app/static/%5c%5chost%5cshare%5cx",
    "/app/static//host/share/x",
    "/app/static/C:/windows/win.ini",
    "/app/static/x%00.woff2",
    "/media/..%2f..%2fapp.py",
    "/media/%252e%252e%252fapp.py",
    "/component/reco.map/%2e%2e/%2e%2e/app.py",
    "/_stcore/bidi-components/reco.map/..%5c..%5capp.py",
    "/%5c%5chost%5cshare",
    "//host/share",
    "/..%2f..%2fetc/passwd",
)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, file_server.FileServer]]:
    """An app for this computer and one proxy, and a server through which any call to the outside would go."""
    with file_server.serve({}) as outside:
        proxy = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"), outside.url)
        home = tmp_path_factory.mktemp("local")
        with app(home, "--allow-host", NAMED, **proxy, NO_PROXY="", no_proxy="") as running:
            yield running, outside
        assert "Traceback" not in running.printed, running.printed


def test_only_known_hosts_and_their_own_pages_reach_any_route(local):
    running, _ = local
    port = running.port
    good = [f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}", "LOCALHOST", f"{NAMED}:444"]
    bad = ["", "evil.test", f"evil.test:{port}", f"127.0.0.1.evil.test:{port}", "192.168.0.7", f"x@localhost:{port}"]
    wrong = []
    for host, known in [(name, True) for name in good] + [(name, False) for name in bad]:
        origins = {None: known, f"http://{host}": known, "http://evil.test": False, "null": False}
        origins |= {"http://localhost:1": False, f"https://{NAMED}": known, f"http://evil.test@{host}": False}
        for origin, allowed in origins.items():
            headers = {"Origin": origin} if origin else {}
            if (running.websocket(host=host, **headers) == 101) != allowed:
                wrong.append(("websocket", host, origin))
            for method, path in ROUTES:
                answer = running.get(path, method, host, **headers)
                refused = answer.status == 403 and "XSRF" not in answer.text
                if refused == allowed or (refused and len(answer.text) > 200):
                    wrong.append((method, path, host, origin, answer.status, answer.text[:80]))
    assert wrong == []


def test_a_foreign_origin_never_makes_the_server_ask_outside_for_its_own_address(local):
    running, outside = local
    foreign, of_a_proxy = (running.websocket(Origin=each) for each in ("http://evil.test", f"https://{NAMED}:444"))
    assert outside.asked == [] and "external IP" not in running.printed
    assert (foreign, of_a_proxy) == (403, 101)


def test_a_refusal_says_what_was_received_and_what_to_do(local):
    running, _ = local
    assert running.get("/", host="evil.test").text == (
        "This app does not answer to the name evil.test; if it is yours, start the app with --allow-host evil.test.\n"
    )
    assert len(running.get("/", host="e" * 5000).text) < 300
    answer = running.get("/", Origin="http://<b>\x07" + "x" * 5000)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8" and len(answer.text) < 200


def test_no_route_serves_what_lies_outside_its_folder(local):
    running, _ = local
    for path in OUTSIDE_FILES:
        answer = running.get(path)
        assert answer.status in (400, 404), (path, answer.status)
        assert "import streamlit" not in answer.text and "root:" not in answer.text, path
    assert running.get("/?" + "x" * 5_000).status == 414
    assert running.get("/" + "x" * 5_000).status == 414


def test_answers_forbid_framing_and_a_visitors_file_cannot_run_as_a_page(local):
    running, _ = local
    page, media = running.get("/").headers, running.get("/media/0123.svg").headers
    assert page["content-security-policy"] == "frame-ancestors 'self'" and page["x-content-type-options"] == "nosniff"
    assert "sandbox" in media["content-security-policy"] and "default-src 'none'" in media["content-security-policy"]
    assert running.get("/_stcore/host-config").text.startswith('{"allowedOrigins":[]'), "no frame may send messages"


def test_an_app_open_to_other_computers_lets_one_browser_in_by_each_printed_token(tmp_path: Path):
    port = str(free())
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text('[server]\naddress = "127.0.0.1"\nbaseUrlPath = "lab/reco"\n')
    variables = {"STREAMLIT_SERVER_PORT": port, "STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}
    with app(tmp_path, **variables) as running:
        first = urlsplit(running.addresses()[0])
        assert (first.netloc, first.path) == (f"127.0.0.1:{port}", "/lab/reco/"), "a variable wins over the file"
        for path in ("/lab/reco/", "/lab/reco/_stcore/health", "/lab/reco/app/static/inter-latin.woff2"):
            answer = running.get(path)
            assert (answer.status, answer.text.count("\n")) == (403, 1) and "asks for a token" in answer.text
        assert running.websocket("/lab/reco/_stcore/stream") == 403
        assert running.get(f"/lab/reco/?{first.query[:-1]}").status == 403
        assert running.get(f"/lab/reco/?{first.query}", "HEAD").status == 403, "a look spends nothing"
        entered = running.get(f"/lab/reco/train?{first.query}&run=7")
        assert (entered.status, entered.headers["location"]) == (303, "./train?run=7")
        cookie, *flags = entered.headers["set-cookie"].split("; ")
        assert flags == ["Path=/lab/reco", "HttpOnly", "SameSite=Lax"] and first.query not in cookie
        assert running.get("/lab/reco/", Cookie=cookie).status == 200
        assert running.websocket("/lab/reco/_stcore/stream", Cookie=f"other=1; {cookie}") == 101
        assert running.websocket("/lab/reco/_stcore/stream", Cookie=cookie[:-1]) == 403
        assert running.get("/lab/reco/", host="evil.test", Cookie=cookie).status == 403
        assert running.get(f"/lab/reco/?{first.query}").status == 403, "a token is spent by its use"
        assert running.get(f"/lab/reco/?{first.query}", Cookie=cookie).status == 303, "a reload of the first address"
        following = urlsplit(next(a for a in reversed(running.addresses()) if "127.0.0.1" in a))
        assert following.query != first.query and running.get(f"/lab/reco/?{following.query}").status == 303
    assert "Traceback" not in running.printed, running.printed
    assert re.search(r"For the next browser, Reco is at http", running.printed)
