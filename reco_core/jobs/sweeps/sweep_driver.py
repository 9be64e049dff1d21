"""Leading a sweep: a thread that starts its runs, few at a time, and ends those that fall behind."""

from __future__ import annotations

import threading
from contextlib import suppress

from filelock import FileLock

from reco_core.errors import RecoError, RunError
from reco_core.jobs.results.validation_scores import Course, course, error_of, is_behind
from reco_core.jobs.server.manager import Manager
from reco_core.jobs.sweeps.proposals import Tried, next_of_grid, next_of_tpe
from reco_core.jobs.sweeps.search_space import Values
from reco_core.jobs.sweeps.sweep import (
    DRIVING,
    STOP,
    Sweep,
    new_sweep,
    open_sweep,
    settings_text,
    write_info,
)
from reco_core.jobs.sweeps.sweep_request import SweepRequest, Trial
from reco_core.runs import Run, RunRequest
from reco_core.runs.files import locked
from reco_core.runs.requests import Continue
from reco_core.runs.run_spec import NAME_LENGTH

LOOK_SECONDS = 0.1
# What became of runs whose sweep was stopped, or whose server was lost: they go on when the sweep does.
LEFT = ("interrupted", "stopped", "paused")
FAILURES = 3


def start_sweep(manager: Manager, request: SweepRequest) -> Sweep:
    """A sweep that has begun: a thread of this process leads it. Raises SettingsError."""
    return resume_sweep(manager, new_sweep(manager.store, request).id, request.base.owner)


def resume_sweep(manager: Manager, sweep_id: str, visitor: str = "") -> Sweep:
    """Let a sweep go on that was stopped or interrupted; raises RunError where it is led already, or is another's."""
    sweep = open_sweep(manager.store, sweep_id)
    sweep.check_owner(visitor)
    lock = locked(sweep.folder / DRIVING, wait=1.0)
    if lock is None:
        raise RunError(f"Sweep {sweep.name} is already running.")
    (sweep.folder / STOP).unlink(missing_ok=True)
    threading.Thread(target=_Leader(manager, sweep, lock).lead, name=f"sweep-{sweep.id}", daemon=True).start()
    return sweep


class _Leader:
    """What leads one sweep; the only writer of its sweep.json while it holds the lock."""

    def __init__(self, manager: Manager, sweep: Sweep, lock: FileLock) -> None:
        self._manager, self._sweep, self._lock = manager, sweep, lock
        self._request = sweep.request
        self._owner = sweep.request.base.owner
        self._info = sweep.info.model_copy(update={"over": False, "reason": ""}, deep=True)
        self._runs = {run.id: run for run in sweep.runs()}
        self._over: set[str] = set()
        self._courses: dict[str, Course] = {}
        self._continued: set[str] = set()
        self._left = {run.id for run in self._runs.values() if run.status in LEFT and run.id not in self._pruned}

    def lead(self) -> None:
        """Until everything is tried, or a stop is asked."""
        try:
            self._write()
            while not self._is_over():
                threading.Event().wait(LOOK_SECONDS)
        except RecoError as error:
            if not self._manager.closed:  # else the sweep is interrupted, and goes on in the next server
                self._fail(str(error))
        except Exception as error:  # whatever it is, the page must hear of it
            self._fail(f"The sweep crashed ({type(error).__name__}: {error}).")
        finally:
            self._lock.release()

    def _is_over(self) -> bool:
        """One look: prune, go on, start; True when there is nothing more to do."""
        active = self._active()
        if self._sweep.stop_asked:
            for run in active:
                self._manager.stop(run.id, self._owner)
            return not active
        if self._request.prune:
            self._prune(active)
        n_active = len(active)
        while n_active < self._manager.workers and self._start_next():
            n_active += 1
        if not n_active:
            self._write(over=True)
        return not n_active

    def _active(self) -> list[Run]:
        """The runs that wait or train; one that a lost server or worker left behind goes on, once."""
        found = []
        for run in self._runs.values():
            if run.id in self._over:
                continue
            status = run.status if run.folder.exists() else "gone"
            if status in ("queued", "running") or (status in LEFT and self._goes_on(run, status)):
                found.append(run)
            else:
                self._over.add(run.id)
                if status == "finished":
                    self._courses[run.id] = course(run)
                    self._was_whole(run.id)
        return found

    def _was_whole(self, run_id: str) -> None:
        """A run that came to its end before it could be pruned counts like the others."""
        for trial in self._info.trials:
            if trial.pruned.pop(run_id, None) is not None:
                self._write()

    def _goes_on(self, run: Run, status: str) -> bool:
        """Let a run go on that was left, or lost its worker, once; one that somebody stops or pauses stays so."""
        if self._sweep.stop_asked or (run.id not in self._left and status != "interrupted"):
            return False
        if run.id in self._continued:
            return False
        self._continued.add(run.id)
        self._left.discard(run.id)
        try:
            self._manager.ask(run.id, Continue(by=self._owner), self._owner)
        except RunError:
            return False
        return True

    @property
    def _pruned(self) -> set[str]:
        return {run_id for trial in self._info.trials for run_id in trial.pruned}

    def _prune(self, active: list[Run]) -> None:
        pruned, whole = self._pruned, list(self._courses.values())
        for run in active:
            epoch = is_behind(course(run), whole) if run.id not in pruned and run.status == "running" else None
            if epoch is not None:
                next(trial for trial in self._info.trials if run.id in trial.runs).pruned[run.id] = epoch
                self._write()
                self._manager.stop(run.id, self._owner)

    def _start_next(self) -> bool:
        """Begin one more run; False where there is none to begin."""
        if len(self._runs) >= self._request.runs:
            return False
        self._check_failures()
        trial = self._unfinished()
        if trial is None:
            values = self._next_values()
            if values is None:
                return False
            trial = Trial(values=values)
            self._info.trials.append(trial)
        run = self._manager.start(self._run_request(trial))
        self._runs[run.id] = run
        trial.runs.append(run.id)
        self._write()
        return True

    def _check_failures(self) -> None:
        """Raises RunError where every run so far failed: the others would too."""
        over = [self._runs[run_id] for run_id in self._over]
        if len(over) >= FAILURES and all(run.status == "failed" for run in over):
            raise RunError(f"The first {len(over)} runs failed, so no more were started; {over[0].reason}")

    def _unfinished(self) -> Trial | None:
        """A combination that still lacks seeds; one that fell behind gets no more."""
        seeds = self._request.seeds
        return next((trial for trial in self._info.trials if len(trial.runs) < seeds and not trial.pruned), None)

    def _next_values(self) -> Values | None:
        request = self._request
        tallied = self._sweep.tallies()
        goal = self._sweep.goal
        errors = [None if entry.mean is None else error_of(goal, entry.mean) for entry in tallied]
        tried = [Tried(entry.values, error, entry.pruned) for entry, error in zip(tallied, errors, strict=True)]
        if request.method == "grid":
            return next_of_grid(request.over, tried, request.combinations)
        return next_of_tpe(request.over, tried, request.combinations, request.base.seed)

    def _run_request(self, trial: Trial) -> RunRequest:
        base = self._request.base
        seed = base.seed + len(trial.runs)
        name = settings_text(trial.values) + (f", seed {seed}" if self._request.seeds > 1 else "")
        settings = {**base.settings, **trial.values}
        return base.model_copy(update={"settings": settings, "seed": seed, "name": name[: NAME_LENGTH - 6]})

    def _fail(self, reason: str) -> None:
        """Say why the sweep cannot go on; a folder that was deleted, or a full disk, takes no words."""
        with suppress(OSError):
            self._write(reason=reason)

    def _write(self, **values: object) -> None:
        self._info = self._info.model_copy(update=values)
        write_info(self._sweep.folder, self._info)
