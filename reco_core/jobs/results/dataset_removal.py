"""A dataset that was added, deleted together with the runs that learned from it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from reco_core.data.own import store as datasets
from reco_core.errors import DataError, RunError
from reco_core.owners import OPERATOR, may_change
from reco_core.runs import RunStore, RunView


@dataclass(frozen=True)
class Removal:
    """What went with a dataset: its name, the ids of the runs that are deleted, and how many of others' are left."""

    slug: str
    runs: tuple[str, ...]
    left: int


def runs_on(store: RunStore, slug: str) -> tuple[RunView, ...]:
    """The runs that were trained on a dataset under its name."""
    return store.views(dataset=slug)


def remove_dataset(store: RunStore, slug: str, visitor: str = OPERATOR) -> Removal:
    """Delete a dataset with those of its runs that the visitor may delete; both can be restored for a while.

    Raises DataError where one of these runs is still queued or training, OwnerError for another's dataset.
    """
    datasets.check_may_remove(slug, visitor)
    runs = runs_on(store, slug)
    mine = [run for run in runs if may_change(run.info.owner, visitor)]
    if active := [run.name for run in runs if run.status in ("queued", "running")]:
        names = ", ".join(active[:3])
        raise DataError(f"A dataset can be deleted when none of its runs is queued or training; stop {names} first.")
    datasets.remove(slug, visitor, [run.id for run in mine])
    for run in mine:
        store.delete(run.id, visitor)
    return Removal(slug, tuple(run.id for run in mine), len(runs) - len(mine))


def restore_dataset(store: RunStore, slug: str, visitor: str = OPERATOR) -> int:
    """Put a dataset back with the runs that went with it, as far as they are kept; returns how many these are.

    Raises DataError or OwnerError.
    """
    back = 0
    for run_id in datasets.restore(slug, visitor):
        with suppress(RunError):
            store.restore(run_id, visitor)
            back += 1
    return back
