"""A training that follows a script, for tests of jobs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from reco_core.events import EpochEnded, StageStarted, Stopped
from reco_core.models.spec import Shape
from reco_core.models.weights import initial
from reco_core.runs import Run

RANKING = {"ndcg@10", "recall@10", "precision@10", "map@10", "mrr@10", "hit_rate@10"}


RANKING |= {"coverage", "gini", "novelty", "diversity@10", "popularity_lift"}


class ScriptedTraining:
    """Plays Training: `script` is what happens, each number an epoch with that validation loss."""

    script: tuple[object, ...] = (3.0, 2.0, 1.0)
    best: int | None = None
    made: list[ScriptedTraining] = []  # noqa: RUF012

    checkpoint, complete = None, True

    def __init__(
        self, spec, settings, ratings, split, seed, programs=None, tables=None, steering=None, checkpoint=None
    ):
        self.settings, self.split, self.tables, self.steering = settings, split, tables, steering
        self.shape = Shape(
            ratings.n_users, ratings.n_items, ratings.scale, float(ratings.rating[split.train].mean(dtype=np.float64))
        )
        self.epochs, self.best_epoch, self.done = settings.epochs, None, 0
        self._layout = spec.layout(settings, self.shape)
        self.refit_settings = settings.model_copy(update={"epochs": self.best or 1, "patience": None})
        self.made.append(self)

    def arrays(self) -> dict[str, np.ndarray]:
        return initial(self._layout, np.random.default_rng(self.done))

    def events(self) -> Iterator[object]:
        yield StageStarted(1, "training", self.epochs, 0.1)
        script = self.script if len(self.split.validation) else (1.0,) * self.epochs
        for step in script:
            if isinstance(step, Exception):
                raise step
            if not isinstance(step, float):
                self.complete = False
                yield step
                return
            if self.steering.between_chunks():
                self.complete = False
                yield Stopped(self.done, "asked")
                return
            self.done += 1
            yield EpochEnded(self.done, 1, step, step, 1.0, 1.0, 0.1, 0.1 * self.done, 9.0, 0.1)
        self.best_epoch = self.best


def kinds(run: Run) -> list[str]:
    return [type(event).__name__ for event in run.events()]
