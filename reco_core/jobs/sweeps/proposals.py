"""What a sweep tries next: the next point of a grid, or what Optuna's TPE makes of the results so far."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reco_core.jobs.sweeps.search_space import Axis, Values, grid

if TYPE_CHECKING:
    from optuna import Study

TRIES = 20


@dataclass(frozen=True)
class Tried:
    """A combination that a sweep has begun: its validation error, None without one; pruned: it was ended early."""

    values: Values
    score: float | None
    pruned: bool = False


def next_of_grid(axes: Sequence[Axis], tried: Sequence[Tried], most: int) -> Values | None:
    """The first combination of the grid that was not begun; None where all were."""
    begun = {key(trial.values) for trial in tried}
    return next((values for values in grid(axes, most) if key(values) not in begun), None)


def next_of_tpe(axes: Sequence[Axis], tried: Sequence[Tried], most: int, seed: int) -> Values | None:
    """What the tree-structured Parzen estimator proposes after these results; None where it finds nothing new.

    Bergstra, Bardenet, Bengio, Kegl: Algorithms for hyper-parameter optimization. NIPS 2011. The study is made anew
    from the results each time, so that a sweep that was interrupted goes on as if it had not been.
    """
    if len(tried) >= most:
        return None
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=seed + len(tried), n_startup_trials=5, constant_liar=True)
    study = optuna.create_study(sampler=sampler)
    distributions = {axis.setting: _distribution(axis) for axis in axes}
    for trial in tried:
        _tell(study, trial, axes, distributions)
    begun = {key(trial.values) for trial in tried}
    for _ in range(TRIES):
        proposed = study.ask(distributions).params
        values = {axis.setting: _from_study(axis, proposed[axis.setting]) for axis in axes}
        if key(values) not in begun:
            return values
    return None


def key(values: Values) -> str:
    """A text that is the same for the same combination."""
    return json.dumps(values, sort_keys=True)


def _distribution(axis: Axis) -> Any:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if not axis.is_range:
        return CategoricalDistribution([json.dumps(value) for value in axis.values])
    if axis.whole:
        return IntDistribution(int(axis.low), int(axis.high), log=axis.log)
    return FloatDistribution(axis.low, axis.high, log=axis.log)


def _tell(study: Study, trial: Tried, axes: Sequence[Axis], distributions: dict[str, Any]) -> None:
    from optuna.trial import TrialState, create_trial

    params = {
        axis.setting: trial.values[axis.setting] if axis.is_range else json.dumps(trial.values[axis.setting])
        for axis in axes
    }
    facts: dict[str, Any] = {"state": TrialState.RUNNING}
    if trial.score is not None and trial.pruned:
        facts = {"state": TrialState.PRUNED, "intermediate_values": {1: trial.score}}
    elif trial.score is not None:
        facts = {"state": TrialState.COMPLETE, "value": trial.score}
    study.add_trial(create_trial(params=params, distributions=distributions, **facts))


def _from_study(axis: Axis, value: Any) -> Any:
    """A proposed value, floats with six digits that a person can read."""
    if not axis.is_range:
        return json.loads(value)
    return value if axis.whole else min(max(float(f"{value:.6g}"), axis.low), axis.high)
