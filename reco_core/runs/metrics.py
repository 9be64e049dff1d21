"""metrics.json: the figures of a run, checked when read."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reco_core.errors import RunError

Figures = dict[str, float | None]


class Metrics(BaseModel):
    """Figures on the test rows, those of the baselines on the same rows, and how both were taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    test: Figures
    baselines: dict[str, Figures] = Field(default_factory=dict)
    protocol: str = Field("", max_length=2000)


def check_metrics(value: object, label: str) -> dict[str, Any]:
    """The figures as a dict; raises RunError."""
    try:
        return Metrics.model_validate(value).model_dump()
    except ValidationError as error:
        raise RunError(f"metrics.json of {label} must hold figures by name; {error.errors()[0]['msg']}.") from error
