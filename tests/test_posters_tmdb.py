from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pandas as pd
import pytest
from PIL import Image

from reco_core.posters import TMDB_NOTICE, Posters
from reco_core.posters.tmdb import KEEP_NOTHING, KEEP_POSTER, Tmdb


def jpeg(colour: str = "teal") -> bytes:
    out = BytesIO()
    Image.new("RGB", (34, 51), colour).save(out, "JPEG")
    return out.getvalue()


class Service(ThreadingHTTPServer):
    """TMDB on localhost, with what it answers by path: (status, body, headers), or "hang"."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, object] = {}
        self.asked: list[tuple[str, dict[str, list[str]], str | None]] = []
        self.leave = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def has(self, movie: int, path: str | None = "/a.jpg", image: object = None) -> None:
        self.answers[f"/3/movie/{movie}"] = (200, json.dumps({"id": movie, "poster_path": path}).encode(), {})
        if path:
            self.answers[f"/t{path}"] = image or (200, jpeg(), {})

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        url = urlparse(self.path)
        self.server.asked.append((url.path, parse_qs(url.query), self.headers.get("Authorization")))
        answer = self.server.answers.get(url.path, (404, b'{"status_code": 34}', {}))
        if answer == "hang":
            self.server.leave.wait(20)
            return
        status, body, headers = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Service() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.leave.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def tmdb(service: Service, tmp_path: Path) -> Tmdb:
    return Tmdb("v3key", tmp_path, f"{service.url}/3/", f"{service.url}/t")


def posters(service: Service, cache: Path, key: str | None = "v3key") -> Posters:
    return Posters(
        tmdb_key=key, cache=cache, base_url=f"{service.url}/3", image_url=f"{service.url}/t", assets=cache / "assets"
    )


def test_a_poster_is_fetched_once_and_then_comes_from_the_disk(service: Service, tmdb: Tmdb, tmp_path: Path) -> None:
    service.has(862)
    assert tmdb.poster(862) == (jpeg(), "image/jpeg")
    assert service.paths() == ["/3/movie/862", "/t/a.jpg"]
    again = Tmdb("v3key", tmp_path, "http://127.0.0.1:1", "http://127.0.0.1:1")
    assert again.poster(862) == (jpeg(), "image/jpeg")
    assert tmdb.problem is None


def test_a_v3_key_is_a_parameter_and_a_v4_token_a_header_and_neither_goes_to_the_image_host(
    service: Service, tmdb: Tmdb, tmp_path: Path
) -> None:
    service.has(1)
    tmdb.poster(1)
    Tmdb(" aaa.bbb.ccc \n", tmp_path / "other", f"{service.url}/3", f"{service.url}/t").poster(1)
    v3, image, v4, image_again = service.asked
    assert v3[1:] == ({"api_key": ["v3key"]}, None)
    assert v4[1:] == ({}, "Bearer aaa.bbb.ccc")
    assert image[1:] == image_again[1:] == ({}, None)


@pytest.mark.parametrize("path", [None, "", "/../../3/movie/2", "//elsewhere/a.jpg", "/a.svg", 7])
def test_a_movie_without_a_usable_poster_is_not_asked_for_again(service: Service, tmdb: Tmdb, path: object) -> None:
    service.has(5, None)
    service.answers["/3/movie/5"] = (200, json.dumps({"poster_path": path}).encode(), {})
    assert tmdb.poster(5) is None
    assert tmdb.poster(5) is None
    assert service.paths() == ["/3/movie/5"]


def test_an_unknown_movie_is_asked_for_again_only_after_a_week(service: Service, tmdb: Tmdb, tmp_path: Path) -> None:
    assert tmdb.poster(404) is None
    assert tmdb.poster(404) is None
    assert len(service.asked) == 1
    week_ago = time.time() - KEEP_NOTHING - 1
    os.utime(tmp_path / "tmdb" / "404.none", (week_ago, week_ago))
    service.has(404)
    assert tmdb.poster(404) is not None


def test_a_poster_is_kept_no_longer_than_tmdb_allows(service: Service, tmdb: Tmdb, tmp_path: Path) -> None:
    service.has(3)
    tmdb.poster(3)
    old = time.time() - KEEP_POSTER - 1
    os.utime(tmp_path / "tmdb" / "3.img", (old, old))
    service.answers["/t/a.jpg"] = (200, jpeg("red"), {})
    assert tmdb.poster(3) == (jpeg("red"), "image/jpeg")


def test_a_damaged_cached_poster_is_fetched_anew(service: Service, tmdb: Tmdb, tmp_path: Path) -> None:
    service.has(3)
    tmdb.poster(3)
    (tmp_path / "tmdb" / "3.img").write_bytes(jpeg()[:100])
    assert tmdb.poster(3) == (jpeg(), "image/jpeg")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((401, b"{}", {}), "TMDB refused the key."),
        ((429, b"{}", {"Retry-After": "5"}), "TMDB answered 429."),
        ((500, b"oops", {}), "TMDB answered 500."),
        ((301, b"", {"Location": "/3/movie/2"}), "TMDB answered 301."),
        ((200, b"<html>", {}), "TMDB did not answer (JSONDecodeError)."),
        ((200, b"[" * 200_000, {}), "TMDB did not answer (RecursionError)."),
        ((200, b" " * 4_000_000, {}), "TMDB did not answer (ValueError)."),
    ],
)
def test_a_fault_pauses_the_questions_and_is_said_in_one_sentence(
    service: Service, tmdb: Tmdb, answer: object, problem: str
) -> None:
    service.has(1)
    service.has(2)
    service.answers["/3/movie/1"] = answer
    assert tmdb.poster(1) is None
    assert tmdb.problem == problem
    assert tmdb.poster(2) is None
    assert service.paths() == ["/3/movie/1"]


def test_a_fault_of_the_image_host_is_not_remembered_as_no_poster(service: Service, tmdb: Tmdb, tmp_path: Path) -> None:
    service.has(1, image=(503, b"", {}))
    assert tmdb.poster(1) is None
    assert not (tmp_path / "tmdb" / "1.none").exists()


def test_no_connection_gives_no_poster_and_no_error(tmp_path: Path) -> None:
    tmdb = Tmdb("key", tmp_path, "http://127.0.0.1:1", "http://127.0.0.1:1")
    assert tmdb.poster(1) is None
    assert tmdb.problem == "TMDB did not answer (ConnectionError)."


def test_a_key_that_no_header_can_carry_gives_no_error(service: Service, tmp_path: Path) -> None:
    tmdb = Tmdb("ключ.\n.x", tmp_path, f"{service.url}/3", f"{service.url}/t")
    assert tmdb.poster(1) is None
    assert tmdb.problem is not None


def test_bytes_that_are_no_image_give_no_poster(service: Service, tmdb: Tmdb) -> None:
    service.has(1, image=(200, b"<svg onload='alert(1)'/>", {}))
    assert tmdb.poster(1) is None


def test_a_cache_that_cannot_be_written_costs_the_cache_only(service: Service, tmp_path: Path) -> None:
    (tmp_path / "tmdb").write_text("a file where the folder should be")
    service.has(1)
    tmdb = Tmdb("key", tmp_path, f"{service.url}/3", f"{service.url}/t")
    assert tmdb.poster(1) == (jpeg(), "image/jpeg")
    assert "cannot be stored" in tmdb.problem


@pytest.mark.parametrize("movie", [None, pd.NA, float("nan"), 0, -3, 1.5, "x", "../1"])
def test_what_is_no_movie_id_is_never_asked_for(service: Service, tmdb: Tmdb, movie: object) -> None:
    assert tmdb.poster(movie) is None
    assert service.asked == []


def test_without_a_key_nothing_is_asked_for(service: Service, tmp_path: Path) -> None:
    assert posters(service, tmp_path, None).find("x", 1, "Film", tmdb_id=862).source == "drawn"
    assert service.asked == []


def test_a_poster_from_tmdb_says_where_it_is_from(service: Service, tmp_path: Path) -> None:
    service.has(862)
    found = posters(service, tmp_path).find("x", 1, "Film", tmdb_id=862)
    assert (found.source, found.mime, found.content) == ("tmdb", "image/jpeg", jpeg())
    assert "not endorsed or certified by TMDB" in TMDB_NOTICE


def test_the_folder_goes_before_tmdb(service: Service, tmp_path: Path) -> None:
    (tmp_path / "assets" / "x").mkdir(parents=True)
    (tmp_path / "assets" / "x" / "1.jpg").write_bytes(jpeg("red"))
    assert posters(service, tmp_path).find("x", 1, "Film", tmdb_id=862).source == "folder"
    assert service.asked == []


def wanted(movie: int) -> pd.Series:
    return pd.Series({"item_id": movie, "title": f"Film {movie}", "year": 1990, "genres": "", "tmdb_id": movie})


def test_many_posters_come_in_order(service: Service, tmp_path: Path) -> None:
    for movie in range(1, 13):
        if movie != 4:
            service.has(movie, f"/{movie}.jpg")
    found = posters(service, tmp_path).find_many("x", map(wanted, range(1, 13)), seconds=60)
    assert [poster.source for poster in found] == ["drawn" if n == 4 else "tmdb" for n in range(1, 13)]


def test_an_answer_that_does_not_come_in_time_is_drawn_for_now(service: Service, tmp_path: Path) -> None:
    service.answers["/3/movie/4"] = "hang"
    (found,) = posters(service, tmp_path).find_many("x", [wanted(4)], seconds=0.05)
    assert found.source == "drawn"
