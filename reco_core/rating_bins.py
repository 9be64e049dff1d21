"""Ratings in groups: each by itself on a scale of a few, some 20 ranges on a continuous one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reco_core.encode import RatingScale
from reco_core.stars_text import number


@dataclass(frozen=True, eq=False)
class RatingBins:
    """Groups of ratings, in their order: float64 [n] each; a range holds its low end, the last one its high end too."""

    scale: RatingScale
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def of(cls, scale: RatingScale) -> RatingBins:
        """The groups of a scale: at most 22."""
        levels = scale.levels
        return cls(scale, levels[:-1], levels[1:]) if scale.is_continuous else cls(scale, levels, levels)

    def __len__(self) -> int:
        return len(self.low)

    @property
    def middle(self) -> np.ndarray:
        """What each group is about: its rating, or the middle of its range."""
        return (self.low + self.high) / 2

    @property
    def names(self) -> list[str]:
        """4, or 20 – 25 for a range."""
        words = [[number(self.scale, end) for end in ends] for ends in zip(self.low, self.high, strict=True)]
        return [low if low == high else f"{low} – {high}" for low, high in words]

    def place(self, stars: np.ndarray) -> np.ndarray:
        """The group 0..n-1 of each rating, the nearest one where it is in none: float [n] -> int64 [n]."""
        edges = self.low[1:] if self.scale.is_continuous else (self.low[:-1] + self.low[1:]) / 2
        return np.searchsorted(edges, np.asarray(stars, dtype=np.float64), side="right")
