"""The rows that a model trains on or is checked with, and its error on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reco_core.encode import RatingScale
from reco_core.errors import SettingsError
from reco_core.models.positives import are_positive, none_left
from reco_core.models.spec import Scorer, Settings
from reco_core.ratings import Ratings
from reco_core.training.program import Chunk

_AT_ONCE = 1_000_000


@dataclass(frozen=True, eq=False)
class Rows:
    """users, items: int32 [n]; stars: float32 [n]."""

    users: np.ndarray
    items: np.ndarray
    stars: np.ndarray

    @classmethod
    def of(cls, ratings: Ratings, rows: np.ndarray) -> Rows:
        """The given rows of a dataset."""
        return cls(ratings.user_index[rows], ratings.item_index[rows], ratings.rating[rows])

    def __len__(self) -> int:
        return len(self.stars)

    def positive(self, settings: Settings) -> Rows:
        """Those that count for a ranking model; raises SettingsError where none does."""
        kept = are_positive(self.stars, settings)
        if not kept.any():
            raise SettingsError(none_left(settings, self.stars))
        return self if kept.all() else Rows(self.users[kept], self.items[kept], self.stars[kept])

    def seen(self, n_users: int, n_items: int) -> dict[str, np.ndarray]:
        """Which users and items have a row here: bool [n_users], bool [n_items]."""
        return {
            "user": np.bincount(self.users, minlength=n_users) > 0,
            "item": np.bincount(self.items, minlength=n_items) > 0,
        }

    def chunks(
        self, batch_size: int, chunk_steps: int, whole_batches: bool, rng: np.random.Generator
    ) -> Iterator[tuple[Chunk, int, int]]:
        """All rows in random order, as (chunk, its batches, rows that count), each chunk of the same size.

        The last batch is filled up with rows of weight 0, or is left out where only whole batches may be trained on.
        """
        order = rng.permutation(len(self))
        steps_left = len(self) // batch_size if whole_batches else -(-len(self) // batch_size)
        size, low = batch_size * chunk_steps, 0
        while steps_left > 0:
            rows = order[low : low + size]
            real = len(rows)
            if real < size:
                rows = np.concatenate([rows, np.resize(order, size - real)])
            weights = np.zeros(size, dtype=np.float32)
            weights[:real] = 1
            steps = min(chunk_steps, steps_left)
            yield (
                Chunk(self.users[rows], self.items[rows], self.stars[rows], weights),
                steps,
                min(real, steps * batch_size),
            )
            low, steps_left = low + size, steps_left - steps

    def errors(self, scorer: Scorer, loss: str, scale: RatingScale) -> tuple[float, float]:
        """(mean loss, RMSE of the predictions clipped to the scale), both over all rows, in float64."""
        lost = missed = 0.0
        for low in range(0, len(self), _AT_ONCE):
            part = slice(low, low + _AT_ONCE)
            predicted = scorer.score(self.users[part], self.items[part]).astype(np.float64)
            stars = self.stars[part].astype(np.float64)
            lost += float(_LOSSES[loss](predicted, stars, scale).sum())
            missed += float(np.square(scale.clip(predicted) - stars).sum())
        return lost / len(self), (missed / len(self)) ** 0.5


def _cross_entropy(predicted: np.ndarray, stars: np.ndarray, scale: RatingScale) -> np.ndarray:
    place, truth = np.clip(scale.to_unit(predicted), 1e-6, 1 - 1e-6), scale.to_unit(stars)
    return -(truth * np.log(place) + (1 - truth) * np.log(1 - place))


_LOSSES = {
    "mse": lambda predicted, stars, scale: np.square(predicted - stars),
    "mae": lambda predicted, stars, scale: np.abs(predicted - stars),
    "bce": _cross_entropy,
}
