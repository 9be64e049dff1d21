"""A sweep: up to three settings varied over a limited number of ordinary runs, the best one chosen on validation.

A sweep is a folder `sweeps/<id>` beside its runs; sweep.json says what was asked and which runs were begun. All
figures are read from the runs, so that a sweep survives its server, and shows what its runs became.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias
from uuid import uuid4

import pandas as pd
from pydantic import ValidationError

from reco_core.errors import RecoError, RunError
from reco_core.jobs.results.validation_scores import Tallied, tally
from reco_core.jobs.sweeps.search_space import Values
from reco_core.jobs.sweeps.sweep_request import SWEEP_ID, SweepInfo, SweepRequest, Trial, checked_request
from reco_core.jobs.sweeps.trial_results import Outcome, outcome_of
from reco_core.models import get_model
from reco_core.models.spec import Goal
from reco_core.runs import Run, RunStore
from reco_core.runs.files import is_locked, read_json, write_json
from reco_core.storage import kept_in, new_folder

SWEEPS, SWEEP, DRIVING, STOP = "sweeps", "sweep.json", "driving.lock", "stop"
NOT_YOURS = "This sweep belongs to another visitor; you can watch it."
SweepStatus: TypeAlias = Literal["running", "finished", "stopped", "failed", "interrupted"]


class Sweep:
    """A sweep, read from its folder; everything is read when asked for. Raises RunError where it is damaged."""

    def __init__(self, folder: Path, store: RunStore) -> None:
        self.folder, self._store = folder, store
        self.info = self._read()

    @property
    def id(self) -> str:
        return self.info.id

    @property
    def name(self) -> str:
        request = self.info.request
        return request.name or f"{request.base.model} over {', '.join(axis.setting for axis in request.over)}"

    @property
    def request(self) -> SweepRequest:
        return self.info.request

    @property
    def settings(self) -> list[str]:
        """The names of the settings that are varied."""
        return [axis.setting for axis in self.request.over]

    @property
    def driven(self) -> bool:
        """True while a process starts runs for this sweep."""
        return is_locked(self.folder / DRIVING)

    @property
    def stop_asked(self) -> bool:
        return (self.folder / STOP).exists()

    @property
    def status(self) -> SweepStatus:
        """running, finished, stopped, failed, or interrupted (its server is gone: it can be resumed)."""
        driven = self.driven
        info = self._read()
        if info.reason:
            return "failed"
        if driven and not info.over:
            return "running"
        if self.stop_asked:
            return "stopped"
        return "finished" if info.over else "interrupted"

    @property
    def reason(self) -> str:
        """Why the sweep has its status; empty where the word says it all."""
        words = {
            "failed": self._read().reason,
            "interrupted": "The server that ran this sweep has stopped; the sweep can be resumed.",
            "stopped": "Stopped; completed runs are kept.",
        }
        return words.get(self.status, "")

    @property
    def goal(self) -> Goal:
        """What the combinations are compared by."""
        return get_model(self.request.base.model).goal

    def trials(self) -> list[Trial]:
        """The combinations that were begun, oldest first."""
        return self._read().trials

    def runs(self) -> list[Run]:
        """The runs that are there, in the order in which they were begun."""
        found = (self._run(run_id) for trial in self.trials() for run_id in trial.runs)
        return [run for run in found if run is not None]

    def rows(self) -> pd.DataFrame:
        """One row a run: trial, run, name, status, seed, the varied settings, epoch, its goal, seconds, best, tie.

        The goal (val_rmse or val_ndcg) is that of the epoch whose weights are kept, while it trains the best so far;
        status has one word more than a run's: pruned. best and tie belong to the combination (see tallies).
        """
        begun = self.outcomes()
        told = _tallied(begun, self.goal)
        rows = [
            self._row(number, trial, place, run) | {"best": told[number].best, "tie": told[number].tie}
            for number, (trial, runs) in enumerate(begun)
            for place, run in enumerate(runs)
        ]
        columns = ["trial", "run", "name", "status", "seed", *self.settings]
        return pd.DataFrame(rows, columns=[*columns, "epoch", self.goal, "seconds", "best", "tie"])

    def tallies(self) -> list[Tallied]:
        """One entry a combination: mean and spread of its goal over its seeds, and whether it is best, or ties.

        Runs that somebody stopped do not count.
        """
        return _tallied(self.outcomes(), self.goal)

    def outcomes(self) -> list[tuple[Trial, list[Outcome | None]]]:
        """Each combination with what became of its runs; None for one that was deleted."""
        return [(trial, [outcome_of(self._store, run_id) for run_id in trial.runs]) for trial in self.trials()]

    @property
    def runs_done(self) -> int:
        """How many runs came to an end and were scored."""
        return sum(run is not None and run.scored for _, runs in self.outcomes() for run in runs)

    def best(self) -> Run | None:
        """The run to open: of the combination with the best mean of the goal, the one with the first seed."""
        begun = self.outcomes()
        for (trial, _), tallied in zip(begun, _tallied(begun, self.goal), strict=True):
            if tallied.best:
                found = (self._run(run_id) for run_id in trial.runs)
                return next((run for run in found if run is not None and run.has_result), None)
        return None

    def stop(self, visitor: str = "") -> None:
        """Begin no more runs, and stop those that wait or train; raises RunError for another visitor's sweep."""
        self.check_owner(visitor)
        if self.status in ("finished", "failed"):
            return
        with kept_in(self.folder):
            (self.folder / STOP).touch()
        if not self.driven:
            for run in self.runs():
                if run.active:
                    run.ask_stop(visitor)

    def check_owner(self, visitor: str) -> None:
        """Raises RunError unless the visitor may steer this sweep."""
        if self.request.base.owner not in ("", visitor):
            raise RunError(NOT_YOURS)

    def _run(self, run_id: str) -> Run | None:
        try:
            return self._store.open(run_id)
        except RunError:
            return None

    def _row(self, number: int, trial: Trial, place: int, run: Outcome | None) -> dict[str, Any]:
        run_id = trial.runs[place]
        row: dict[str, Any] = {"trial": number + 1, "run": run_id, **trial.values}
        row["seed"] = self.request.base.seed + place
        if run is None:
            return row | {"status": "deleted"}
        return row | {
            "name": run.name,
            "status": "pruned" if run_id in trial.pruned else run.status,
            "epoch": run.epochs,
            self.goal: run.score.value if run.score is not None else None,
            "seconds": run.seconds,
        }

    def _read(self) -> SweepInfo:
        value = read_json(self.folder / SWEEP)
        if value is None:
            raise RunError(f"There is no sweep {self.folder.name}.")
        try:
            return SweepInfo.model_validate(value)
        except (ValidationError, RecoError) as error:
            raise RunError(
                f"sweep.json of {self.folder.name} must have the format of this version; {error}."
            ) from error


def _tallied(begun: Sequence[tuple[Trial, Sequence[Outcome | None]]], goal: Goal) -> list[Tallied]:
    found = []
    for trial, runs in begun:
        counted = [run for run in runs if run is not None and (run.status == "finished" or run.id in trial.pruned)]
        scores = [run.score for run in counted if run.scored]
        found.append((trial.values, [score.value for score in scores if score is not None], bool(trial.pruned)))
    return tally(found, goal)


def new_sweep(store: RunStore, request: SweepRequest) -> Sweep:
    """A sweep of which nothing has begun; raises SettingsError."""
    request = checked_request(request)
    now = datetime.now(UTC)
    info = SweepInfo(id=f"{now.astimezone():%Y%m%d-%H%M%S}-sweep-{uuid4().hex[:4]}", created=now, request=request)
    folder = store.root / SWEEPS / info.id
    with new_folder(folder):
        write_info(folder, info)
    return Sweep(folder, store)


def write_info(folder: Path, info: SweepInfo) -> None:
    """Write sweep.json, whole."""
    write_json(folder / SWEEP, info.model_dump(mode="json"))


def open_sweep(store: RunStore, sweep_id: str) -> Sweep:
    """The sweep with this id; raises RunError."""
    if not isinstance(sweep_id, str) or not SWEEP_ID.fullmatch(sweep_id):
        raise RunError(f"A sweep's id looks like 20250131-093000-sweep-1a2b; got {str(sweep_id)[:60]!r}.")
    return Sweep(store.root / SWEEPS / sweep_id, store)


def list_sweeps(store: RunStore) -> list[Sweep]:
    """Every readable sweep, newest first."""
    found = []
    folder = store.root / SWEEPS
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            found.append(open_sweep(store, path.name))
        except RunError:
            continue
    return sorted(found, key=lambda sweep: (sweep.info.created, sweep.id), reverse=True)


def settings_text(values: Values) -> str:
    """A combination for people: `dim 20, learning_rate 0.003`."""
    return ", ".join(
        f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in values.items()
    )
