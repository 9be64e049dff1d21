"""Folders of this machine that cannot be used: one sentence each, and nothing half-written."""

from __future__ import annotations

import errno
import os
import pwd
from pathlib import Path

import pytest

from reco_core.errors import RecoError, SettingsError
from reco_core.paths import home, runs_home
from reco_core.runs.files import write_json
from reco_core.storage import StorageError, is_full, kept_in, new_folder, words_of, write_whole
from tests.closed_folders import closed, room_for

SENTENCES = {
    errno.ENOSPC: "{0} needs room to write; its disk, or this user's share of it, is full. Free some space, or {1}.",
    errno.EROFS: "{0} must be writable; it is on a read-only disk. Make it writable, or {1}.",
    errno.EACCES: "{0} must be open to this user, who may not read or write there. Change its permissions, or {1}.",
    errno.ENOTDIR: "{0} must be a folder; it, or one above it, is a file. Move that file away, or {1}.",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_names_the_folder_and_what_to_do(code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def sentence(file: Path) -> str:
        with pytest.raises(StorageError) as raised, kept_in(file):
            raise OSError(code, os.strerror(code))
        assert isinstance(raised.value, RecoError) and raised.value.errno == code
        return str(raised.value)

    assert sentence(home() / "runs" / "a" / "state.npz") == SENTENCES[code].format(
        home(), "set RECO_HOME to another folder"
    )
    assert sentence(tmp_path / "x.zip") == SENTENCES[code].format(tmp_path, "choose another place")
    monkeypatch.setenv("RECO_RUNS", str(tmp_path / "elsewhere"))
    words = SENTENCES[code].format(tmp_path / "elsewhere", "set RECO_RUNS to another folder")
    assert sentence(tmp_path / "elsewhere" / "run" / "run.json") == words


def test_what_nobody_named_has_a_sentence_too():
    assert "What is written needs room to write; its disk" in words_of(OSError(errno.ENOSPC, "No space left on device"))
    assert "raise the limit (ulimit -n)" in words_of(OSError(errno.EMFILE, "Too many open files"))
    assert words_of(OSError(errno.EIO, "Input/output error", "/x")) == (
        "The file or folder /x cannot be used: Input/output error."
    )
    assert words_of(OSError(errno.EACCES, "Permission denied", "/x/y")).startswith("/x/y must be open to this user")


def test_a_file_that_does_not_fit_leaves_the_old_one_and_nothing_beside_it(tmp_path: Path):
    path = tmp_path / "figures.json"
    write_json(path, {"rmse": 1.0})
    with pytest.raises(StorageError) as raised, room_for(1000):
        write_json(path, {"rmse": "9" * 2000})
    assert is_full(raised.value) and [one.name for one in tmp_path.iterdir()] == ["figures.json"]
    with pytest.raises(StorageError, match="read-only disk"), closed(tmp_path):
        write_whole(path, lambda file: file.write(b"{}"))
    assert path.read_text() == '{\n "rmse": 1.0\n}'


def test_a_folder_that_does_not_fit_is_gone(tmp_path: Path):
    with pytest.raises(StorageError, match="needs room"), room_for(1000), new_folder(tmp_path / "a" / "b") as made:
        (made / "small").write_bytes(b"1")
        (made / "large").write_bytes(bytes(2000))
    assert not (tmp_path / "a" / "b").exists()


def test_the_products_folders_are_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("RECO_RUNS", str(file))
    with pytest.raises(SettingsError, match=f"RECO_RUNS must be a folder; {file} is a file"):
        runs_home()
    monkeypatch.setenv("RECO_HOME", str(file))
    with pytest.raises(SettingsError, match=f"RECO_HOME must be a folder; {file} is a file"):
        home()


@pytest.mark.parametrize("chosen", ["", "~/reco"])
def test_a_user_without_a_home_names_a_folder(chosen: str, monkeypatch: pytest.MonkeyPatch):
    def nobody(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    for name in ("HOME", "XDG_DATA_HOME", "USERPROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RECO_HOME", chosen)
    with pytest.raises(SettingsError, match="RECO_HOME must name a folder by its full path, as this user"):
        home()
