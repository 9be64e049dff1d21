"""metrics.json: the figures of a run, checked when read."""

from __future__ import annotations

import json
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reco_core.errors import RunError, SettingsError
from reco_core.event_fields import LARGEST
from reco_core.models import MODELS, get_model

Figures: TypeAlias = dict[str, float | None]
# As they are checked.
_Figure = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
_Figures = Annotated[dict[Annotated[str, Field(max_length=100)], _Figure | None], Field(max_length=200)]


_Text = Annotated[str, Field(max_length=1000)]


class Next(BaseModel):
    """The run that would help: a model, and settings on top of the run's own (of another model: of its defaults)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    model: str = Field(max_length=200)
    settings: dict[Annotated[str, Field(max_length=100)], bool | int | _Figure | _Text | None] = Field(
        default_factory=dict, max_length=20
    )


class Warned(BaseModel):
    """An alarm: its name, what was found, what helps in words, and as a run where there is one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(max_length=40)
    sentence: str = Field(max_length=1000)
    remedy: str = Field("", max_length=1000)
    next: Next | None = None


class Metrics(BaseModel):
    """Figures on the test rows, those of the baselines on the same rows, how both were taken, and what is wrong.

    alarms: None where nobody looked for them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    test: _Figures
    baselines: dict[Annotated[str, Field(max_length=100)], _Figures] = Field(default_factory=dict, max_length=50)
    protocol: str = Field("", max_length=2000)
    alarms: list[Warned] | None = Field(None, max_length=20)


def check_metrics(value: object, label: str) -> dict[str, Any]:
    """The figures as a dict, without baselines and remedies that this version does not have; raises RunError."""
    try:
        found = Metrics.model_validate_json(json.dumps(value), strict=True).model_dump()
        known = {spec.name for spec in MODELS}
        found["baselines"] = {name: figures for name, figures in found["baselines"].items() if name in known}
        for alarm in found["alarms"] or ():
            alarm["next"] = alarm["next"] if _can_be_run(alarm["next"]) else None
        return found
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))[:60] or "content"
        raise RunError(f"metrics.json of {label} must hold figures by name; {where}: {first['msg'][:200]}.") from error


def _can_be_run(wanted: dict[str, Any] | None) -> bool:
    """Whether the run that would help is one of this version: its model known, its settings within limits."""
    try:
        return wanted is not None and bool(get_model(wanted["model"]).parse(wanted["settings"]))
    except SettingsError:
        return False
