"""The settings that a sweep varies: a list of values, or a range on a linear or logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from reco_core.errors import SettingsError
from reco_core.models.parsing import kinds
from reco_core.models.spec import ModelSpec
from reco_core.runs import RunRequest

MOST_VALUES, MOST_POINTS = 50, 10
Values = dict[str, Any]


class Axis(BaseModel):
    """One setting and what it may be: `values`, or all from `low` to `high` (whole: whole numbers; log: by factors)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    setting: str
    values: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None
    log: bool = False
    whole: bool = False

    @property
    def is_range(self) -> bool:
        return self.low is not None

    def points(self, n: int) -> tuple[Any, ...]:
        """The values of a list; of a range, n values evenly placed from one end to the other."""
        if not self.is_range:
            return self.values
        ends = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        places = np.linspace(*ends, n)
        numbers = np.clip(np.exp(places) if self.log else places, self.low, self.high)
        if self.whole:
            return tuple(dict.fromkeys(round(float(number)) for number in numbers))
        return tuple(float(f"{number:.6g}") for number in numbers)


def parse_axis(text: str, request: RunRequest, spec: ModelSpec) -> Axis:
    """`dim=10,20,40`, `learning_rate=0.001:0.01:log` or `l2=0:0.1` as an axis, checked; raises SettingsError."""
    name, equals, rest = text.partition("=")
    name, rest = name.strip(), rest.strip()
    if not equals or not name or not rest:
        raise SettingsError(f"A sweep varies name=value,value or name=low:high[:log]; got {text!r}.")
    parts = [part.strip() for part in rest.split(":")]
    if len(parts) == 1:
        return checked_axis(Axis(setting=name, values=tuple(part.strip() for part in rest.split(","))), request, spec)
    if len(parts) > 3 or (len(parts) == 3 and parts[2] != "log"):
        raise SettingsError(f"A range must be low:high or low:high:log; got {rest!r}.")
    try:
        low, high = float(parts[0]), float(parts[1])
    except ValueError as error:
        raise SettingsError(f"A range must be between two numbers; got {rest!r}.") from error
    if not math.isfinite(low) or not math.isfinite(high):
        raise SettingsError(f"A range must be between two numbers; got {rest!r}.")
    return checked_axis(Axis(setting=name, low=low, high=high, log=len(parts) == 3), request, spec)


def checked_axis(axis: Axis, request: RunRequest, spec: ModelSpec) -> Axis:
    """The axis with its values as the model's settings have them; raises SettingsError in one sentence."""
    name = axis.setting
    if axis.is_range:
        return _checked_range(axis, request, spec)
    if not 1 <= len(axis.values) <= MOST_VALUES:
        raise SettingsError(f"A sweep takes 1 to {MOST_VALUES} values of a setting; got {len(axis.values)} of {name}.")
    found = [_checked(name, value, request, spec) for value in axis.values]
    return axis.model_copy(update={"values": tuple(dict.fromkeys(map(_hashable, found)))})


def _checked_range(axis: Axis, request: RunRequest, spec: ModelSpec) -> Axis:
    name, low, high = axis.setting, axis.low, axis.high
    info = spec.settings.model_fields.get(name)
    whole = info is not None and int in kinds(info)
    ends = [_checked(name, int(end) if whole and end == int(end) else end, request, spec) for end in (low, high)]
    if any(isinstance(end, (bool, str)) or not isinstance(end, (int, float)) for end in ends):
        raise SettingsError(f"{name} is not a number, so it has no range; give its values as a list.")
    if not low < high:
        raise SettingsError(f"A range must go from a lower to a higher number; got {low:g}:{high:g} for {name}.")
    if axis.log and low <= 0:
        raise SettingsError(f"A logarithmic range must start above 0; got {low:g} for {name}.")
    return axis.model_copy(update={"whole": whole})


def _checked(name: str, value: Any, request: RunRequest, spec: ModelSpec) -> Any:
    settings = spec.parse({**request.settings, name: value}, request.preset)
    return settings.model_dump(mode="json")[name]


def _hashable(value: Any) -> Any:
    return tuple(map(_hashable, value)) if isinstance(value, list) else value


def grid(axes: Sequence[Axis], most: int) -> list[Values]:
    """Every combination; ranges get as many points (2 to 10) as `most` combinations leave room for.

    Raises SettingsError where there are more combinations than `most`.
    """
    listed = math.prod(len(axis.values) for axis in axes if not axis.is_range)
    ranges = sum(axis.is_range for axis in axes)
    n = 2
    while ranges and n < MOST_POINTS and listed * (n + 1) ** ranges <= most:
        n += 1
    names = [axis.setting for axis in axes]
    found = [dict(zip(names, values, strict=True)) for values in product(*(axis.points(n) for axis in axes))]
    if len(found) > most:
        raise SettingsError(
            f"A grid must fit into the number of runs; it has {len(found)} combinations, and there is room for {most}:"
            " give fewer values, more runs, fewer seeds, or the method tpe."
        )
    return found
