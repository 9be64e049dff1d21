"""Whether a run's folder can be used: what each look checks, and what only reading every file tells."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from reco_core.errors import RecoError, RunError
from reco_core.events import Changed, Watched
from reco_core.runs.run import Run
from reco_core.runs.view import RunView


@dataclass(frozen=True)
class Survey:
    """What one look at a folder of runs found: the sound ones, newest first, and why each other is damaged, by id."""

    views: tuple[RunView, ...]
    damaged: dict[str, str]


def survey(root: Path, run_ids: Iterable[str], open_run: Callable[[str], Run]) -> Survey:
    """One look at each of these runs; one that cannot be read stops none of the others."""
    views, damaged = [], {}
    for run_id in run_ids:
        try:
            views.append(sound_look(open_run(run_id)))
        except (RecoError, OSError) as error:
            if os.path.lexists(root / run_id):  # else it was deleted meanwhile
                damaged[run_id] = str(error)
    views.sort(key=lambda run: (run.info.created, run.id), reverse=True)
    return Survey(tuple(views), dict(sorted(damaged.items(), reverse=True)))


def sound_look(run: Run) -> RunView:
    """The run as it stands now, its log and figures read; raises RunError where one of its files is damaged.

    Weights are not read, which takes long; faults() reads them.
    """
    view = run.look()
    _check_watched(view)
    _check_changed(view)
    view.metrics  # noqa: B018 (reading it is the check)
    return view


def faults(run: Run) -> list[str]:
    """What is wrong in a run's folder, a sentence each, weights, checkpoint and snapshots included; may take long."""
    checks: list[Callable[[], object]] = [lambda: sound_look(run), run.state_arrays]
    if run.has_weights:
        checks.append(lambda: run.scorer())
    checks += [partial(run.scorer, epoch) for epoch in run.snapshots()]
    found = []
    for check in checks:
        try:
            check()
        except RecoError as error:
            found.append(str(error))
    return list(dict.fromkeys(found))


def _check_watched(view: RunView) -> None:
    """Raises RunError where a watched item, or one near it, is none of the run's."""
    sizes = view.info.sizes
    for event in view.seen_events:
        if not isinstance(event, Watched):
            continue
        n_users, n_items = (sizes.n_users, sizes.n_items) if sizes is not None else (0, 0)
        held = [row[0] for row in event.held_out if isinstance(row[0], int) and row[1] is not None]
        items = [event.item or 0, *event.neighbours, *event.top, *held]
        whole = len(held) == len(event.held_out)
        if not whole or (event.user or 0) >= n_users or any(not 0 <= item < n_items for item in items):
            raise RunError(f"events.jsonl of {view.id} watches an item or user that the run does not have.")


def _check_changed(view: RunView) -> None:
    """Raises RunError where a setting was changed that the run's model does not have."""
    for event in view.seen_events:
        if isinstance(event, Changed) and event.setting not in view.settings.flagged("changeable"):
            raise RunError(f"events.jsonl of {view.id} changes {event.setting[:60]!r}, which {view.info.model} cannot.")
