"""A trained model with all that it was made from, so that more can be asked of it than scores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from reco_core.models.spec import Arrays, ModelSpec, Scorer, Settings, Shape


@dataclass(frozen=True, eq=False)
class Fitted:
    """A model's spec and settings, the sizes and arrays of its training, and its scorer.

    n_train: ratings that it was trained on; 0 where that is not known (only penalties on whole tables depend on it).
    """

    spec: ModelSpec
    settings: Settings
    shape: Shape
    arrays: Arrays
    scorer: Scorer
    n_train: int = 0

    @classmethod
    def of(cls, spec: ModelSpec, settings: Settings, shape: Shape, arrays: Arrays, n_train: int = 0) -> Fitted:
        """The model of these arrays, with its scorer."""
        return cls(spec, settings, shape, arrays, spec.scorer(arrays, shape, settings), n_train)

    @cached_property
    def members(self) -> tuple[tuple[Fitted, float], ...]:
        """The models that this one holds, with their weights; none for most."""
        return () if self.spec.members is None else self.spec.members(self)

    @property
    def stars_count(self) -> bool:
        """Whether a visitor's list depends on the stars that the visitor gives."""
        if self.members:
            return any(member.stars_count for member, weight in self.members if weight)
        return self.spec.personal and self.spec.fold_in is not None
