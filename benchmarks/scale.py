"""Cost per rating from 100,000 to 20 million ratings: `python -m benchmarks.scale MODEL SIZE` measures one."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.generated import generated
from benchmarks.goals import Goal
from benchmarks.process import in_new_process
from benchmarks.section import Section
from reco_core.events import EpochEnded, Failed
from reco_core.models import get_model
from reco_core.split import SplitSettings, make_split
from reco_core.training.loop import Programs, Training
from reco_core.training.plan import batch_size_for

# Ratings, users and items, as many as of MovieLens 100K, 1M, 10M and 20M.
SIZES = {
    "100k": (100_000, 943, 1_682),
    "1m": (1_000_000, 6_040, 3_706),
    "10m": (10_000_000, 69_878, 10_677),
    "20m": (20_000_000, 138_493, 26_744),
}
EPOCHS = 3
# Small data are trained for more epochs, so that the clock has something to measure.
EPOCHS_OF = {"100k": 12, "1m": 6}
SPLIT = SplitSettings(kind="random", test_size=0.02, val_size=0.02, seed=0)


@dataclass(frozen=True)
class Case:
    """One model of the table, the settings that differ from its defaults, and the sizes it is measured at."""

    label: str
    model: str
    values: Mapping[str, Any] = field(default_factory=dict)
    preset: str | None = None
    sizes: tuple[str, ...] = tuple(SIZES)


CASES = {
    "mf_bias": Case("mf_bias, dim 40", "mf_bias", {"dim": 40}),
    "mf_4": Case("mf, dim 4, as in notebook B", "mf", preset="notebook-b"),
    "deep_mlp": Case("deep_mlp", "deep_mlp", sizes=("1m", "20m")),
    "deep_regressor": Case("deep_regressor", "deep_regressor", sizes=("1m", "20m")),
}
COLUMNS = ["model", "ratings", "batch", "s per million, warm", "first epoch, s", "RMSE", "of which noise", "peak MB"]
TEXT = (
    "Seconds of an epoch per million ratings, validation included, on generated ratings (a planted truth of biases and "
    "eight tastes, with noise; as many users and items as the MovieLens of that size): the median of the epochs after "
    f"the first, of {EPOCHS} epochs (more on small data). RMSE on validation rows after the last one, beside that of "
    "the planted truth itself, which no model can beat. Each row in a process of its own; the peak of its memory holds "
    "TensorFlow and the making of the ratings. The batch follows from the size of the data where the preset names none."
)


def run() -> Section:
    """All cases, one after the other."""
    found = {
        (name, size): in_new_process("benchmarks.scale", name, size)
        for name, case in CASES.items()
        for size in case.sizes
    }
    rows = []
    for (name, size), one in found.items():
        rows.append([CASES[name].label, f"{SIZES[size][0]:,}", f"{one['batch']:,}", f"{one['warm']:.3f}"])
        rows[-1] += [f"{one['first']:.2f}", f"{one['rmse']:.4f}", f"{one['noise']:.4f}", f"{one['peak_mb']:,.0f}"]
        print("  ".join(rows[-1]), flush=True)
    return Section("Cost per rating", TEXT, COLUMNS, rows, goals(found))


def goals(found: Mapping[tuple[str, str], Mapping[str, float]]) -> list[Goal]:
    """What the figures are to be."""
    costs = [one["warm"] for (name, _), one in found.items() if name == "mf_bias"]
    largest = found["mf_bias", "20m"]
    return [
        Goal("mf_bias, dim 40: dearest size against cheapest", 1.5, max(costs) / min(costs), "x"),
        Goal("mf_bias, dim 40, 20 million: per million", 0.7, largest["warm"], "s", 3),
        Goal("mf, dim 4, 20 million: per million", 0.25, found["mf_4", "20m"]["warm"], "s", 3),
        Goal("mf_bias, dim 40, 20 million: peak memory", 2500, largest["peak_mb"], "MB", 0),
    ]


def main(name: str, size: str) -> None:
    """Measures one case at one size and prints its figures as JSON."""
    from reco_core.jobs.running.load_tensorflow import load

    load()
    case, spec = CASES[name], get_model(CASES[name].model)
    epochs = EPOCHS_OF.get(size, EPOCHS)
    settings = spec.parse({"epochs": epochs, "patience": None} | _tables(name, epochs) | dict(case.values), case.preset)
    ratings = generated(*SIZES[size])
    split = make_split(ratings, SPLIT)
    held = split.validation
    noise = ratings.scale.clip(ratings.expected[held]) - ratings.rating[held]
    programs = Programs()
    training = Training(spec, settings, ratings, split, 0, programs)
    # As in a worker that compiled this shape in an idle moment.
    programs.get(spec, settings, training.shape, batch_size_for(settings, len(split.train)))
    programs.compile()
    began, ended = time.perf_counter(), []
    for event in training.events():
        if isinstance(event, Failed):
            raise RuntimeError(event.reason)
        if isinstance(event, EpochEnded):
            ended.append((event, time.perf_counter() - began))
            began = time.perf_counter()
    n = len(split.train)
    print(json.dumps(_figures(ended, noise, n / 1e6) | {"batch": batch_size_for(settings, n)}))


def _tables(name: str, epochs: int) -> dict[str, int]:
    """A model in two stages trains its tables for as many epochs."""
    return {"table_epochs": epochs} if name == "deep_regressor" else {}


def _figures(ended: list[tuple[EpochEnded, float]], noise: np.ndarray, millions: float) -> dict[str, float]:
    """warm and first in seconds (of the last stage, where there are two), per million and of the first epoch."""
    last = ended[-1][0]
    stage = [(event, seconds) for event, seconds in ended if event.stage == last.stage]
    return {
        "warm": float(np.median([seconds for _, seconds in stage[1:]])) / millions,
        "first": stage[0][1],
        "rmse": last.val_rmse,
        "noise": float(np.sqrt(np.mean(noise.astype(float) ** 2))),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
