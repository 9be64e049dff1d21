"""What every model reaches on held-out rows, and what other libraries reach on the same."""

from __future__ import annotations

import numpy as np

from benchmarks import peers
from benchmarks.dataset import rated
from benchmarks.fitting import fit
from benchmarks.goals import Goal
from benchmarks.peer_settings import PEERS
from benchmarks.section import Section
from reco_core.errors import RecoError
from reco_core.evaluation import PROTOCOL
from reco_core.jobs.running.load_tensorflow import load
from reco_core.models import MODELS
from reco_core.models.spec import ModelSpec
from reco_core.ratings import Ratings
from reco_core.split import Split, SplitSettings, make_split
from reco_core.training.loop import Programs

SEEDS = (0, 1, 2)
LONG_SECONDS = 10.0
FIGURES = ("rmse", "mae", "rounded_mae", "ndcg@10", "recall@10", "precision@10", "map@10", "coverage")
# Presets whose notebook prints a figure to compare with, or that do another thing; their share of validation rows.
PRESETS = {"mf_bias": {"notebook-a": 0.2}, "mf": {"notebook-e": 0.1}, "ease": {"sittings": 0.0}}
GOALS = {
    "mf_bias": ("rmse", 0.910),
    "svdpp": ("rmse", 0.890),
    "ease": ("ndcg@10", 0.445),
    "bpr": ("ndcg@10", 0.417),
    "implicit_als": ("ndcg@10", 0.41),
}
COLUMNS = [
    "model",
    "settings",
    "RMSE",
    "MAE",
    "rounded MAE",
    "NDCG@10",
    "Recall@10",
    "Precision@10",
    "MAP@10",
    "coverage",
    "validation MSE",
    "seconds",
    "RMSE, seeds 0-2",
    "NDCG@10, seeds 0-2",
]


def run() -> Section:
    """Every model with three seeds, its test rows scored once each; other libraries on the rows of seed 0."""
    load()
    ratings = rated()
    rows, notes, goals = [], [], []
    for spec in MODELS:
        for preset in (None, *PRESETS.get(spec.name, ())):
            try:
                results = _results(spec, ratings, preset)
            except RecoError as error:
                notes.append(f"**{spec.name} is missing: {error}**")
                print(notes[-1], flush=True)
                continue
            rows.append([spec.name, preset or "defaults", *_cells(results)])
            print("  ".join(rows[-1]), flush=True)
            if preset is None and spec.name in GOALS:
                goals.append(_goal(spec.name, results[0]))
    notes += [note for note in [peers.missing()] if note]
    split = make_split(ratings, _asked(0, 0.0))
    for peer in () if peers.missing() else PEERS:
        found = _of_peer(peer.name, ratings, split, list(peer.rows.values()))
        for label, result in zip(peer.rows, found, strict=True):
            rows.append([f"{peer.title} {result.pop('version')}", label, *_cells([result])])
            print("  ".join(rows[-1]), flush=True)
    return Section("Quality of every model", _text(ratings), COLUMNS, rows, goals, notes)


def _results(spec: ModelSpec, ratings: Ratings, preset: str | None) -> list[dict[str, float]]:
    """One result a seed, the first with nothing compiled yet; of one seed alone where that takes long."""
    programs = Programs()
    results = [figures(spec, ratings, SEEDS[0], preset, programs)]
    if results[0]["seconds"] < LONG_SECONDS:
        results += [figures(spec, ratings, seed, preset, programs) for seed in SEEDS[1:]]
    return results


def figures(spec: ModelSpec, ratings: Ratings, seed: int, preset: str | None, programs: Programs) -> dict[str, float]:
    """Our model's figures on the split of that seed, with the seconds of its training."""
    val_size = PRESETS[spec.name][preset] if preset else 0.0
    trained = fit(spec, ratings, make_split(ratings, _asked(seed, val_size)), seed, None, preset, programs)
    found = trained.figures(ratings) | {"seconds": trained.seconds}
    return found if trained.val_mse is None else found | {"val_mse": trained.val_mse}


def _asked(seed: int, val_size: float) -> SplitSettings:
    return SplitSettings(kind="random", test_size=0.2, val_size=val_size, seed=seed)


def _of_peer(name: str, ratings: Ratings, split: Split, fits: list[dict]) -> list[dict]:
    answer = peers.ask(name, ratings, split, fits)
    return [
        peers.figures(fit, ratings, split) | {"seconds": fit.seconds[0], "version": answer.version}
        for fit in answer.fits
    ]


def _cells(results: list[dict[str, float]]) -> list[str]:
    first = results[0]
    shown = [f"{first[name]:.4f}" if name in first else "" for name in FIGURES]
    validation = f"{first['val_mse']:.4f}" if "val_mse" in first else ""
    seconds = f"{first['seconds']:.2f}"
    spreads = [_spread(results, name) for name in ("rmse", "ndcg@10")]
    return [*shown, validation, seconds, *spreads]


def _spread(results: list[dict[str, float]], name: str) -> str:
    values = [result[name] for result in results if name in result]
    return f"{np.mean(values):.4f} ± {np.std(values):.4f}" if len(values) > 1 else ""


def _goal(name: str, result: dict[str, float]) -> Goal:
    figure, limit = GOALS[name]
    return Goal(f"{name}, {figure.upper()}", limit, result[figure], digits=4, at_least=figure.startswith("ndcg"))


def _text(ratings: Ratings) -> str:
    return (
        f"{ratings.source.title}, random 80/20 of seed 0; the last two columns are the mean and spread over the "
        f"splits and trainings of seeds 0, 1 and 2, for models that train in less than {LONG_SECONDS:.0f} s. Models "
        "that stop early choose their epochs on a tenth of the training rows and then learn from all of them; the "
        "validation MSE is that of the first training's last epoch, and seconds are of both, compiling included. The "
        "notebooks' presets train as the notebooks did, with their share of validation rows left out; "
        "ease's sittings also counts what was rated within minutes, which suits rows held out at random. Ensembles "
        f"stand in the sections on published splits. {PROTOCOL} "
        "Other libraries: stars as they predict them, lists from their scores of all items; defaults, and the "
        "settings that were best on validation rows; seconds of `fit` alone."
    )
