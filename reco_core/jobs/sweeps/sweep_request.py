"""What a sweep is asked to try, and sweep.json: checked when made and when read."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from reco_core.errors import SettingsError
from reco_core.jobs.sweeps.search_space import Axis, checked_axis, grid
from reco_core.models import get_model
from reco_core.runs import RunRequest
from reco_core.runs.run_spec import Name

SWEEP_ID = re.compile(r"\d{8}-\d{6}-sweep-[0-9a-f]{4}")
MOST_AXES, MOST_RUNS, MOST_SEEDS = 3, 200, 10


class SweepRequest(BaseModel):
    """What to try: `base` with the settings of `over` varied, at most `runs` runs in all, each with `seeds` seeds.

    The owner of `base` owns the sweep and its runs. prune ends a run early that is behind the others.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: RunRequest
    over: tuple[Axis, ...]
    method: Literal["grid", "tpe"] = "grid"
    runs: int = Field(12, ge=1, le=MOST_RUNS)
    seeds: int = Field(1, ge=1, le=MOST_SEEDS)
    prune: bool = True
    name: Name | None = None

    @property
    def combinations(self) -> int:
        """How many combinations of settings the runs are enough for."""
        return self.runs // self.seeds


class Trial(BaseModel):
    """One combination: its values, and the runs that were begun for it, in the order of the seeds."""

    model_config = ConfigDict(extra="forbid")

    values: dict[str, Any]
    runs: list[str] = Field(default_factory=list)
    pruned: dict[str, int] = Field(default_factory=dict)


class SweepInfo(BaseModel):
    """sweep.json. over: True when all that was asked is begun and done; reason: why the sweep could not go on."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=f"^{SWEEP_ID.pattern}$")]
    created: datetime
    request: SweepRequest
    trials: list[Trial] = Field(default_factory=list)
    over: bool = False
    reason: str = ""
    format: int = Field(1, ge=1, le=1)


def checked_request(request: SweepRequest) -> SweepRequest:
    """The request with its axes as the model has them; raises SettingsError where it makes no sense."""
    spec = get_model(request.base.model)
    if spec.fit is not None and (spec.predicts_stars or not spec.settings.model_fields):
        raise SettingsError(
            f"A sweep needs a model that learns by epochs, or a ranking model with settings; {spec.name} is neither."
        )
    if request.base.split.val_size == 0:
        raise SettingsError("A sweep chooses on validation rows; the split must leave some (val_size above 0).")
    names = [axis.setting for axis in request.over]
    if not 1 <= len(names) <= MOST_AXES or len(set(names)) < len(names):
        raise SettingsError(f"A sweep varies 1 to {MOST_AXES} different settings; got {', '.join(names) or 'none'}.")
    if request.combinations < 1:
        raise SettingsError(f"A sweep needs at least as many runs as seeds; got {request.runs} and {request.seeds}.")
    axes = tuple(checked_axis(axis, request.base, spec) for axis in request.over)
    if request.method == "grid":
        for values in grid(axes, request.combinations):
            spec.parse({**request.base.settings, **values}, request.base.preset)
    return request.model_copy(update={"over": axes})
