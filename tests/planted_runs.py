"""Models trained on the planted data, each once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from reco_core.events import EpochEnded, Event
from reco_core.models import MODELS, get_model
from reco_core.models.spec import Arrays, ModelSpec, Scorer, Settings, Shape
from reco_core.split import Split
from reco_core.training.loop import Programs, Training
from tests.planted import planted, planted_split

PROGRAMS = Programs(capacity=40)
FAST = {"dim": 4, "batch_size": 64, "epochs": 4, "learning_rate": 0.02, "patience": None, "decay": 1}
SMALL = {"dim": 6, "batch_size": 64, "epochs": 12, "learning_rate": 0.02, "patience": "none"}
GENTLE = {"l2": 0.001, "bias_l2": 0.001, "dropout": 0.05, "embedding_dropout": 0.02}
TWO_STAGE = {"table_epochs": 12, "table_learning_rate": 0.02, "table_l2": 0.001}
KERAS = [spec.name for spec in MODELS if spec.build]
EVERY = [spec.name for spec in MODELS]


@dataclass(frozen=True)
class Trained:
    """A model trained on the planted data."""

    spec: ModelSpec
    settings: Settings
    shape: Shape
    arrays: Arrays
    scorer: Scorer
    events: tuple[Event, ...]


def small_settings(spec: ModelSpec, **more: object) -> Settings:
    """Settings that learn the planted data in a few epochs."""
    values = SMALL | GENTLE | TWO_STAGE | more
    return spec.parse({name: value for name, value in values.items() if name in spec.settings.model_fields})


def train(name: str, seed: int = 0, **more: object) -> Trained:
    """The model trained on the planted data."""
    spec = get_model(name)
    settings = small_settings(spec, **more)
    training = Training(spec, settings, planted(), planted_split(), seed, PROGRAMS)
    events = tuple(training.events())
    arrays = training.arrays()
    return Trained(spec, settings, training.shape, arrays, spec.scorer(arrays, training.shape, settings), events)


@cache
def trained(name: str) -> Trained:
    """The model trained with seed 0, once."""
    return train(name)


def pairs(n: int = 200, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Random users and items of the planted data."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, planted().n_users, n), rng.integers(0, planted().n_items, n)


def training(
    model: str = "mf_bias",
    split: Split | None = None,
    seed: int = 0,
    programs: Programs | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    tables: dict | None = None,
    **settings: object,
) -> Training:
    """A run on the planted data."""
    spec = get_model(model)
    known = FAST if spec.build else {}
    return Training(
        spec,
        spec.parse(known | settings),
        planted(),
        split or planted_split(),
        seed,
        PROGRAMS if programs is None else programs,
        tables=tables,
        should_stop=should_stop,
    )


def epochs(events: list[Event]) -> list[EpochEnded]:
    """The epochs among the events."""
    return [event for event in events if isinstance(event, EpochEnded)]
