"""Pages on a disk that is read-only or full: they show what is there, and say in a sentence what cannot be done."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pages.ui.shell import cache
from reco_core.jobs.server import worker_process
from tests.apptest import closed_form_run, finished_run, open_page
from tests.closed_folders import closed


def test_runs_of_a_read_only_folder_are_shown_and_a_click_that_would_write_says_why_not(own_home: Path):
    run, _ = finished_run(), closed_form_run()
    with closed(own_home):
        for name in ("compare", "evaluate", "recommend", "similar"):
            app = open_page(name, run=run.id)
            assert not app.exception and not app.error, name
        train = open_page("train", run=run.id)
        app = next(button for button in train.button if button.label == "Train").click().run()
    assert not app.exception
    assert [one.value.replace("\\", "") for one in app.error] == [
        f"{own_home} must be writable; it is on a read-only disk. Make it writable, or set RECO_HOME to another folder."
    ]
    assert len(cache.store().list()) == 2


def test_what_no_page_foresaw_of_a_disk_is_a_sentence_too(monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    closed_form_run()
    monkeypatch.setattr("reco_core.data.load", full)
    cache.forget_ratings()
    app = open_page("data")
    assert not app.exception and "What is written needs room" in app.error[0].value


def test_a_worker_whose_log_cannot_be_written_starts_without_one(own_home: Path):
    with closed(own_home), worker_process._log_file() as log:
        assert log.name == os.devnull
    with worker_process._log_file() as log:
        assert log.name == str(own_home / "worker.log")
