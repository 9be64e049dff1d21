"""Downloads against a local server: whole, cut, resumed, changed, wrong, missing, offline."""

from __future__ import annotations

import hashlib
import io
import random
import socket
import zipfile
from collections.abc import Iterator

import pytest
from filelock import FileLock

from reco_core import data
from reco_core.data.catalogue import zip_path
from reco_core.data.download import download
from reco_core.errors import DataError
from tests.file_server import FileServer, serve

NAME = "ml-latest-small"
ZIP = f"{NAME}.zip"


def small_zip(seed: int = 0, rows: int = 40_000) -> bytes:
    """A zip in the layout of latest-small, a few hundred kB."""
    draw = random.Random(seed)
    ratings = "userId,movieId,rating,timestamp\n" + "".join(
        f"{draw.randint(1, 300)},{i},{draw.randint(1, 10) / 2},{draw.randint(10**9, 2 * 10**9)}\n" for i in range(rows)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{NAME}/ratings.csv", ratings)
        archive.writestr(f"{NAME}/movies.csv", 'movieId,title,genres\n1,"Matrix, The (1999)",Action|Sci-Fi\n')
    return out.getvalue()


CONTENT = small_zip()


def md5_line(content: bytes) -> bytes:
    return f"{hashlib.md5(content).hexdigest()}  {ZIP}\n".encode()


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serve({ZIP: CONTENT, f"{ZIP}.md5": md5_line(CONTENT)}) as running:
        yield running


def test_a_download_reports_progress_and_can_be_loaded(server):
    seen = []
    path = download(NAME, progress=lambda done, total: seen.append((done, total)), base_url=server.url)
    assert path == zip_path(NAME)
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert data.load(NAME).name == NAME
    assert next(entry for entry in data.known() if entry.name == NAME).available
    assert not list(path.parent.glob("*.part*"))


def test_what_is_here_is_not_fetched_again(server):
    download(NAME, base_url=server.url)
    server.asked.clear()
    download(NAME, base_url=server.url)
    assert server.asked == []


def test_a_damaged_zip_that_is_here_is_fetched_again(server):
    zip_path(NAME).parent.mkdir(parents=True)
    zip_path(NAME).write_bytes(CONTENT[:-1000])
    assert download(NAME, base_url=server.url).read_bytes() == CONTENT


def test_the_base_url_can_come_from_the_environment(server, monkeypatch):
    monkeypatch.setenv("RECO_DOWNLOAD_BASE", server.url.rstrip("/"))
    assert download(NAME).read_bytes() == CONTENT


def test_a_cut_connection_is_resumed_within_the_same_call(server):
    server.cuts = [98_304, 49_152]
    assert download(NAME, base_url=server.url).read_bytes() == CONTENT
    assert [asked for path, asked in server.asked if path.endswith(".zip")] == ["", "bytes=98304-", "bytes=147456-"]


def test_a_download_that_keeps_breaking_is_kept_and_continued_next_time(server):
    server.cuts = [98_304, 0]
    with pytest.raises(DataError, match="the part that arrived is kept"):
        download(NAME, base_url=server.url)
    assert not zip_path(NAME).exists()
    server.asked.clear()
    assert download(NAME, base_url=server.url).read_bytes() == CONTENT
    assert ("/" + ZIP, "bytes=98304-") in server.asked


def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(server):
    server.cuts = [98_304, 0]
    with pytest.raises(DataError):
        download(NAME, base_url=server.url)
    other = small_zip(seed=1)
    server.files = {ZIP: other, f"{ZIP}.md5": md5_line(other)}
    server.etag = '"2"'
    assert download(NAME, base_url=server.url).read_bytes() == other


def test_a_server_without_ranges_is_asked_from_the_beginning(server):
    server.ranges, server.cuts = False, [98_304]
    assert download(NAME, base_url=server.url).read_bytes() == CONTENT


def test_a_server_without_marks_is_not_asked_for_the_rest(server):
    server.etag, server.cuts = "", [98_304]
    assert download(NAME, base_url=server.url).read_bytes() == CONTENT
    assert {asked for _, asked in server.asked} == {""}


def test_a_wrong_checksum_removes_what_came(server):
    server.files[f"{ZIP}.md5"] = md5_line(b"another file")
    with pytest.raises(DataError, match="its checksum differs"):
        download(NAME, base_url=server.url)
    assert list(zip_path(NAME).parent.glob("*.zip")) == []
    server.files[f"{ZIP}.md5"] = md5_line(CONTENT)
    assert download(NAME, base_url=server.url).read_bytes() == CONTENT


def test_without_a_published_checksum_the_zip_must_be_whole(server):
    del server.files[f"{ZIP}.md5"]
    assert download(NAME, base_url=server.url).read_bytes() == CONTENT
    zip_path(NAME).unlink()
    server.files[ZIP] = b"<html>Please log in to the network</html>"
    with pytest.raises(DataError, match="is not a complete zip"):
        download(NAME, base_url=server.url)
    assert not zip_path(NAME).exists()


def test_a_file_that_is_not_there_is_said_with_the_servers_answer(server):
    del server.files[ZIP]
    with pytest.raises(DataError, match=f"does not have {NAME}: it answered 404"):
        download(NAME, base_url=server.url)


def test_a_server_that_sends_far_too_much_is_refused(server):
    server.files[ZIP] = bytes(13_000_000)
    with pytest.raises(DataError, match=r"has 1 MB; the server sends 13 or more"):
        download(NAME, base_url=server.url)


def test_offline_is_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with pytest.raises(DataError, match=r"cannot be reached: is this computer online\?"):
            download("ml-100k", base_url=base)


def test_a_second_download_of_the_same_dataset_is_refused_while_one_runs(server):
    zip_path(NAME).parent.mkdir(parents=True)
    with (
        FileLock(zip_path(NAME).with_suffix(".zip.lock")),
        pytest.raises(DataError, match="is already being downloaded"),
    ):
        download(NAME, base_url=server.url)


def test_a_progress_that_stops_the_download_leaves_it_resumable(server):
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(NAME, progress=stop, base_url=server.url)
    assert download(NAME, base_url=server.url).read_bytes() == CONTENT
    assert any(asked.startswith("bytes=") for _, asked in server.asked)


def test_an_unknown_name_lists_those_that_exist():
    with pytest.raises(DataError, match=r"must be one of ml-100k, .*; got netflix"):
        download("netflix")
