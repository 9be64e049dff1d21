"""metrics.json: the figures of a run, checked when read."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reco_core.errors import RunError

Figures = dict[str, float | None]


class Next(BaseModel):
    """The run that would help: a model, and settings on top of the run's own (of another model: of its defaults)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    model: str = Field(max_length=200)
    settings: dict[str, bool | int | float | str | None] = Field(default_factory=dict, max_length=20)


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

    test: Figures
    baselines: dict[str, Figures] = Field(default_factory=dict)
    protocol: str = Field("", max_length=2000)
    alarms: list[Warned] | None = Field(None, max_length=20)


def check_metrics(value: object, label: str) -> dict[str, Any]:
    """The figures as a dict; raises RunError."""
    try:
        return Metrics.model_validate(value).model_dump()
    except ValidationError as error:
        raise RunError(f"metrics.json of {label} must hold figures by name; {error.errors()[0]['msg']}.") from error
