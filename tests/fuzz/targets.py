"""What is fuzzed: functions of any bytes and an empty folder that raise nothing; another reader is one more in TARGETS.

A RecoError is an answer. Anything else is a finding, and so are more than MOST_SECONDS, and a sound run that is lost.
"""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

import numpy as np
from rich.console import Console

from pages.ui.runs.runs_table import differing_settings, runs_table
from reco_core.cli.output import plain
from reco_core.cli.show import print_run, run_json, run_row
from reco_core.errors import RecoError
from reco_core.inspect.curves import read_curves
from reco_core.runs import Run, RunStore
from tests.fuzz.draws import Draws, bent, bent_json
from tests.fuzz.sound_runs import FILES, NAMES, sound_runs
from tests.fuzz.tables import read_any_table, read_odd_table, table_seeds

Target = Callable[[bytes, Path], None]
MOST_SECONDS = 2.0
TYPES = ("<f4", "<f8", "<f2", ">f4", "<i4", "<i8", "|i1", "<u8", "|b1", "<c8", "|S4", "<M8[s]", "|O")
SHAPES = ((), (0,), (1,), (4,), (30,), (20,), (3, 2), (2, 3, 4), (-1,), (-2, -2), (2**40,), (2**20, 2**20))
NUMBERS = (0.0, -1.0, 1e15, 1e16, 3e38, -3e38, 1e300, np.inf, np.nan, 2.0**31, -(2.0**31), 7.0)


def import_any_bytes(data: bytes, folder: Path) -> None:
    """An archive that is these bytes."""
    _import(data, folder)


def import_bent_members(data: bytes, folder: Path) -> None:
    """An exported run of which some files were changed, in a sound zip."""
    draws = Draws(data)
    members = dict(sound_runs()[draws.pick(NAMES)])
    members = {name: members[name] for name in FILES[:4] if name in members}
    for name in dict.fromkeys(draws.pick(list(members)) for _ in range(1 + draws.upto(2))):
        members[name] = _bent_file(draws, name, members[name])
    if draws.upto(7) == 1:
        members[draws.pick(("../x", "/x", "a/run.json", "run.json/", "x" * 300, "state.npz"))] = draws.some(8)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", draws.pick((0, 8, 8, 12, 14))) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    content = file.getvalue()
    _import(bent(draws, content) if draws.upto(7) == 1 else content, folder)


def read_damaged_folder(data: bytes, folder: Path) -> None:
    """A folder of runs in which one has some files changed, or replaced by what is no file; another one is sound."""
    draws = Draws(data)
    members = dict(sound_runs()[draws.pick(NAMES)])
    run_id = "20250101-000000-damaged-0000"
    members["run.json"] = _named(members["run.json"], run_id)
    links: dict[str, Callable[[Path], None]] = {}
    for name in dict.fromkeys(draws.pick(FILES) for _ in range(1 + draws.upto(2))):
        if draws.upto(9) == 1:
            links[name] = draws.pick((os.mkdir, os.mkfifo, lambda path: os.symlink("/etc/hostname", path)))
        else:
            members[name] = _bent_file(draws, name, members.get(name, b""))
    if draws.upto(5) == 1:
        members[f"snapshots/epoch-{draws.pick(('9' * 5000, '00005', '1234567', '٣٣٣٣', '0002'))[:200]}.npz"] = b""
    _write(folder / run_id, members, links)
    sound = "20250101-000000-sound-0000"
    files = dict(sound_runs()["popularity"])
    _write(folder / sound, files | {"run.json": _named(files["run.json"], sound)}, {})
    _look(folder, {sound}, drawn=draws.upto(15) == 1)


TARGETS: tuple[Target, ...] = (
    *(import_any_bytes, import_bent_members, read_damaged_folder),
    *(read_any_table, read_odd_table),
)


def seeds(target: Target) -> list[bytes]:
    """What a coverage-guided fuzzer begins with."""
    if target is read_any_table:
        return table_seeds()
    if target is not import_any_bytes:
        return [bytes(range(n, n + 60)) for n in range(0, 180, 20)] + [b"\1" * 30, b""]
    found = []
    for members in sound_runs().values():
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name in FILES[:4]:
                archive.writestr(name, members.get(name, b""))
        found.append(file.getvalue())
    return found


def attempt(target: Target, data: bytes, folder: Path) -> float:
    """Run one input in an emptied folder; returns the seconds of the processor that it took, at most MOST_SECONDS."""
    began = time.process_time()
    try:
        target(data, folder)
    finally:
        for path in folder.iterdir():
            path.unlink() if path.is_symlink() or not path.is_dir() else rmtree(path)
    took = time.process_time() - began
    assert took <= MOST_SECONDS, f"{target.__name__} took {took:.1f} s"
    return took


def _import(content: bytes, folder: Path) -> None:
    store = RunStore(folder)
    try:
        run = store.import_(content)
    except RecoError as error:
        assert 0 < len(str(error)) < 1000 and list(folder.iterdir()) == [], "nothing is left of what was refused"
        return
    assert store.damaged(thorough=True) == {}, "what was taken in is sound"
    _look(folder, {run.id})


def _look(folder: Path, sound: set[str], drawn: bool = False) -> None:
    """All that lists of runs, `reco show` and pages ask of runs; drawn: as a text for people too, which takes long."""
    store = RunStore(folder)
    survey = store.survey()
    assert sound <= {view.id for view in survey.views}, "a sound run was lost"
    runs_table(survey.views), differing_settings(survey.views)
    for view in survey.views:
        run = store.open(view.id)
        json.dumps(plain([run_row(run), run_json(run)]))
        if drawn:
            print_run(Console(file=io.StringIO(), width=100), run)
        read_curves(view.epochs())
        if view.id not in sound or len(sound) == len(survey.views):
            _use(run)


def _use(run: Run) -> None:
    """Weights, checkpoint and snapshots: each is read, or refused in a sentence."""
    for read in (run.state_arrays, run.saved, *(lambda epoch=epoch: run.arrays(epoch) for epoch in run.snapshots())):
        with suppress(RecoError):
            read()
    with suppress(RecoError), np.errstate(all="ignore"):
        scorer = run.scorer()
        shape = run.shape
        users, items = np.arange(min(shape.n_users, 50)), np.arange(min(shape.n_items, 50))
        scorer.score_all(users[:3])
        scorer.score(users[: len(items)], items[: len(users)])


def _bent_file(draws: Draws, name: str, content: bytes) -> bytes:
    if draws.upto(7) == 1 or not content:
        return bent(draws, content) if content else draws.some(200)
    if name.endswith(".json"):
        return bent_json(draws, content)
    if name.endswith(".npz"):
        return _bent_arrays(draws, content)
    lines = content.splitlines(keepends=True)
    at = draws.upto(len(lines) - 1)
    if name.endswith(".jsonl") and lines[at].startswith(b"{"):
        lines[at] = bent_json(draws, lines[at]) + b"\n"
    else:
        lines[at] = draws.some(50) + b"\n"
    if draws.upto(3) == 1:
        lines.insert(draws.upto(len(lines)), draws.pick(lines))
    return b"".join(lines)


def _bent_arrays(draws: Draws, content: bytes) -> bytes:
    """An npz with one array of another type, shape or content, left out, or under another name."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    name = draws.pick(list(arrays))
    kind = draws.upto(6)
    array = arrays[name]
    if kind == 0:
        del arrays[name]
    elif kind == 1:
        arrays[draws.pick(("x", "../x", "context_x", "y" * 300, "__epoch__"))] = array
    elif kind == 2 and array.size:
        flat = array.ravel().copy()
        with np.errstate(all="ignore"):
            flat[draws.upto(len(flat) - 1)] = np.asarray(draws.pick(NUMBERS)).astype(array.dtype)
        arrays[name] = flat.reshape(array.shape)
    elif kind == 3:
        arrays[name] = np.full(draws.pick(SHAPES[:8]), draws.pick(NUMBERS), draws.pick(("f4", "f8")))
    elif kind == 4 and array.size:
        arrays[name] = array[: draws.upto(array.shape[0])] if array.ndim else array
    else:
        return _stored(arrays, name, _header(draws.pick(TYPES), draws.pick(SHAPES)) + draws.some(64))
    return _stored(arrays)


def _stored(arrays: dict[str, np.ndarray], name: str = "", raw: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for key, array in arrays.items():
            npy = io.BytesIO()
            np.lib.format.write_array(npy, array, allow_pickle=False)
            archive.writestr(f"{key}.npy", raw if key == name else npy.getvalue())
    return file.getvalue()


def _header(kind: str, shape: tuple[int, ...]) -> bytes:
    text = f"{{'descr': {kind!r}, 'fortran_order': False, 'shape': {shape!r}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def _named(info: bytes, run_id: str) -> bytes:
    before, _, after = info.partition(b'"id": "')
    return before + b'"id": "' + run_id.encode() + after[after.index(b'"') :]


def _write(folder: Path, members: dict[str, bytes], links: dict[str, Callable[[Path], None]]) -> None:
    (folder / "snapshots").mkdir(parents=True)
    for name, content in members.items():
        if name not in links:
            (folder / name).write_bytes(content)
    for name, make in links.items():
        make(folder / name)
