"""All runs of a folder: made, listed, opened, renamed, deleted and restored, exported and imported."""

from __future__ import annotations

import errno
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from reco_core.errors import RecoError, RunError
from reco_core.models import get_model
from reco_core.owners import OPERATOR, check_may_change
from reco_core.paths import runs_home
from reco_core.runs.archive import Archive, discard, move_in, pack, unpack
from reco_core.runs.chosen import name_of
from reco_core.runs.files import is_locked, write_json
from reco_core.runs.recording import WORKING
from reco_core.runs.run import Run, RunFiles
from reco_core.runs.run_spec import (
    INFO,
    NAME_LENGTH,
    RUN_ID,
    RunRequest,
    RunSpec,
    check_name,
    checked_info,
    owner_of,
    versions,
)
from reco_core.runs.soundness import Survey, faults, survey
from reco_core.runs.trash import ASIDE, Removed, Trash
from reco_core.runs.view import RunView
from reco_core.storage import StorageError, kept_in

FILES_KEPT = 256


class RunStore:
    """The runs in one folder, by default runs_home(). Safe for threads, and for several processes on one folder."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = Path(root) if root is not None else runs_home()
        self._files: OrderedDict[str, RunFiles] = OrderedDict()
        self._lock = threading.Lock()
        self.trash, self.aside = Trash(self.root), Trash(self.root, ASIDE)

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
        """Every sound run, newest first; `dataset` (a name or a fingerprint) keeps those of one dataset."""
        found = []
        for view in self.views(dataset):
            with suppress(RunError):  # deleted a moment ago
                found.append(self.open(view.id))
        return found

    def views(self, dataset: str | None = None) -> tuple[RunView, ...]:
        """One look at every sound run, newest first, as list() gives them."""
        found = self.survey().views
        return tuple(run for run in found if dataset in (None, run.info.dataset, run.info.dataset_fingerprint))

    def damaged(self, thorough: bool = False) -> dict[str, str]:
        """Why each run that is damaged is so, by id; thorough: weights and snapshots are read too, which takes long."""
        now = self.survey()
        reasons = dict(now.damaged)
        for view in now.views if thorough else ():
            if found := faults(self.open(view.id)):
                reasons[view.id] = " ".join(found)
        return reasons

    def survey(self) -> Survey:
        """One look at every run: those that are sound, and why the others are not; none of these stops the others."""
        return survey(self.root, self._ids(), self.open)

    def open(self, run_id: str) -> Run:
        """The run with this id; raises RunError (an id becomes a path, so any other text is refused)."""
        self._check_id(run_id)
        return Run(self.root / run_id, self._files_of(run_id))

    def find(self, text: str) -> Run:
        """The run that a person means: its id, the start of one, its name, or `last`; raises RunError."""
        if RUN_ID.fullmatch(text):
            return self.open(text)
        runs = self._readable()
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

    def rename(self, run_id: str, name: str, visitor: str = OPERATOR) -> Run:
        """The run with another name, made unlike the others; raises RunError, or OwnerError for another's run."""
        run = self.open(run_id)
        check_may_change(run.info.owner, visitor, "This run", "renamed")
        check_name(name)
        if name.strip() != run.name:
            run.update(name=self._free_name(name.strip()))
        return run

    def pin(self, run_id: str, pinned: bool, visitor: str = OPERATOR) -> Run:
        """The run, pinned or not: of a dataset's runs, pages show the one pinned last where none is chosen.

        Raises OwnerError for another's run.
        """
        run = self.open(run_id)
        check_may_change(run.info.owner, visitor, "This run", "pinned")
        run.update(pinned=datetime.now(UTC).isoformat() if pinned else None)
        return run

    def delete(self, run_id: str, visitor: str = OPERATOR) -> None:
        """Take a run out of the list, damaged ones too; restore() undoes it for a while (trash.RULE).

        Raises RunError where it is still queued or running, OwnerError for another's run.
        """
        self._take_out(run_id, visitor, self.trash, "deleted")
        self.trash.tidy()

    def set_aside(self, run_id: str, visitor: str = OPERATOR) -> Path:
        """Take a run out of the list and keep it, for whoever wants to mend its files; returns where it is now.

        Raises as delete() does.
        """
        return self._take_out(run_id, visitor, self.aside, "set aside").folder

    def removed(self) -> Sequence[Removed]:
        """The runs that can be restored: deleted ones first, then those set aside, the newest first."""
        return [*self.trash.entries(), *self.aside.entries()]

    def restore(self, text: str, visitor: str = OPERATOR) -> str:
        """Put the run that was deleted or set aside, named by its id or the start of it, back; returns its id.

        Raises RunError, or OwnerError for another's run.
        """
        place = self.aside if self.aside.holds(text) and not self.trash.holds(text) else self.trash
        found = place.find(text)
        check_may_change(owner_of(found.folder), visitor, "This run", "restored")
        place.restore(found.run_id)
        return found.run_id

    def _take_out(self, run_id: str, visitor: str, place: Trash, deed: str) -> Removed:
        self._check_id(run_id)
        folder = self.root / run_id
        check_may_change(owner_of(folder), visitor, "This run", deed)
        try:
            run = self.open(run_id)
            name, status = run.name, run.status
        except RecoError:
            if not os.path.lexists(folder):
                raise
            name, status = run_id, "running" if is_locked(folder / WORKING) else "damaged"
        if status in ("queued", "running"):
            raise RunError(f"Only a run that has ended can be {deed}; {name} is {status}: stop it first.")
        taken = place.put(run_id)
        with self._lock:
            self._files.pop(run_id, None)
        return taken

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

    def _check_id(self, run_id: object) -> None:
        """Raises RunError for what is no id."""
        if not isinstance(run_id, str) or not RUN_ID.fullmatch(run_id):
            raise RunError(f"A run id looks like 20250131-093000-mf_bias-1a2b; got {str(run_id)[:60]!r}.")

    def _ids(self) -> list[str]:
        try:
            with kept_in(self.root):
                return [path.name for path in self.root.iterdir() if RUN_ID.fullmatch(path.name)]
        except StorageError as error:
            if error.errno != errno.ENOENT:
                raise
            return []

    def _readable(self) -> list[Run]:
        """The runs whose run.json can be read, newest first: enough for whoever looks for a name."""
        found = []
        for run_id in self._ids():
            with suppress(RecoError):
                found.append(self.open(run_id))
        return sorted(found, key=lambda run: (run.info.created, run.id), reverse=True)

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
        taken = {run.name for run in self._readable()}
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
        """Give a written folder its place, under a new id where its own is taken; raises RunError for an unsound."""
        checked_info(info.model_dump(mode="json"), info.id)
        write_json(folder / INFO, info.model_dump(mode="json"))
        while not move_in(folder, self.root / info.id):
            info = info.model_copy(update={"id": _new_id(info.model, info.created)})
            write_json(folder / INFO, info.model_dump(mode="json"))
        return self.open(info.id)


def _new_id(model: str, created: datetime) -> str:
    return f"{created.astimezone():%Y%m%d-%H%M%S}-{model}-{uuid4().hex[:4]}"
