"""XLA's compiled code, kept on disk from one process to the next: only what was written here whole is ever loaded.

TensorFlow fails on a damaged file, and what it loads is machine code. So it never reads the store itself: a process
gets a folder of its own with the files whose checksum is in the store's manifest, all others are deleted, and what it
compiles anew is taken into the store with its checksum. A store holds for one version, one TensorFlow, one kind of
processor and one set of flags; the least recently made code makes room.

XLA finds its files by a checksum of the program, names of functions in it; where these come out otherwise than before
(tuning/tf_names.py), it compiles anew. So a program counts as known only once a later process has seen its
code load.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock
from pydantic import BaseModel

from reco_core import __version__, tuning
from reco_core.paths import home
from reco_core.runs.files import write_json
from reco_core.storage import write_whole

FLAGS = "TF_XLA_FLAGS"
OPTION = "--tf_xla_persistent_cache_directory"
MANIFEST, LOCK, OWN = "manifest.json", "manifest.lock", "in-use-"
MOST_BYTES = 24 * 2**20  # some sixty shapes
LOCK_SECONDS, OLD_SECONDS = 5.0, 24 * 3600.0


class Facts(BaseModel):
    """What a file in the store must be."""

    sha256: str
    bytes: int


class Manifest(BaseModel):
    """The files of a store, oldest first, and for each program (the SHA-256 of its key) the files that it needs.

    proven: the programs that a process after the one that compiled them has loaded.
    """

    files: dict[str, Facts] = {}
    shapes: dict[str, list[str]] = {}
    proven: list[str] = []

    def drop(self, name: str) -> None:
        """Without a file, and without the programs that need it."""
        del self.files[name]
        self.shapes = {shape: names for shape, names in self.shapes.items() if name not in names}
        self.proven = [shape for shape in self.proven if shape in self.shapes]


class CompiledCode:
    """The store as one process sees it; `has` and `compiling` go by the key of a program."""

    def __init__(self, store: Path, most_bytes: int = MOST_BYTES) -> None:
        self._store, self._most = store, most_bytes
        store.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._remove_old_folders()
        self.folder = Path(tempfile.mkdtemp(prefix=OWN, dir=store))
        with self._lock():
            manifest = self._read()
            for name in [name for name, facts in manifest.files.items() if not self._is_whole(name, facts)]:
                manifest.drop(name)
            for path in store.iterdir():
                if path.is_file() and path.name not in {*manifest.files, MANIFEST, LOCK}:
                    path.unlink(missing_ok=True)
            for name in manifest.files:
                _copy(store / name, self.folder / name)
            self._write(manifest)
        self._proven = set(manifest.proven)

    def has(self, key: str) -> bool:
        """Whether code of this program is there and was seen to load."""
        return _name(key) in self._proven

    @contextmanager
    def compiling(self, key: str) -> Iterator[None]:
        """While a program is compiled or loaded: what is new then is taken in; where nothing is, its code did load.

        What taking it in fails for is compiled again one day.
        """
        before = self._files()
        yield
        with suppress(OSError, TimeoutError):
            new = {name: _facts(self.folder / name) for name in sorted(self._files() - before)}
            with self._lock():
                manifest = self._read()
                self._take(manifest, new, _name(key))
                self._write(manifest)
            self._proven = set(manifest.proven)

    def _take(self, manifest: Manifest, new: dict[str, Facts], shape: str) -> None:
        """Writes into the manifest what compiling a program has shown."""
        if not new:
            if shape in manifest.shapes and shape not in manifest.proven:
                manifest.proven.append(shape)
            return
        for name, facts in new.items():
            _copy(self.folder / name, self._store / name)
            manifest.files.pop(name, None)
            manifest.files[name] = facts
        manifest.shapes[shape] = list(new)
        manifest.proven = [other for other in manifest.proven if other != shape]
        self._make_room(manifest)

    def _files(self) -> set[str]:
        return {path.name for path in self.folder.glob("*.pb")}

    def close(self) -> None:
        """Removes the process's own folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_room(self, manifest: Manifest) -> None:
        """Drops the oldest files until the rest fits."""
        while len(manifest.files) > 1 and sum(facts.bytes for facts in manifest.files.values()) > self._most:
            oldest = next(iter(manifest.files))
            manifest.drop(oldest)
            (self._store / oldest).unlink(missing_ok=True)

    def _is_whole(self, name: str, facts: Facts) -> bool:
        path = self._store / name
        return Path(name).name == name and path.is_file() and not path.is_symlink() and _facts(path) == facts

    def _read(self) -> Manifest:
        """The manifest; an empty one where it is missing or damaged, so that no file counts."""
        with suppress(OSError, ValueError):
            return Manifest.model_validate_json((self._store / MANIFEST).read_bytes())
        return Manifest()

    def _write(self, manifest: Manifest) -> None:
        write_json(self._store / MANIFEST, manifest.model_dump())

    def _lock(self) -> FileLock:
        return FileLock(self._store / LOCK, timeout=LOCK_SECONDS)

    def _remove_old_folders(self) -> None:
        """Folders of processes that were killed."""
        for folder in self._store.glob(f"{OWN}*"):
            with suppress(OSError):
                if time.time() - folder.stat().st_mtime > OLD_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)


def open_code() -> CompiledCode | None:
    """The store of this machine, with TensorFlow told to use it; to be called before TensorFlow is imported.

    None where its flags in the environment already name such a folder, where the product's folder cannot be used, or
    where tuning is off, so that no name would be found again.
    """
    flags = os.environ.get(FLAGS, "")
    if OPTION in flags or not tuning.is_on():
        return None
    try:
        code = CompiledCode(home() / "xla" / stamp())
    except (OSError, TimeoutError):
        return None
    os.environ[FLAGS] = f"{flags} {OPTION}={code.folder}".strip()
    atexit.register(code.close)
    return code


def stamp() -> str:
    """What code holds for: 16 hexadecimal digits of versions, the processor and the flags."""
    facts = [
        __version__,
        version("tensorflow"),
        platform.system(),
        platform.machine(),
        _processor(),
        os.environ.get(FLAGS, ""),
        os.environ.get("XLA_FLAGS", ""),
    ]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def _processor() -> str:
    """The processor's name and what it can do, where the system says so."""
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        wanted = ("model name", "flags", "Features", "CPU part")
        return "\n".join(sorted({line for line in lines if line.startswith(wanted)}))
    return platform.processor()


def _facts(path: Path) -> Facts:
    content = path.read_bytes()
    return Facts(sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _copy(source: Path, to: Path) -> None:
    """A copy that is whole or not there."""
    content = source.read_bytes()
    write_whole(to, lambda file: file.write(content))
