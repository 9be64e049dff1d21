"""How much sense neighbours make: genres of the ten nearest, for every model that has any, by each choice."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from benchmarks.dataset import ml_100k
from benchmarks.fitting import fit
from benchmarks.goals import Goal
from benchmarks.section import Section
from reco_core import data
from reco_core.inspect.alike import Alike, ByVectors, alike, near
from reco_core.inspect.likeness import likeness, likeness_of_model
from reco_core.inspect.raters import Raters
from reco_core.jobs.running.load_tensorflow import load
from reco_core.models import MODELS
from reco_core.models.spec import ModelSpec
from reco_core.ratings import Ratings
from reco_core.split import SplitSettings, make_split
from reco_core.training.loop import Programs

SEEDS = (0, 1, 2)
ON_THE_DEMO = ("mf_bias", "bpr", "implicit_als", "svdpp", "ease")
READ_GENRES = ("svdpp", "ease")
MANY_ITEMS, DIM = 27_000, 120  # the default's vectors: 40 numbers each of the item, its raters, and who rated both
TEXT = (
    "Mean Jaccard overlap of genres with the 10 nearest, divided by that of all pairs: 1 is chance; items with at "
    "least 20 ratings. *As it is*: cosines of a model's vectors, or its weights from item to item. *Learned*: the same "
    "made fit for likeness (docs/recommending.md). *Blend*: a third of that and two thirds of who rated both, which "
    "the Similar page shows unless asked otherwise. Genres measure and choose nothing; but models marked * read them "
    "in training. *Raters overlap*: the share of the 10 nearest, as it is, that are also among the 10 with the largest "
    "cosine of who rated both. Random 80/20; models are fitted as in the section on quality, with default settings. "
    f"Means over the splits and trainings of seeds {', '.join(map(str, SEEDS))}."
)
KINDS = ("as it is", "learned", "blend", "raters overlap")
COLUMNS = ["neighbours", *(f"ML-100K, {kind}" for kind in KINDS), "RMSE", *(f"demo, {kind}" for kind in KINDS)]
COSINE, RATERS = "cosine of who rated both", "who rated both, as on Similar"
Figures = dict[str, float]


@dataclass
class Measured:
    """The likeness of one dataset's items over the splits of SEEDS, by what is near them: name -> figures."""

    ratings: Ratings
    found: dict[str, Figures] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._programs = Programs()
        settings = [SplitSettings(test_size=0.2, val_size=0.1, seed=seed) for seed in SEEDS]
        self._splits = [make_split(self.ratings, one) for one in settings]
        self._raters = [Raters.of(self.ratings, split.known) for split in self._splits]
        self.found[COSINE] = _mean([{"as it is": self._overlap(_Cosine(one), one)} for one in self._raters])
        by_raters = [{"as it is": self._overlap(ByVectors.of(one.vectors), one)} for one in self._raters]
        self.found[RATERS] = _mean(by_raters)

    def fit(self, spec: ModelSpec) -> None:
        """Trains the model on each split and looks at its neighbours."""
        found = []
        for seed, split, raters in zip(SEEDS, self._splits, self._raters, strict=True):
            made = fit(spec, self.ratings, split, seed, programs=self._programs)
            as_it_is = likeness_of_model(made.scorer, self.ratings, raters)
            figures = {"as it is": as_it_is.genre_overlap, "raters overlap": as_it_is.raters_overlap}
            for basis in ("learned", "blend"):
                figures[basis] = self._overlap(alike(basis, made.scorer, raters), raters)
            found.append(figures | ({"rmse": made.figures(self.ratings)["rmse"]} if spec.predicts_stars else {}))
        self.found[spec.name] = _mean(found)

    def cells(self, name: str) -> list[str]:
        """The figures of KINDS as text, empty where there are none."""
        known = self.found.get(name, {})
        return [f"{known[kind]:.2f}" if kind in known else "" for kind in KINDS]

    def _overlap(self, by: Alike, raters: Raters) -> float:
        return likeness(by, self.ratings, raters).genre_overlap


@dataclass(frozen=True, eq=False)
class _Cosine:
    """The cosine of who rated both, without anything made of it."""

    raters: Raters

    def among(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        return self.raters.cosines(rows, columns)


def run() -> Section:
    """Every model that has neighbours, on MovieLens 100K; the best known ones also on the demo."""
    load()
    on_ml, on_demo = Measured(ml_100k()), Measured(data.load("demo"))
    names = [spec.name for spec in MODELS if spec.has_neighbours]
    for spec in (spec for spec in MODELS if spec.has_neighbours):
        on_ml.fit(spec)
        if spec.name in ON_THE_DEMO:
            on_demo.fit(spec)
        print("  ".join(_row(spec.name, on_ml, on_demo)), flush=True)
    rows = [_row(name, on_ml, on_demo) for name in (COSINE, RATERS, *names)]
    return Section("Likeness of neighbours", TEXT, COLUMNS, rows, goals(on_ml.found, click_seconds()))


def goals(found: dict[str, Figures], click: float) -> list[Goal]:
    """Similar's default whatever the model, the default model by itself, and how long a click may take."""
    models = {name: figures for name, figures in found.items() if "blend" in figures}
    least = min(models, key=lambda name: models[name]["blend"])
    own, why = found.get("mf_bias", {}), "There is no such model."
    return [
        Goal(f"Similar's default, the lowest of all models ({least})", 2.2, models[least]["blend"], at_least=True),
        Goal("mf_bias, learned", 1.7, own.get("learned"), at_least=True, why=why),
        Goal("mf_bias, RMSE", 0.905, own.get("rmse"), digits=4, why=why),
        Goal(f"A click on Similar, {MANY_ITEMS:,} items", 30.0, click * 1000, "ms", 1),
    ]


def click_seconds(n_items: int = MANY_ITEMS) -> float:
    """The median time of an item's 21 nearest, by vectors as long as the default's."""
    vectors = np.random.default_rng(0).normal(size=(n_items, DIM))
    by, times = ByVectors.of(vectors), []
    for item in range(11):
        began = time.perf_counter()
        near(by, item, 21)
        times.append(time.perf_counter() - began)
    return float(np.median(times))


def _row(name: str, on_ml: Measured, on_demo: Measured) -> list[str]:
    rmse = on_ml.found.get(name, {}).get("rmse")
    title = f"{name} *" if name in READ_GENRES else name
    return [title, *on_ml.cells(name), "" if rmse is None else f"{rmse:.4f}", *on_demo.cells(name)]


def _mean(found: list[Figures]) -> Figures:
    return {name: float(np.mean([one[name] for one in found])) for name in found[0]}
