"""All runs of a folder: made, listed, opened, renamed, deleted, exported and imported."""

from __future__ import annotations

import errno
import threading
from collections import OrderedDict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from reco_core.errors import RunError
from reco_core.models import get_model
from reco_core.paths import runs_home
from reco_core.runs.archive import Archive, discard, move_in, pack, unpack
from reco_core.runs.chosen import name_of
from reco_core.runs.files import write_json
from reco_core.runs.run import Run, RunFiles
from reco_core.runs.run_spec import INFO, NAME_LENGTH, RUN_ID, RunRequest, RunSpec, check_name, versions
from reco_core.runs.view import RunView
from reco_core.storage import StorageError, kept_in

FILES_KEPT = 256


class RunStore:
    """The runs in one folder, by default runs_home(). Safe for threads, and for several processes on one folder."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = Path(root) if root is not None else runs_home()
        self._files: OrderedDict[str, RunFiles] = OrderedDict()
        self._lock = threading.Lock()

    def create(self, request: RunRequest) -> Run:
        """A new run that nobody trains yet, named for what it is; raises SettingsError."""
        spec = get_model(request.model)
        settings = spec.parse(request.settings, request.preset)
        now = datetime.now(UTC)
        request = request.model_copy(update={"settings": settings.model_dump(mode="json")})
        info = RunSpec(
            **request.model_dump(exclude={"name"}),
            name=self._free_name(request.name or name_of(request)),
            id=_new_id(spec.name, now),
            created=now,
            versions=versions(),
        )
        folder = self._temporary("new")
        try:
            return self._take_in(folder, info)
        finally:
            discard(folder)

    def list(self, dataset: str | None = None) -> list[Run]:
        """Every readable run, newest first; `dataset` (a name or a fingerprint) keeps those of one dataset."""
        runs = []
        for run_id in self._ids():
            try:
                run = self.open(run_id)
            except RunError:
                continue
            if dataset in (None, run.info.dataset, run.info.dataset_fingerprint):
                runs.append(run)
        return sorted(runs, key=lambda run: (run.info.created, run.id), reverse=True)

    def views(self, dataset: str | None = None) -> tuple[RunView, ...]:
        """One look at every readable run, newest first, as list() gives them."""
        return tuple(run.look() for run in self.list(dataset))

    def damaged(self) -> dict[str, str]:
        """Why each run that list() leaves out cannot be read, by id."""
        reasons = {}
        for run_id in self._ids():
            try:
                self.open(run_id)
            except RunError as error:
                reasons[run_id] = str(error)
        return reasons

    def open(self, run_id: str) -> Run:
        """The run with this id; raises RunError (an id becomes a path, so any other text is refused)."""
        if not isinstance(run_id, str) or not RUN_ID.fullmatch(run_id):
            raise RunError(f"A run id looks like 20250131-093000-mf_bias-1a2b; got {str(run_id)[:60]!r}.")
        return Run(self.root / run_id, self._files_of(run_id))

    def find(self, text: str) -> Run:
        """The run that a person means: its id, the start of one, its name, or `last`; raises RunError."""
        if RUN_ID.fullmatch(text):
            return self.open(text)
        runs = self.list()
        if text == "last" and runs:
            return runs[0]
        found = [run for run in runs if run.name == text] or [run for run in runs if text and run.id.startswith(text)]
        if len(found) == 1:
            return found[0]
        if found:
            several = ", ".join(run.id for run in found[:3])
            raise RunError(f"A run must be named by its id where several match; {text!r} matches {several}.")
        have = ", ".join(run.id for run in runs[:3]) or "none yet"
        raise RunError(f"There is no run {text[:60]!r}; the newest are: {have} (`reco runs` lists all).")

    def rename(self, run_id: str, name: str) -> Run:
        """The run with another name, made unlike the others; raises RunError."""
        run = self.open(run_id)
        check_name(name)
        if name.strip() != run.name:
            run.update(name=self._free_name(name.strip()))
        return run

    def pin(self, run_id: str, pinned: bool) -> Run:
        """The run, pinned or not: of a dataset's runs, pages show the one pinned last where none is chosen."""
        run = self.open(run_id)
        run.update(pinned=datetime.now(UTC).isoformat() if pinned else None)
        return run

    def delete(self, run_id: str) -> None:
        """Remove a run for good; raises RunError where it is still queued or running."""
        run = self.open(run_id)
        if run.active:
            raise RunError(f"Only a run that has ended can be deleted; {run.name} is {run.status}: stop it first.")
        hidden = self.root / f".gone-{uuid4().hex[:8]}"
        with kept_in(run.folder):
            moved = move_in(run.folder, hidden)
        discard(hidden if moved else run.folder)
        with self._lock:
            self._files.pop(run_id, None)

    def export(self, run_id: str, to: Path | IO[bytes]) -> None:
        """Write a run as a .zip (path or open file) or as a new folder; raises RunError."""
        pack(self.open(run_id), Path(to) if isinstance(to, str) else to)

    def import_(self, archive: Archive) -> Run:
        """An exported run (zip, its bytes, or folder) taken in, with a new id if its own is taken; raises RunError."""
        folder = self._temporary("import")
        try:
            info = unpack(archive, folder)
            info = info.model_copy(update={"name": self._free_name(info.name)})
            return self._take_in(folder, info)
        finally:
            discard(folder)

    def _ids(self) -> list[str]:
        try:
            with kept_in(self.root):
                return [path.name for path in self.root.iterdir() if RUN_ID.fullmatch(path.name)]
        except StorageError as error:
            if error.errno != errno.ENOENT:
                raise
            return []

    def _files_of(self, run_id: str) -> RunFiles:
        """The readers of a run's files, kept so that a page which polls reads only what is new."""
        with self._lock:
            files = self._files.pop(run_id, None) or RunFiles(self.root / run_id)
            self._files[run_id] = files
            if len(self._files) > FILES_KEPT:
                self._files.popitem(last=False)
            return files

    def _free_name(self, name: str) -> str:
        """The name, with a number where another run has it."""
        taken = {run.name for run in self.list()}
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name[: NAME_LENGTH - 6]} · {number}"
        return free

    def _temporary(self, purpose: str) -> Path:
        folder = self.root / f".{purpose}-{uuid4().hex[:8]}"
        with kept_in(self.root):
            folder.mkdir(parents=True)
        return folder

    def _take_in(self, folder: Path, info: RunSpec) -> Run:
        """Give a written folder its place, under a new id where its own is taken."""
        write_json(folder / INFO, info.model_dump(mode="json"))
        while not move_in(folder, self.root / info.id):
            info = info.model_copy(update={"id": _new_id(info.model, info.created)})
            write_json(folder / INFO, info.model_dump(mode="json"))
        return self.open(info.id)


def _new_id(model: str, created: datetime) -> str:
    return f"{created.astimezone():%Y%m%d-%H%M%S}-{model}-{uuid4().hex[:4]}"
