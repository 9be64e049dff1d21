"""The rows that a model trains on or is checked with, and its error on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from reco_core.encode import RatingScale
from reco_core.errors import SettingsError
from reco_core.models.implicit_feedback import are_positive, none_left
from reco_core.models.spec import Scorer, Settings
from reco_core.ratings import Ratings
from reco_core.training.program import Chunk

_AT_ONCE = 1_000_000
_BLOCK, _BLOCKS = 16, 4096  # rows that stay together at most, blocks at least
_USERS = 4096  # in a part of the rows


class Order:
    """A random order of n rows, drawn in blocks of neighbours where n is large; rows that fill no block come last.

    The blocks of each of so many equal parts stay together, in random order, and so do the parts.
    """

    def __init__(self, n: int, rng: np.random.Generator, parts: int = 1) -> None:
        self._block = min(_BLOCK, max(1, n // _BLOCKS))
        bounds = np.linspace(0, n // self._block, parts + 1).astype(np.int64)
        drawn = [low + rng.permutation(high - low) for low, high in pairwise(bounds)]
        self._blocks = np.concatenate([drawn[part] for part in rng.permutation(parts)]) if parts > 1 else drawn[0]

    def values_at(self, values: np.ndarray, low: int, high: int) -> np.ndarray:
        """The values at the places low..high of this order."""
        block, whole = self._block, len(self._blocks) * self._block
        first = low // block
        chosen = self._blocks[first : -(-min(high, whole) // block)]
        taken = values[:whole].reshape(-1, block)[chosen].reshape(-1)
        if high > whole:
            taken = np.concatenate([taken, values[whole:]])
        return taken[low - first * block : high - first * block]


@dataclass(frozen=True, eq=False)
class Rows:
    """users, items: int32 [n]; stars: float32 [n]. parts: of how many parts the rows of some users lie together."""

    users: np.ndarray
    items: np.ndarray
    stars: np.ndarray
    parts: int = 1

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

    def shuffled(self, rng: np.random.Generator, by_users: bool = False) -> Rows:
        """The same rows in random order, which is all that `chunks` needs to mix them well.

        by_users: of very many users, the rows of some thousand chosen at random stay together. Their vectors then stay
        in the processor's cache while these rows are trained on, so that a rating costs about what it does on small
        data. Not for rules such as Adam, that move all vectors in every step.
        """
        order = rng.permutation(len(self))
        n_users = int(self.users.max(initial=0)) + 1
        parts = max(1, n_users // _USERS) if by_users else 1
        if parts > 1:
            part_of = rng.integers(0, parts, n_users).astype(np.uint16)
            order = order[np.argsort(part_of[self.users[order]], kind="stable")]
        return Rows(self.users[order], self.items[order], self.stars[order], parts)

    def chunks(
        self, batch_size: int, chunk_steps: int, whole_batches: bool, rng: np.random.Generator
    ) -> Iterator[tuple[Chunk, int, int]]:
        """All rows in another order, as (chunk, its batches, rows that count), each chunk of the same size.

        The last batch is filled up with rows of weight 0, or is left out where only whole batches may be trained on;
        what follows it in its chunk is not to be trained on. Of many rows, short runs of neighbours stay together,
        which is ten times faster than drawing each by itself; they are to be shuffled once before.
        """
        order = Order(len(self), rng, self.parts)
        steps_left = len(self) // batch_size if whole_batches else -(-len(self) // batch_size)
        size, low = batch_size * chunk_steps, 0
        while steps_left > 0:
            steps = min(chunk_steps, steps_left)
            real = min(len(self) - low, steps * batch_size)
            weights = np.zeros(size, dtype=np.float32)
            weights[:real] = 1
            columns = (self._column(values, order, low, real, steps * batch_size, size) for values in self.columns)
            yield Chunk(*columns, weights), steps, real
            low, steps_left = low + size, steps_left - steps

    @property
    def columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Users, items and stars."""
        return self.users, self.items, self.stars

    @staticmethod
    def _column(values: np.ndarray, order: Order, low: int, real: int, used: int, size: int) -> np.ndarray:
        """`real` values from place `low` on, then from the first place on up to `used`: [size], the rest is 0."""
        column = np.zeros(size, dtype=values.dtype)
        column[:real] = order.values_at(values, low, low + real)
        if used > real:
            column[real:used] = np.resize(order.values_at(values, 0, min(used - real, len(values))), used - real)
        return column

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
