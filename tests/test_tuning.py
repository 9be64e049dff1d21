"""What reaches beyond documented names: one variable turns all of it off."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from base64 import b64decode
from pathlib import Path

import pytest

from reco_core import tuning
from reco_core.jobs.server.xla_cache import open_code
from reco_core.tuning import interpreter, memory, sessions, streamlit_names, tf_names


@pytest.fixture
def off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECO_NO_TUNING", "1")


@pytest.mark.parametrize(("value", "on"), [(None, True), ("", True), ("0", True), ("1", False), ("yes", False)])
def test_one_variable_turns_it_off(value: str | None, on: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(tuning.NO_TUNING, raising=False)
    if value is not None:
        monkeypatch.setenv(tuning.NO_TUNING, value)
    assert tuning.is_on() is on


def test_off_leaves_the_allocator_the_collector_and_the_threads_alone(off, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ARROW_DEFAULT_MEMORY_POOL", raising=False)
    monkeypatch.setattr(ctypes, "CDLL", lambda name: pytest.fail("the allocator is set"))
    monkeypatch.setattr(gc, "freeze", lambda: pytest.fail("the collector is set"))
    before = sys.getswitchinterval()
    memory.return_freed_memory()
    interpreter.switch_threads_often()
    assert interpreter.collect_seldom() is False
    assert sys.getswitchinterval() == before and "ARROW_DEFAULT_MEMORY_POOL" not in os.environ


def test_off_leaves_the_session_alone(off, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "getsid", os.getpid, raising=False)
    monkeypatch.setattr(Path, "write_text", lambda *_, **__: pytest.fail("the session gives way"))
    sessions.give_way(5)


def test_off_hides_no_module_and_renames_no_function(off, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sys.modules, "plotly", raising=False)
    with streamlit_names.plotly_later():
        assert "plotly" not in sys.modules
    monkeypatch.setitem(sys.modules, "tensorflow.python.framework", None)  # an import would fail
    with tf_names.repeatable_names("a key"):
        pass


def test_off_keeps_no_compiled_code_that_nobody_would_find_again(off, own_home: Path):
    assert open_code() is None and not (own_home / "xla").exists()


def test_plotly_seems_to_be_absent_only_while_streamlit_is_imported(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sys.modules, "plotly", raising=False)
    with streamlit_names.plotly_later(), pytest.raises(ImportError):
        import plotly  # noqa: F401
    assert "plotly" not in sys.modules


def test_off_a_file_travels_within_its_address(off):
    head, _, body = streamlit_names.address_of(b"\0\1 points", "map_p").partition(",")
    assert head == "data:application/octet-stream;base64" and b64decode(body) == b"\0\1 points"
