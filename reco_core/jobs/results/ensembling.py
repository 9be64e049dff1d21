"""An ensemble of finished runs: checked, weighted on validation rows only, scored once, kept as a run of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

import numpy as np

from reco_core.errors import RunError
from reco_core.evaluation.baselines import reference_lines
from reco_core.evaluation.cold_start import cold_aware
from reco_core.events import EpochEnded, Evaluating, Finished, Started
from reco_core.jobs.results.figures import scored, trained_rows
from reco_core.jobs.results.run_data import ratings_of, split_of
from reco_core.models.ensemble import COMBINED, ENSEMBLE, RANKING_ENSEMBLE, Member, to_arrays
from reco_core.models.spec import Arrays
from reco_core.ratings import Ratings
from reco_core.runs import Run, RunReading, RunRequest, RunSpec, RunStore, Sizes
from reco_core.runs.archive import discard
from reco_core.split import Split

LONGEST_NAME = 60
HOW_WEIGHTED = (
    "Weights minimise the squared error on the validation rows, are non-negative and sum to 1; they are equal for "
    "rankings, without validation rows, and where a run was trained on them (refitted or closed form)."
)


def combine(
    store: RunStore,
    runs: Sequence[RunReading],
    name: str | None = None,
    find_ratings: Callable[[RunSpec | RunRequest], Ratings] = ratings_of,
) -> RunReading:
    """A finished run that holds the given ones and scores their weighted mean; raises RunError where they do not go.

    HOW_WEIGHTED says how; the test rows are scored once, when the weights are fixed.
    """
    check_together(runs)
    began, first = time.perf_counter(), runs[0].info
    ratings = find_ratings(first)
    split = split_of(first, ratings)
    weights = weights_of(runs, ratings, split)
    stars = runs[0].spec.predicts_stars
    made = store.create(
        RunRequest(
            source=first.source,
            dataset=first.dataset,
            dataset_fingerprint=first.dataset_fingerprint,
            model=(ENSEMBLE if stars else RANKING_ENSEMBLE).name,
            settings={"runs": [run.id for run in runs], "weights": weights.tolist()},
            split=first.split,
            seed=first.seed,
            name=name or name_of_all(runs),
        )
    )
    members = [Member(run.spec, run.settings, run.shape.mean, run.arrays()) for run in runs]
    try:
        _finish(made, to_arrays(members), runs, ratings, split, began)
    except BaseException:  # a full disk, or Ctrl-C: half an ensemble is none
        discard(made.folder)
        raise
    return store.open(made.id)


def check_together(runs: Sequence[RunReading]) -> None:
    """Raises RunError unless the runs can be combined: two or more, finished, one dataset, one split, one kind."""
    if len({run.id for run in runs}) < max(2, len(runs)):
        raise RunError("An ensemble needs two or more different runs.")
    first = runs[0]
    for run in runs:
        if run.spec in COMBINED:
            raise RunError(f"An ensemble must combine single runs; {run.name} is an ensemble itself.")
        if run.status not in ("finished", "stopped") or not run.has_result:
            raise RunError(f"An ensemble must combine finished runs; {run.name} is {run.status}.")
        if run.diverged:
            raise RunError(f"An ensemble cannot include a run that diverged; {run.name} diverged.")
        if run.info.dataset_fingerprint != first.info.dataset_fingerprint:
            raise RunError(f"An ensemble must combine runs on one dataset; {run.name} is on {run.info.dataset}.")
        if run.info.split_fingerprint != first.info.split_fingerprint:
            raise RunError(f"An ensemble must combine runs on one split; {run.name} has other test rows.")
        if run.spec.predicts_stars != first.spec.predicts_stars:
            raise RunError(f"An ensemble must combine runs that all predict stars, or all rank; {run.name} differs.")


def name_of_all(runs: Sequence[RunReading]) -> str:
    """What an ensemble is called: the names of its runs, or how many they are where that is too long."""
    together = " + ".join(run.name for run in runs)
    return together if len(together) <= LONGEST_NAME else f"Ensemble of {len(runs)} runs"


def weights_of(runs: Sequence[RunReading], ratings: Ratings, split: Split) -> np.ndarray:
    """How much each run counts, float64 summing to 1: as HOW_WEIGHTED says."""
    rows = split.validation
    saw = any(np.isin(rows, trained_rows(run, split)).any() for run in runs)
    if len(rows) == 0 or saw or not runs[0].spec.predicts_stars:
        return np.full(len(runs), 1 / len(runs))
    users, items = ratings.user_index[rows], ratings.item_index[rows]
    predicted = [cold_aware(run.scorer(), ratings, trained_rows(run, split)).score(users, items) for run in runs]
    return least_squares(np.stack(predicted, axis=1), ratings.rating[rows])


def least_squares(predicted: np.ndarray, stars: np.ndarray) -> np.ndarray:
    """Weights of the columns of `predicted` [n, m] with the least squared error, none below 0, summing to 1."""
    from scipy.optimize import nnls

    wide = predicted.astype(np.float64)
    # With weights that sum to 1 the errors mix as the predictions do; a heavy last row holds the sum.
    missed = wide - np.asarray(stars, dtype=np.float64)[:, None]
    heavy = 1e3 * np.sqrt(np.square(missed).sum())
    square = np.concatenate([missed, np.full((1, wide.shape[1]), heavy)])
    found = nnls(square, np.append(np.zeros(len(missed)), heavy))[0]
    return found / found.sum()


def _finish(run: Run, arrays: Arrays, runs: Sequence[RunReading], ratings: Ratings, split: Split, began: float) -> None:
    """Writes the run down: what it is made of, its arrays and its figures."""
    shape = runs[0].shape
    run.update(split_fingerprint=split.fingerprint, sizes=Sizes.of(shape).model_dump(mode="json"))
    scorer = run.spec.scorer(arrays, shape, run.settings)
    parameters = sum(one.spec.parameters(one.settings, one.shape) for one in runs)
    lines = reference_lines(ratings, split) if run.spec.predicts_stars else {}
    with run.record() as recording:
        sizes = (len(split.train), len(split.validation), len(split.test))
        recording.emit(Started(time.time(), os.getpid(), parameters, 1, *sizes, lines))
        recording.save(arrays, 1)
        seconds = max(time.perf_counter() - began, 1e-9)
        speed = len(split.validation) / seconds
        recording.emit(EpochEnded(1, 1, None, None, None, None, seconds, seconds, speed, 0.0))
        recording.emit(Evaluating(time=time.time()))
        run.write_metrics(scored(run, scorer, ratings, split, 1))
        recording.emit(Finished(time.time(), 1, None, {"total": seconds, "fit": seconds}))
