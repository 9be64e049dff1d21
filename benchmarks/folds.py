"""Two-sided SVD++ on the folds that papers publish, single and averaged over three seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.dataset import ml_1m, ml_100k
from benchmarks.fitting import fit
from benchmarks.goals import Goal
from benchmarks.section import NotMeasured, Section
from reco_core.errors import SettingsError
from reco_core.evaluation.cold_start import cold_aware
from reco_core.evaluation.rating import rating_metrics
from reco_core.jobs.running.load_tensorflow import load
from reco_core.models import get_model
from reco_core.models.ensemble import EnsembleScorer
from reco_core.models.spec import ModelSpec
from reco_core.ratings import Ratings
from reco_core.split import Split, SplitSettings, make_split
from reco_core.training.loop import Programs

MODEL, SEEDS, FOLDS = "svdpp", (0, 1, 2), 5
# Members of other sizes miss other ratings: on validation rows of MovieLens 1M's training rows that is worth more than
# other seeds alone.
VARIED = ({}, {"dim": 64}, {"dim": 96})
TEXT = (
    f"`{MODEL}` with its defaults (on MovieLens 1M with the preset for it, where there is one). Single: seed 0. "
    f"Ensemble: the mean of the stars that the trainings of seeds {', '.join(map(str, SEEDS))} predict; on MovieLens "
    "1M, of the single model, one of dim 64 and one of dim 96. u1 to u5 are the folds that come with MovieLens 100K; "
    "the random folds are consecutive fifths of numpy's default_rng(0).permutation, the first of them the random 80/20 "
    "split of the sections above; MovieLens 1M is random 90/10, seed 0. Published "
    "RMSE: u1 GC-MC 0.905, GLocal-K 0.889; Surprise SVD++ 0.919 over random folds; "
    "MovieLens 1M GC-MC 0.832, IMC-GAE 0.829, GLocal-K 0.823. Seconds: of fitting the single model, compiling "
    "included where the shape is new."
)


@dataclass(frozen=True)
class Found:
    """RMSE and MAE of the single model and of the ensemble (None where only one was trained), and seconds."""

    rmse: float
    mae: float
    seconds: float
    ensemble: float | None = None


def run() -> Section:
    """Every fold in turn; one program serves all folds of a dataset."""
    try:
        spec = get_model(MODEL)
    except SettingsError as error:
        raise NotMeasured(str(error)) from error
    load()
    ratings, programs = ml_100k(), Programs()
    found: dict[str, Found] = {}
    for name, split in {**official(ratings), **random_folds(ratings)}.items():
        seeds = SEEDS if name in ("u1", "random 1") else SEEDS[:1]
        found[name] = measured(spec, ratings, split, seeds, programs)
        print(name, found[name], flush=True)
    notes = []
    try:
        large = ml_1m()
        split = make_split(large, SplitSettings(kind="random", test_size=0.1, val_size=0.0, seed=0))
        preset = next((preset.name for preset in spec.presets if "1m" in preset.name), None)
        found["ML-1M 90/10"] = measured(spec, large, split, SEEDS, Programs(), preset, VARIED)
    except NotMeasured as error:
        notes.append(f"**MovieLens 1M is missing: {error}**")
    rows = [_row(name, values) for name, values in found.items()]
    for label, names in (("mean of u1 to u5", "u"), ("mean of the random folds", "random")):
        rows.append([label, f"{_mean(found, names):.4f}", "", "", ""])
    columns = ["fold", "RMSE", "MAE", "RMSE, ensemble of 3", "seconds"]
    return Section("Stars on published folds", TEXT, columns, rows, goals(found), notes)


def measured(
    spec: ModelSpec,
    ratings: Ratings,
    split: Split,
    seeds: tuple[int, ...],
    programs: Programs,
    preset: str | None = None,
    varied: Sequence[Mapping[str, Any]] = ({},) * len(SEEDS),
) -> Found:
    """The figures of the first seed's model, and of all seeds' mean; varied: what differs in each one's settings."""
    scorers, seconds, rows = [], [], split.test
    for seed, values in zip(seeds, varied, strict=False):
        trained = fit(spec, ratings, split, seed, values, preset, programs)
        scorers.append(cold_aware(trained.scorer, ratings, trained.trained_rows))
        seconds.append(trained.seconds)
    together = EnsembleScorer(scorers, [1 / len(seeds)] * len(seeds))
    users, items, stars = ratings.user_index[rows], ratings.item_index[rows], ratings.rating[rows]
    single, ensemble = (rating_metrics(one.score(users, items), stars, ratings.scale) for one in (scorers[0], together))
    return Found(single["rmse"], single["mae"], seconds[0], ensemble["rmse"] if len(seeds) > 1 else None)


def official(ratings: Ratings) -> dict[str, Split]:
    """The folds u1 to u5 of the dataset."""
    names = [f"u{n}" for n in range(1, FOLDS + 1)]
    return {name: make_split(ratings, SplitSettings(kind=f"fold:{name}", val_size=0.0)) for name in names}


def random_folds(ratings: Ratings) -> dict[str, Split]:
    """Fifths of one permutation; the first is the random split of seed 0."""
    base = make_split(ratings, SplitSettings(kind="random", test_size=1 / FOLDS, val_size=0.0, seed=0))
    parts = np.array_split(np.random.default_rng(0).permutation(len(ratings)), FOLDS)
    return {
        f"random {n}": replace(base, train=np.setdiff1d(np.arange(len(ratings)), part), test=np.sort(part))
        for n, part in enumerate(parts, start=1)
    }


def goals(found: dict[str, Found]) -> list[Goal]:
    """What is to be reached, with what was."""
    u1, first, large = found["u1"], found["random 1"], found.get("ML-1M 90/10")
    why = "" if large else "MovieLens 1M is not here."
    return [
        Goal("u1, single, RMSE", 0.893, u1.rmse, digits=4),
        Goal("u1, ensemble of 3, RMSE", 0.888, u1.ensemble, digits=4),
        Goal("five random folds, single, mean RMSE", 0.890, _mean(found, "random"), digits=4),
        Goal("fitting MovieLens 100K", 10, first.seconds, "s", 1),
        Goal("ML-1M 90/10, single, RMSE", 0.827, large and large.rmse, digits=4, why=why),
        Goal("ML-1M 90/10, ensemble of 3, RMSE", 0.821, large and large.ensemble, digits=4, why=why),
    ]


def _mean(found: dict[str, Found], beginning: str) -> float:
    return float(np.mean([values.rmse for name, values in found.items() if name.startswith(beginning)]))


def _row(name: str, found: Found) -> list[str]:
    ensemble = "" if found.ensemble is None else f"{found.ensemble:.4f}"
    return [name, f"{found.rmse:.4f}", f"{found.mae:.4f}", ensemble, f"{found.seconds:.1f}"]
