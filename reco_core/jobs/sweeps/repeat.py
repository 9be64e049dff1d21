"""A run repeated with other seeds on the same split: how much of a figure is chance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from reco_core.errors import RunError, SettingsError
from reco_core.jobs.results.validation_scores import score_of
from reco_core.jobs.server.manager import Manager
from reco_core.runs import Run, RunRequest
from reco_core.runs.run_spec import NAME_LENGTH

MOST_SEEDS = 20


@dataclass(frozen=True)
class Spread:
    """A figure over n runs: mean, standard deviation between seeds (None for one run), lowest and highest."""

    n: int
    mean: float
    sd: float | None
    low: float
    high: float


def repeat(manager: Manager, run: Run, k: int, visitor: str = "") -> list[Run]:
    """k new runs like this one with seeds that no run like it has yet, queued, owned by the visitor.

    The split stays as it is, so that only the training differs. Raises SettingsError, or RunError for a run that
    learns nothing from its seed.
    """
    if not 1 <= k <= MOST_SEEDS:
        raise SettingsError(f"A run is repeated with 1 to {MOST_SEEDS} seeds; got {k}.")
    if run.spec.fit is not None:
        raise RunError(f"{run.spec.title} is computed in closed form: it is the same for every seed.")
    taken = {other.info.seed for other in alike(manager.store.list(), run)} | {run.info.seed}
    seeds, seed = [], run.info.seed
    while len(seeds) < k:
        seed = (seed + 1) % 2**32
        if seed not in taken:
            seeds.append(seed)
    return [manager.start(_request(run, seed, visitor)) for seed in seeds]


def alike(runs: Iterable[Run], run: Run) -> list[Run]:
    """Those of the runs that differ from this one in nothing but the seed, oldest first: what was asked, on what."""
    found = [other for other in runs if _asked(other) == _asked(run) and _on_same_rows(other, run)]
    return sorted(found, key=lambda other: (other.info.created, other.id))


def spread(runs: Sequence[Run]) -> dict[str, Spread]:
    """Each test figure, and val_rmse or val_ndcg, over the runs that are scored; one run a seed, the newest.

    Runs that were stopped or changed by hand are left out: they are not what the others repeat.
    """
    by_seed = {run.info.seed: run for run in runs if counts(run)}
    figures: dict[str, list[float]] = {}
    for run in by_seed.values():
        values = dict(run.metrics["test"])
        score = score_of(run)
        if score is not None:
            values[score.goal] = score.value
        for name, value in values.items():
            if value is not None:
                figures.setdefault(name, []).append(float(value))
    return {name: _spread(values) for name, values in figures.items()}


def counts(run: Run) -> bool:
    """True for a run that went to its end as planned, and was scored."""
    return run.status == "finished" and run.metrics is not None and not run.changes()


def _spread(values: Sequence[float]) -> Spread:
    sd = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return Spread(len(values), float(np.mean(values)), sd, min(values), max(values))


def _asked(run: Run) -> tuple[object, ...]:
    info = run.info
    return (info.dataset, info.split, info.model, info.settings, info.refit, info.base_run)


def _on_same_rows(one: Run, other: Run) -> bool:
    """False where the dataset of one name had other ratings; a run that has not begun may not know yet."""
    prints = {one.info.dataset_fingerprint, other.info.dataset_fingerprint}
    return len(prints - {None}) <= 1


def _request(run: Run, seed: int, visitor: str) -> RunRequest:
    info = run.info
    asked = {name: getattr(info, name) for name in RunRequest.model_fields}
    name = f"{run.name[: NAME_LENGTH - 24]} · seed {seed}"
    return RunRequest(**asked | {"seed": seed, "name": name, "owner": visitor, "preset": None})
