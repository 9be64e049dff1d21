"""A training at the end of a whole epoch: everything that the next epoch depends on, as plain arrays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import numpy as np

from reco_core.errors import RunError
from reco_core.events import EpochEnded
from reco_core.models.spec import Arrays

_FACTS = "facts"
_TABLES = ("weights", "optimizer", "seeds", "best", "others")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Where a training stands after `epoch` whole epochs; going on from here gives what not stopping gives.

    part, stage: which of the plan, from 0. part_began: whole epochs before the part; stage_epochs: those of the stage;
    waited: epochs since the best; epochs_kept: of the parts that are over. rate, penalties: what was changed by hand
    and holds. rng: the state of the numpy generator. compiled: whether XLA code ran it. notes: what the caller adds.
    Arrays: the weights, the optimiser's variables by number, the seeds of dropout layers, the best epoch's weights, the
    weights of other parts.
    """

    part: int
    part_began: int
    stage: int
    stage_epochs: int
    epoch: int
    waited: int
    best_epoch: int | None
    best_error: float | None
    epochs_kept: tuple[int, ...]
    rate: float | None
    penalties: dict[str, float]
    rng: dict[str, Any]
    elapsed: float
    ended: EpochEnded | None
    compiled: bool = False
    notes: dict[str, Any] = field(default_factory=dict)
    weights: Arrays = field(default_factory=dict)
    optimizer: Arrays = field(default_factory=dict)
    seeds: Arrays = field(default_factory=dict)
    best: Arrays = field(default_factory=dict)
    others: Arrays = field(default_factory=dict)

    def after(self, ended: EpochEnded, rng: dict[str, Any], state: dict[str, Arrays], keeps_best: bool) -> Checkpoint:
        """The next one, an epoch later; the weights of the least validation error are kept aside where that is asked.

        state: weights, optimizer and seeds.
        """
        error = ended.val_error
        better = error is not None and (self.best_error is None or error < self.best_error)
        best = {"best_error": error, "waited": 0} if better else {"waited": self.waited + 1}
        if better and keeps_best:
            best |= {"best_epoch": ended.epoch, "best": state["weights"]}
        counted = {"epoch": ended.epoch, "stage_epochs": self.stage_epochs + 1, "elapsed": ended.elapsed}
        return replace(self, ended=ended, rng=rng, **counted, **best, **state)

    def at_stage(self, stage: int) -> Checkpoint:
        """The same at the beginning of another stage, which starts from the best weights."""
        return replace(self, stage=stage, stage_epochs=0, waited=0, rate=None, weights=self.best or self.weights)

    def noted(self, notes: Mapping[str, Any]) -> Checkpoint:
        """The same with the caller's notes (values that JSON can hold)."""
        return replace(self, notes=dict(notes))

    def to_arrays(self) -> Arrays:
        """All of it as named arrays of numbers; the facts are JSON in bytes."""
        facts = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _TABLES}
        facts["ended"] = None if self.ended is None else asdict(self.ended)
        arrays = {_FACTS: np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)}
        for table in _TABLES:
            arrays |= {f"{table}/{name}": array for name, array in getattr(self, table).items()}
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Checkpoint:
        """What to_arrays gave; raises RunError for anything else."""
        tables: dict[str, Arrays] = {table: {} for table in _TABLES}
        try:
            facts = json.loads(arrays[_FACTS].astype(np.uint8).tobytes())
            for path, array in arrays.items():
                table, _, name = path.partition("/")
                if path != _FACTS:
                    tables[table][name] = array
            ended = facts.pop("ended")
            facts["epochs_kept"] = tuple(facts["epochs_kept"])
            return cls(**facts, **tables, ended=None if ended is None else EpochEnded(**ended))
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise RunError(f"A checkpoint must have the format of this version; got {str(error)[:200]}.") from error
