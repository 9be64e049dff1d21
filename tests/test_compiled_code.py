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

from reco_core.jobs import compiled_code
from reco_core.jobs.compiled_code import FLAGS, MANIFEST, OLD_SECONDS, OPTION, OWN, CompiledCode, open_code

NAME = "xla_compile_cache__1__XLA_CPU_JIT.pb"
CODE = bytes(range(256)) * 8


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "xla"


def compiled(store: Path, key: str = "shape", name: str = NAME, content: bytes = CODE) -> CompiledCode:
    """A process that compiled one program."""
    code = CompiledCode(store)
    (code.folder / name).write_bytes(content)
    code.add(key)
    return code


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.pb")}


def test_the_next_process_has_the_code_in_a_folder_of_its_own(store: Path) -> None:
    first = compiled(store)
    assert first.has("shape") and not first.has("other")
    second = CompiledCode(store)
    assert second.has("shape") and not second.has("other")
    assert second.folder != first.folder
    assert (second.folder / NAME).read_bytes() == CODE


DAMAGES: dict[str, Callable[[Path], object]] = {
    "truncated": lambda path: path.write_bytes(CODE[:100]),
    "empty": lambda path: path.write_bytes(b""),
    "random": lambda path: path.write_bytes(os.urandom(len(CODE))),
    "one bit": lambda path: path.write_bytes(CODE[:-1] + b"\x00"),
    "missing": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_deleted_and_its_program_is_not_known(store: Path, damage: str) -> None:
    compiled(store)
    compiled(store, "other", "b.pb", b"b")
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
    compiled(store)
    (store / MANIFEST).write_text(text)
    code = CompiledCode(store)
    assert not code.has("shape")
    assert files(store) == set()
    assert json.loads((store / MANIFEST).read_text())["files"] == {}


def test_a_manifest_cannot_name_files_elsewhere(store: Path, tmp_path: Path) -> None:
    compiled(store)
    outside = tmp_path / "outside.pb"
    outside.write_bytes(CODE)
    text = (store / MANIFEST).read_text().replace(NAME, "../outside.pb")
    (store / MANIFEST).write_text(text)
    assert not CompiledCode(store).has("shape")
    assert outside.exists()


def test_the_oldest_code_makes_room(store: Path) -> None:
    for n in range(4):
        code = CompiledCode(store, most_bytes=250)
        (code.folder / f"{n}.pb").write_bytes(bytes(100))
        code.add(str(n))
    assert files(store) == {"2.pb", "3.pb"}
    assert [CompiledCode(store).has(str(n)) for n in range(4)] == [False, False, True, True]


def test_two_processes_add_to_one_store(store: Path) -> None:
    codes = [CompiledCode(store) for _ in range(2)]
    for n, code in enumerate(codes):
        (code.folder / f"{n}.pb").write_bytes(b"code")
        code.add(str(n))
    assert files(store) == {"0.pb", "1.pb"}
    assert all(CompiledCode(store).has(str(n)) for n in range(2))


def test_a_full_disk_costs_the_code_and_nothing_else(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = CompiledCode(store)
    (code.folder / NAME).write_bytes(CODE)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(compiled_code, "_copy", full)
    code.add("shape")
    assert not code.has("shape")


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
from reco_core.jobs.compiled_code import open_code
code = open_code()
import json, time
import numpy as np
from reco_core.encode import RatingScale
from reco_core.jobs.runtime import load
from reco_core.models import get_model
from reco_core.models.spec import Shape
from reco_core.training.programs import Programs
load()
spec = get_model("mf_bias")
programs, shape = Programs(code=code), Shape(20, 30, RatingScale(1.0, 5.0, 1.0), 3.0)
program = programs.get(spec, spec.parse({"dim": 2}), shape, 32)
known, began = program.has_code, time.process_time()
programs.compile()
if known:
    program.use(True)
print(json.dumps({"known": known, "works": program.has_code, "seconds": time.process_time() - began}))
"""


def test_a_real_process_finds_the_code_of_the_one_before_it(own_home: Path) -> None:
    def told() -> dict[str, float]:
        done = subprocess.run([sys.executable, "-c", PROCESS], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    first = told()
    (folder,) = (path for path in (own_home / "xla").iterdir())
    (folder / "xla_compile_cache__2__XLA_CPU_JIT.pb").write_bytes(os.urandom(1000))
    second = told()
    assert (first["known"], second["known"], second["works"]) == (False, True, True)
    assert second["seconds"] < first["seconds"]
