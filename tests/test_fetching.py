"""A download in the background: watched, cancelled, gone on with, one at a time; against a local server."""

from __future__ import annotations

import threading

import pytest

from reco_core.data import download
from reco_core.data.background_download import Fetcher
from reco_core.data.catalogue import zip_path
from reco_core.errors import DataError
from tests.test_download import CONTENT, NAME, ZIP, server  # noqa: F401


@pytest.fixture
def base(server, monkeypatch):  # noqa: F811
    monkeypatch.setenv(download.BASE_VARIABLE, server.url)
    return server


def test_dataset_arrives_in_the_background(base):
    fetcher = Fetcher()
    fetcher.start(NAME)
    fetcher.wait(30)
    assert fetcher.now.arrived
    assert (fetcher.now.done, fetcher.now.total) == (len(CONTENT), len(CONTENT))
    assert zip_path(NAME).read_bytes() == CONTENT
    fetcher.forget()
    assert fetcher.now is None


def test_failure_is_one_sentence_and_another_try_may_follow(base):
    fetcher = Fetcher()
    content = base.files.pop(ZIP)
    fetcher.start(NAME)
    fetcher.wait(30)
    assert "it answered 404" in fetcher.now.error
    assert not fetcher.now.arrived
    base.files[ZIP] = content
    fetcher.start(NAME)
    fetcher.wait(30)
    assert fetcher.now.arrived


def test_cancelled_download_keeps_what_came_and_goes_on_from_there(base, monkeypatch):
    fetcher = Fetcher()
    monkeypatch.setattr(fetcher, "_cancel", _Once())
    fetcher.start(NAME)
    fetcher.wait(30)
    assert fetcher.now.cancelled
    assert not fetcher.now.arrived
    fetcher.start(NAME)
    fetcher.wait(30)
    assert zip_path(NAME).read_bytes() == CONTENT
    assert any(asked.startswith("bytes=") for _, asked in base.asked)


def test_second_download_is_refused_while_one_runs(monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(download, "download", lambda name, progress: go_on.wait(30))
    fetcher = Fetcher()
    fetcher.start("ml-1m")
    with pytest.raises(DataError, match="Only one download at a time: ml-1m is still being downloaded"):
        fetcher.start("ml-100k")
    go_on.set()
    fetcher.wait(30)
    assert fetcher.now.arrived


def test_what_nobody_foresaw_ends_the_download_too(monkeypatch):
    def broken(name, progress):
        raise RuntimeError("boom")

    monkeypatch.setattr(download, "download", broken)
    fetcher = Fetcher()
    fetcher.start("ml-100k")
    fetcher.wait(30)
    assert fetcher.now.error == "ml-100k could not be downloaded (RuntimeError: boom)."


class _Once(threading.Event):
    """Set when it is asked for the first time, then not."""

    def __init__(self) -> None:
        super().__init__()
        self.set()

    def clear(self) -> None:
        """Kept for the first download."""

    def is_set(self) -> bool:
        first = super().is_set()
        super().clear()
        return first
