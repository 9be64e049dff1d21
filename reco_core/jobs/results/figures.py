"""Figures on the test rows: of a run with its alarms, and of the baselines, computed once per split and kept."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import numpy as np

from reco_core import __version__
from reco_core.errors import RunError
from reco_core.evaluation import evaluate, protocol
from reco_core.evaluation.alarms import DIVERGED, Alarm, alarms, diverged
from reco_core.evaluation.baselines import baseline_metrics
from reco_core.evaluation.catalogue import FIGURES
from reco_core.evaluation.evidence import Course, gather
from reco_core.events import StageStarted
from reco_core.inspect.curves import read_curves
from reco_core.inspect.likeness import likeness_of_model
from reco_core.inspect.raters import Raters
from reco_core.jobs.results.run_data import split_of
from reco_core.models.spec import Scorer
from reco_core.paths import home
from reco_core.ratings import Ratings
from reco_core.runs import RunReading
from reco_core.runs.diverged import has_diverged
from reco_core.runs.files import read_json, write_json
from reco_core.runs.metrics import Figures, check_metrics
from reco_core.split import Split

TOP_K = 10
# Ties in a ranking are broken by the same numbers for every run of a split, so that runs with other seeds compare.
TIE_SEED = 0


def scored(run: RunReading, scorer: Scorer, ratings: Ratings, split: Split, kept_epoch: int | None) -> dict[str, Any]:
    """All of metrics.json: the run's figures, those of the baselines, the protocol, and the alarms.

    kept_epoch: the epoch that the scorer's weights are from.
    """
    test, baselines = test_figures(run, scorer, ratings, split), baseline_figures(ratings, split)
    found = alarms_of(run, scorer, ratings, split, test, baselines, kept_epoch)
    facts = {"test": test, "baselines": baselines, "protocol": protocol()}
    return facts | {"alarms": [asdict(alarm) for alarm in found]}


def figures_of(run: RunReading, ratings: Ratings, k: int = TOP_K, relevant_from: float | None = None) -> dict[str, Any]:
    """test, baselines and protocol of a run that has a result, for lists of k and what is relevant.

    As they were kept, where they are asked for so; else scored again. Raises RunError where its split is another one
    now, DataError where no held-out row is relevant.
    """
    kept = run.metrics
    if kept and (k, relevant_from) == (TOP_K, None) and _is_complete(run, kept):
        figures = {key: kept[key] for key in ("test", "baselines", "protocol")}
        return figures | {"test": with_neighbours(run, kept["test"], ratings)}
    return test_and_baselines(run, run.scorer(), ratings, k, relevant_from)


def test_and_baselines(
    run: RunReading, scorer: Scorer, ratings: Ratings, k: int = TOP_K, relevant_from: float | None = None
) -> dict[str, Any]:
    """test, baselines and protocol, scored now; raises as figures_of does."""
    split = split_of(run.info, ratings)
    return {
        "test": test_figures(run, scorer, ratings, split, k, relevant_from),
        "baselines": baseline_figures(ratings, split, k, relevant_from),
        "protocol": protocol(relevant_from),
    }


def alarms_of(
    run: RunReading,
    scorer: Scorer,
    ratings: Ratings,
    split: Split,
    test: Figures,
    baselines: dict[str, Figures],
    kept_epoch: int | None,
) -> tuple[Alarm, ...]:
    """What is wrong with a trained run whose figures of the first TOP_K these are."""
    rows, course = trained_rows(run, split), _course(run, kept_epoch)
    at = next((epoch for epoch in reversed(run.epochs()) if epoch.epoch == kept_epoch), None)
    left = has_diverged(run.settings, run.shape, at)
    evidence = gather(run.spec, scorer, ratings, split, rows, TOP_K, TIE_SEED, course, left)
    return alarms(run.spec, test, baselines, evidence, run.settings)


def alarms_now(run: RunReading) -> list[dict[str, Any]] | None:
    """The alarms to show of a run, as metrics.json holds them; None where nobody looked.

    Of a run that diverged, that alone, whether it was scored or not, and by which version.
    """
    kept = (run.metrics or {}).get("alarms")
    if not run.diverged or run.active:
        return kept
    known = [alarm for alarm in kept or () if alarm["name"] == DIVERGED]
    return known or [asdict(diverged(run.spec, run.settings))]


def test_figures(
    run: RunReading, scorer: Scorer, ratings: Ratings, split: Split, k: int = TOP_K, relevant_from: float | None = None
) -> Figures:
    """Every metric of a trained run on the test rows, and how much sense its neighbours make."""
    rows = trained_rows(run, split)
    figures = evaluate(run.spec, scorer, ratings, split, k, TIE_SEED, rows, relevant_from)
    return figures | _neighbour_figures(run, scorer, ratings, rows)


def with_neighbours(run: RunReading, test: Figures, ratings: Ratings) -> Figures:
    """The kept figures of a run, with those of its neighbours: worked out now where an earlier version kept none."""
    if not run.spec.has_neighbours or "raters_overlap" in test:
        return test
    rows = trained_rows(run, split_of(run.info, ratings))
    return test | _neighbour_figures(run, run.scorer(), ratings, rows)


def trained_rows(run: RunReading, split: Split) -> np.ndarray:
    """The rows that the run's weights have seen: a closed form and a refit see the validation rows too."""
    return split.known if sees_validation(run) else split.train


def sees_validation(run: RunReading) -> bool:
    """Whether the run's weights were trained on the validation rows too."""
    refit = any(isinstance(event, StageStarted) and event.refit for event in run.events())
    return run.spec.fit is not None or refit


def _neighbour_figures(run: RunReading, scorer: Scorer, ratings: Ratings, rows: np.ndarray) -> Figures:
    """genre_overlap and raters_overlap, each only where the model and the dataset have what it needs."""
    found = likeness_of_model(scorer, ratings, Raters.of(ratings, rows)) if run.spec.has_neighbours else None
    if found is None:
        return {}
    overlap = {} if found.genre_overlap is None else {"genre_overlap": found.genre_overlap}
    return overlap | {"raters_overlap": found.raters_overlap}


def baseline_figures(
    ratings: Ratings, split: Split, k: int = TOP_K, relevant_from: float | None = None
) -> dict[str, Figures]:
    """Every metric of each baseline on the test rows; a kept file that is damaged is made anew."""
    words = protocol(relevant_from)
    genres = bool(ratings.genre_names)  # they are no part of the fingerprint, and diversity depends on them
    names = [figure.name for figure in FIGURES]
    key = json.dumps([ratings.fingerprint, split.fingerprint, k, TIE_SEED, words, genres, names, __version__])
    path = home() / "baselines" / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"
    try:
        kept = read_json(path)
        if kept is not None:
            return check_metrics(kept, path.stem)["baselines"]
    except RunError:
        pass
    figures = baseline_metrics(ratings, split, k, TIE_SEED, relevant_from)
    with suppress(OSError):  # a full or read-only disk costs time, not the figures
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, {"test": {}, "baselines": figures, "protocol": words})
    return figures


def _is_complete(run: RunReading, kept: dict[str, Any]) -> bool:
    """Whether the kept figures are all that there are now: runs of an earlier version have fewer."""
    wanted = {"gini"} | ({"rmse"} if run.spec.predicts_stars else set())
    return wanted <= set(kept["test"]) and bool(kept["baselines"])


def _course(run: RunReading, kept_epoch: int | None) -> Course | None:
    """How the run over-fitted, None where it did not or has no curve."""
    reading = read_curves(run.epochs())
    if reading is None or not reading.overfitting or kept_epoch is None:
        return None
    figure = {"rmse": "RMSE", "ndcg": f"NDCG@{TOP_K}"}.get(reading.measure, reading.measure)
    return Course(reading.best, reading.last, kept_epoch, reading.least, reading.validation, figure)
