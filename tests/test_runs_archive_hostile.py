"""Hostile and damaged archives of runs: refused in one sentence, and nothing is left of them."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reco_core.errors import RecoError, RunError
from reco_core.runs import Run, RunStore
from reco_core.runs import archive as archive_module
from tests.archives import changed, exported, zipped
from tests.fuzz.sound_runs import sound_runs
from tests.test_runs import FINISHED, STARTED, epoch, record, request, weights


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.fixture
def elsewhere(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "elsewhere")


@pytest.fixture
def run(store: RunStore) -> Run:
    made = record(store.create(request(name="mine")), STARTED, epoch(1), FINISHED, saved=1)
    made.write_metrics({"test": {"rmse": 0.9}, "baselines": {"bias": {"rmse": 1.0}}, "protocol": "how"})
    return made


def npz(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


class Evil:
    def __reduce__(self) -> tuple:
        return (Path("pwned").touch, ())


def _header_lies() -> bytes:
    """An array that claims to be 8 TB."""
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"
    header += b" " * (118 - len(header)) + b"\n"
    npy = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\0" * 64
    return zipped({"user_vectors.npy": npy})


def _headed(content: bytes, name: bytes, packed: int, size: int) -> bytes:
    """The same zip, whose directory claims other sizes of a member."""
    at = content.rindex(name) - 46
    return content[: at + 20] + packed.to_bytes(4, "little") + size.to_bytes(4, "little") + content[at + 28 :]


def _compressed() -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **weights())
    return file.getvalue()


def _svdpp(**wrong: int) -> bytes:
    """A run of SVD++ whose lists of who rated what hold a number that SciPy would follow out of its memory."""
    members = {name: content for name, content in sound_runs()["svdpp"].items() if name in archive_module.MOST_BYTES}
    arrays = dict(np.load(io.BytesIO(members["weights.npz"])))
    for name, number in wrong.items():
        arrays[name] = arrays[name].copy()
        arrays[name][1] = number
    return zipped(members | {"weights.npz": npz(**arrays)})


HOSTILE: dict[str, tuple[Callable[[dict[str, bytes]], bytes], str]] = {
    "no zip": (lambda m: b"hello", "must be a zip"),
    "empty": (lambda m: b"", "must be a zip"),
    "no run.json": (lambda m: zipped({"events.jsonl": b""}), "holds run.json"),
    "climbs out": (lambda m: zipped(m | {"../../evil": b"x"}), "holds only"),
    "absolute": (lambda m: zipped(m | {"/etc/passwd": b"x"}), "holds only"),
    "backslashes": (lambda m: zipped(m | {"..\\evil": b"x"}), "holds only"),
    "a program": (lambda m: zipped(m | {"run.py": b"x"}), "holds only"),
    "two folders": (lambda m: zipped({f"{i}/{name}": c for i, (name, c) in enumerate(m.items())}), "holds only"),
    "run.json no json": (lambda m: zipped(m | {"run.json": b"{"}), "must be JSON"),
    "run.json deep": (lambda m: zipped(m | {"run.json": b"[" * 100_000}), "must be JSON"),
    "unknown field": (lambda m: zipped(m | {"run.json": changed(m["run.json"], extra=1)}), "extra"),
    "id climbs out": (lambda m: zipped(m | {"run.json": changed(m["run.json"], id="../../x")}), "id"),
    "dataset is a path": (lambda m: zipped(m | {"run.json": changed(m["run.json"], dataset="//evil/x")}), "dataset"),
    "unknown model": (lambda m: zipped(m | {"run.json": changed(m["run.json"], model="os.system")}), "model must be"),
    "setting out of range": (
        lambda m: zipped(m | {"run.json": changed(m["run.json"], settings={"dim": -1})}),
        "dim must",
    ),
    "name with lines": (lambda m: zipped(m | {"run.json": changed(m["run.json"], name="a\nb")}), "name"),
    "sizes not finite": (
        lambda m: zipped(m | {"run.json": m["run.json"].replace(b'"mean": 3.5', b'"mean": NaN')}),
        "NaN is no number",
    ),
    "other sizes": (
        lambda m: zipped(m | {"run.json": m["run.json"].replace(b'"n_users": 4', b'"n_users": 4000000')}),
        "must fit mf",
    ),
    "weights without sizes": (lambda m: zipped(m | {"run.json": changed(m["run.json"], sizes=None)}), "sizes"),
    "event of no kind": (lambda m: zipped(m | {"events.jsonl": b'{"event": "Exec"}\n'}), "line 1"),
    "event with text for a number": (
        lambda m: zipped(m | {"events.jsonl": m["events.jsonl"].replace(b'"epoch": 1', b'"epoch": "<script>"')}),
        "line 2",
    ),
    "event no json": (lambda m: zipped(m | {"events.jsonl": b"\xff\xfe\n"}), "line 1"),
    "metrics no figures": (lambda m: zipped(m | {"metrics.json": b'{"test": {"rmse": "x"}}'}), "metrics.json"),
    "pickle": (lambda m: zipped(m | {"weights.npz": pickle.dumps(Evil())}), "npz of plain numbers"),
    "pickle in npz": (
        lambda m: zipped(m | {"weights.npz": npz(user_vectors=np.array([Evil()], dtype=object))}),
        "npz of plain numbers",
    ),
    "text in npz": (lambda m: zipped(m | {"weights.npz": npz(user_vectors=np.array(["x"]))}), "npz of plain numbers"),
    "file in npz": (lambda m: zipped(m | {"weights.npz": zipped({"a.txt": b"x"})}), "npz of plain numbers"),
    "header lies": (lambda m: zipped(m | {"weights.npz": _header_lies()}), "npz of plain numbers"),
    "not finite": (
        lambda m: zipped(m | {"weights.npz": npz(**weights() | {"user_vectors": np.full((4, 2), np.nan)})}),
        "not finite",
    ),
    "a table too small": (
        lambda m: zipped(m | {"weights.npz": npz(**weights() | {"user_vectors": np.zeros((3, 2), "f4")})}),
        "must fit mf",
    ),
    "a table missing": (lambda m: zipped(m | {"weights.npz": npz(user_vectors=np.zeros((4, 2), "f4"))}), "must fit mf"),
    "a table too many": (
        lambda m: zipped(m | {"weights.npz": npz(**weights(), more=np.zeros(3, "f4"))}),
        "must fit mf",
    ),
    "bomb": (
        lambda m: zipped(m | {"events.jsonl": b" " * 3_000_000}, compression=zipfile.ZIP_DEFLATED),
        "packed at most",
    ),
    "a member without a name": (
        lambda m: zipped(m).replace(b"events.jsonl", b"\0vents.jsonl"),
        "must be a zip|holds only",
    ),
    "packed to nothing": (lambda m: _headed(zipped(m), b"events.jsonl", 0, 2**21), "packed at most"),
    "packed by LZMA": (lambda m: zipped(m, compression=zipfile.ZIP_LZMA), "packed in a way that no export uses"),
    "a million names": (lambda m: zipped({f"{n:0>100}": b"" for n in range(1000)}), "its directory has"),
    "arrays packed": (lambda m: zipped(m | {"weights.npz": _compressed()}), "is packed; arrays are stored"),
    "arrays that claim more than there is": (
        lambda m: zipped(m | {"weights.npz": _headed(npz(**weights()), b"user_vectors.npy", 2**30, 2**30)}),
        "claim",
    ),
    "start of lists that are none": (lambda m: _svdpp(context_start=2**40), "must fit svdpp"),
    "items of lists that are none": (lambda m: _svdpp(context_items=2**30), "must fit svdpp"),
    "encrypted": (lambda m: _flagged(zipped(m), 1), "must be a zip"),
    "cut off": (lambda m: zipped(m)[:-30], "must be a zip|holds only"),
}


def _flagged(content: bytes, flag: int) -> bytes:
    """The same zip with a flag set in every header."""
    changed = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            changed[at + offset] |= flag
            at = content.find(mark, at + 1)
    return bytes(changed)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_import_is_refused_in_one_sentence_and_leaves_nothing(
    store: RunStore, elsewhere: RunStore, run: Run, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.rglob("*"))
    make, words = HOSTILE[name]
    with pytest.raises(RecoError, match=words) as caught:
        elsewhere.import_(make(exported(store, run)))
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400
    assert elsewhere.list() == []
    assert {path for path in set(tmp_path.rglob("*")) - before if path != elsewhere.root} == set()


def test_each_file_of_an_import_has_a_largest_size(
    store: RunStore, elsewhere: RunStore, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    members = exported(store, run)
    store.export(run.id, tmp_path / "out")
    monkeypatch.setitem(archive_module.MOST_BYTES, "events.jsonl", 100)
    for archive in (zipped(members), tmp_path / "out"):
        with pytest.raises(RunError, match=r"events\.jsonl of an exported run has at most 100 bytes"):
            elsewhere.import_(archive)


def test_an_import_that_is_not_there_is_named(elsewhere: RunStore, tmp_path: Path):
    with pytest.raises(RunError, match=r"gone\.zip does not exist"):
        elsewhere.import_(tmp_path / "gone.zip")
