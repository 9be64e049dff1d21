"""How a file becomes a dataset: it comes in, is read by its plan, and only then takes its place among the others."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from reco_core.data.files import Files, open_files
from reco_core.data.own import store
from reco_core.data.own.incoming import Incoming, take_path
from reco_core.data.own.old_layout import find_old, home
from reco_core.data.own.progress import Cancelled, Watch
from reco_core.data.own.reading import ratings_of
from reco_core.data.own.record import TITLE_LENGTH, Counts, Dataset, checked, write_record
from reco_core.data.reading.guess import guess
from reco_core.data.reading.plan import Plan
from reco_core.errors import DataError
from reco_core.ratings import Ratings

ENDINGS = (
    ".gz", ".zip", ".csv", ".tsv", ".txt", ".dat", ".data", ".tab", ".psv", ".json", ".jsonl", ".ndjson", ".parquet",
    ".pq", ".inter",
)  # fmt: skip


def keep(
    incoming: Incoming,
    plan: Plan,
    title: str = "",
    notes: tuple[str, ...] = (),
    description: str = "",
    kind: str = "",
    owner: str = "",
    watch: Watch | None = None,
) -> Dataset:
    """The dataset that an incoming file becomes, read by this plan; where it cannot be read, it is left as it is.

    The title is the file's name where none is given, with a number where it is taken. Raises DataError.
    """
    path, folder = incoming.path, incoming.path.parent
    nothing = dict.fromkeys(Counts.model_fields, 0) | {"scale": (0, 0)}
    files = open_files(path)
    given = {
        "slug": "incoming",
        "title": store.free_title(title.strip() or title_of(incoming.filename)),
        "filename": incoming.filename,
        "file": path.name,
        "sha256": _sha256(path),
        "size": path.stat().st_size,
        "plan": plan if plan.file in _members(files) else plan.changed(file=path.name),
        "notes": tuple(note[:1000] for note in notes[:50]),
        "description": description,
        "kind": kind,
        "owner": owner,
        "added": datetime.now(UTC),
        "counts": nothing,
        "fingerprint": "0" * 16,
    }
    record = checked(given)
    with _clear_disk():
        write_record(folder, record)
        ratings = ratings_of(folder, record, watch)
        if watch is not None and watch.cancelled:
            raise Cancelled("Reading was cancelled; nothing was added.")
        return store.settle(folder, record.changed(counts=counts_of(ratings), fingerprint=ratings.fingerprint))


def add(
    path: str | Path,
    title: str = "",
    choices: Mapping[str, Any] | None = None,
    description: str = "",
    kind: str = "",
    owner: str = "",
) -> Dataset:
    """The dataset that a copy of this file, zip or folder becomes, read as chosen and else as guessed.

    Raises DataError, also where only the file's owner can say how it is read.
    """
    incoming = take_path(Path(path))
    try:
        found = guess(open_files(incoming.path), choices)
        return keep(incoming, found.require(), title, found.notes, description, kind, owner)
    except DataError as error:
        raise DataError(str(error).replace(incoming.path.name, incoming.filename)) from error
    finally:
        incoming.discard()


def adopted(slug: str) -> Dataset:
    """The dataset of this name; one of the old layout becomes a folder with its record first. Raises DataError."""
    old = find_old(slug)
    if old is None or store.find(slug) is not None:
        return store.require(slug)
    record = add(old.path, title=slug, choices=old.choices)
    old.path.unlink()
    (home() / f"{slug}.json").unlink(missing_ok=True)
    if record.slug == slug:
        return record
    folder = store.folder_of(record)
    renamed = record.changed(slug=slug, title=slug)
    write_record(folder, renamed)
    folder.rename(home() / slug)
    return renamed


def counts_of(ratings: Ratings) -> Counts:
    """What came in, as its record keeps it."""
    quality = ratings.quality
    return Counts(
        lines=quality.lines,
        ratings=len(ratings),
        refused=quality.left_out,
        duplicates=quality.duplicates,
        filtered=quality.filtered,
        empty=quality.empty,
        users=ratings.n_users,
        items=ratings.n_items,
        scale=(ratings.scale.min, ratings.scale.max),
    )


def title_of(filename: str) -> str:
    """A title for a file's name: without its endings, with blanks for "_"."""
    name = PurePosixPath(filename).name
    for _ in range(2):
        ending = next((ending for ending in ENDINGS if name.lower().endswith(ending) and len(name) > len(ending)), "")
        name = name[: len(name) - len(ending)]
    plain = " ".join("".join(mark if mark.isprintable() else " " for mark in name.replace("_", " ")).split())
    return plain[:TITLE_LENGTH] if any(mark.isalnum() for mark in plain) else "My ratings"


class Adding:
    """A file that becomes a dataset in a thread of its own, while pages come and go."""

    def __init__(self, work: Callable[[Watch], Dataset]) -> None:
        self.watch = Watch()
        self.dataset: Dataset | None = None
        self.error = ""
        self._thread = threading.Thread(target=self._run, args=(work,), name="adding", daemon=True)
        self._thread.start()

    @property
    def active(self) -> bool:
        """Whether it is still being read."""
        return self._thread.is_alive()

    def wait(self, seconds: float) -> bool:
        """Whether it is over, after so many seconds at most."""
        self._thread.join(seconds)
        return not self.active

    def _run(self, work: Callable[[Watch], Dataset]) -> None:
        try:
            self.dataset = work(self.watch)
        except DataError as error:
            self.error = str(error)
        except Exception as error:  # whatever it is, the page must not wait for ever
            self.error = f"The file could not be added ({type(error).__name__}: {str(error)[:200]})."


class _clear_disk:
    """What a disk says becomes one sentence."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise DataError(f"The dataset cannot be kept on this disk: {error.strerror or error}.") from error


def _members(files: Files) -> set[str]:
    return {*files.names, *files.elsewhere}


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
