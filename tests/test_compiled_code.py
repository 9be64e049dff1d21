"""Compiled code that outlives its process: only what was written whole is loaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reco_core.jobs.server import xla_cache
from reco_core.jobs.server.xla_cache import (
    FLAGS,
    MANIFEST,
    MOST_BYTES,
    OLD_SECONDS,
    OPTION,
    OWN,
    CompiledCode,
    open_code,
)

NAME = "xla_compile_cache__1__XLA_CPU_JIT.pb"
CODE = bytes(range(256)) * 8


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "xla"


def compiled(
    store: Path, key: str = "shape", name: str = NAME, content: bytes = CODE, most: int = MOST_BYTES
) -> CompiledCode:
    """A process that compiled one program."""
    code = CompiledCode(store, most_bytes=most)
    with code.compiling(key):
        (code.folder / name).write_bytes(content)
    return code


def loaded(store: Path, key: str = "shape") -> CompiledCode:
    """A later process, that loaded its code."""
    code = CompiledCode(store)
    with code.compiling(key):
        pass
    return code


def proven(store: Path, key: str = "shape", name: str = NAME, content: bytes = CODE) -> None:
    compiled(store, key, name, content)
    assert loaded(store, key).has(key)


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.pb")}


def test_the_next_process_has_the_code_in_a_folder_of_its_own(store: Path) -> None:
    first, second = compiled(store), CompiledCode(store)
    assert second.folder != first.folder
    assert (second.folder / NAME).read_bytes() == CODE


def test_a_program_is_known_once_a_later_process_has_loaded_its_code(store: Path) -> None:
    assert not compiled(store).has("shape")
    assert not CompiledCode(store).has("shape")
    assert loaded(store).has("shape")
    later = CompiledCode(store)
    assert later.has("shape") and not later.has("other")


def test_a_program_that_had_to_be_compiled_anew_is_no_longer_known(store: Path) -> None:
    proven(store)
    assert not compiled(store, name="under another name.pb").has("shape")
    assert not CompiledCode(store).has("shape")


def test_what_was_not_compiled_to_the_end_is_not_known(store: Path) -> None:
    code = CompiledCode(store)
    with pytest.raises(ValueError, match="no XLA"), code.compiling("shape"):
        (code.folder / NAME).write_bytes(CODE)
        raise ValueError("no XLA")
    assert files(store) == set()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "truncated": lambda path: path.write_bytes(CODE[:100]),
    "empty": lambda path: path.write_bytes(b""),
    "random": lambda path: path.write_bytes(os.urandom(len(CODE))),
    "one bit": lambda path: path.write_bytes(CODE[:-1] + b"\x00"),
    "missing": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_deleted_and_its_program_is_not_known(store: Path, damage: str) -> None:
    proven(store)
    proven(store, "other", "b.pb", b"b")
    DAMAGES[damage](store / NAME)
    code = CompiledCode(store)
    assert not code.has("shape") and code.has("other")
    assert files(code.folder) == files(store) == {"b.pb"}


def test_a_foreign_file_is_deleted(store: Path) -> None:
    compiled(store)
    (store / "foreign.pb").write_bytes(b"code of somebody else")
    code = CompiledCode(store)
    assert files(code.folder) == files(store) == {NAME}


def test_a_link_to_a_file_elsewhere_is_not_followed(store: Path, tmp_path: Path) -> None:
    compiled(store)
    (tmp_path / "elsewhere").write_bytes(CODE)
    (store / NAME).unlink()
    try:
        (store / NAME).symlink_to(tmp_path / "elsewhere")
    except OSError:
        pytest.skip("links cannot be made here")
    assert files(CompiledCode(store).folder) == set()
    assert (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"files": [], "shapes": {}}', '{"files": {"a": 1}, "shapes": {}}']
)
def test_with_a_damaged_manifest_no_file_counts(store: Path, text: str) -> None:
    proven(store)
    (store / MANIFEST).write_text(text)
    code = CompiledCode(store)
    assert not code.has("shape")
    assert files(store) == set()
    assert json.loads((store / MANIFEST).read_text())["files"] == {}


def test_a_manifest_cannot_name_files_elsewhere(store: Path, tmp_path: Path) -> None:
    proven(store)
    outside = tmp_path / "outside.pb"
    outside.write_bytes(CODE)
    text = (store / MANIFEST).read_text().replace(NAME, "../outside.pb")
    (store / MANIFEST).write_text(text)
    assert not CompiledCode(store).has("shape")
    assert outside.exists()


def test_the_oldest_code_makes_room(store: Path) -> None:
    for n in range(4):
        compiled(store, str(n), f"{n}.pb", bytes(100), most=250)
    assert files(store) == {"2.pb", "3.pb"}
    assert [loaded(store, str(n)).has(str(n)) for n in range(4)] == [False, False, True, True]


def test_two_processes_add_to_one_store(store: Path) -> None:
    codes = [CompiledCode(store) for _ in range(2)]
    for n, code in enumerate(codes):
        with code.compiling(str(n)):
            (code.folder / f"{n}.pb").write_bytes(b"code")
    assert files(store) == {"0.pb", "1.pb"}
    assert all(loaded(store, str(n)).has(str(n)) for n in range(2))


def test_a_full_disk_costs_the_code_and_nothing_else(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(xla_cache, "_copy", full)
    compiled(store)
    assert not loaded(store).has("shape")


def test_folders_of_killed_processes_are_removed_after_a_day(store: Path) -> None:
    old = store / f"{OWN}old"
    old.mkdir(parents=True)
    os.utime(old, (time.time() - 2 * OLD_SECONDS,) * 2)
    code = CompiledCode(store)
    assert not old.exists()
    code.close()
    assert not code.folder.exists()


def test_flags_that_name_a_folder_already_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FLAGS, f"{OPTION}=/somewhere")
    assert open_code() is None
    assert os.environ[FLAGS] == f"{OPTION}=/somewhere"


def test_where_the_folder_cannot_be_used_nothing_outlives_the_process(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FLAGS, raising=False)
    own_home.mkdir(parents=True, exist_ok=True)
    (own_home / "xla").write_text("a file in the way")
    assert open_code() is None
    assert FLAGS not in os.environ


PROCESS = """
from reco_core.jobs.server.xla_cache import open_code
code = open_code()
import json, sys, time
from reco_core.encode import RatingScale
from reco_core.jobs.running.load_tensorflow import load
from reco_core.models import get_model
from reco_core.models.spec import Shape
from reco_core.training.program import xla_works
from reco_core.training.programs import Programs
load()
xla_works()
spec = get_model("mf_bias")
programs, shape = Programs(code=code), Shape(20, 30, RatingScale(1.0, 5.0, 1.0), 3.0)
if sys.argv[1:]:
    Programs().get(spec, spec.parse({"dim": 3}), shape, 32).compile()
program = programs.get(spec, spec.parse({"dim": 2}), shape, 32)
known, began = program.has_code, time.process_time()
works = program.compile()
print(json.dumps({"known": known, "works": works, "seconds": time.process_time() - began}))
"""


def test_real_processes_find_the_code_of_the_one_before_them_whatever_their_past(own_home: Path) -> None:
    def told(*words: str) -> dict[str, float]:
        done = subprocess.run([sys.executable, "-c", PROCESS, *words], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    first = told()
    (folder,) = (path for path in (own_home / "xla").iterdir())
    (folder / "xla_compile_cache__2__XLA_CPU_JIT.pb").write_bytes(os.urandom(1000))
    second, third = told("compile another shape first"), told()
    assert [one["known"] for one in (first, second, third)] == [False, False, True]
    assert first["works"] and second["works"] and third["works"]
    assert max(second["seconds"], third["seconds"]) < 0.7 * first["seconds"]
