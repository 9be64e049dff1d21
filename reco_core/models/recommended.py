"""Settings that suit a dataset: what is recommended instead of the defaults, which suit MovieLens 100K."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reco_core.models.data_facts import DataFacts
from reco_core.models.parsing import limits
from reco_core.models.spec import ModelSpec, Settings
from reco_core.ratings import Ratings


@dataclass(frozen=True)
class Recommended:
    """settings: all of the model's. values: those that are not the defaults, fit for JSON. why: in words, or empty."""

    settings: Settings
    values: Mapping[str, Any]
    why: str = ""


def recommended(spec: ModelSpec, ratings: Ratings) -> Recommended:
    """What suits the dataset, by its scale and its counts alone: it takes milliseconds, and looks at no rating's value.

    A model says by `suits` what it takes from the facts of a dataset; one without it has its defaults.
    """
    defaults = spec.parse()
    if spec.suits is None:
        return Recommended(defaults, {})
    advice = spec.suits(defaults, DataFacts.of(ratings))
    found = {name: _within(spec, name, value) for name, value in advice.values.items()}
    values = {name: value for name, value in found.items() if value != getattr(defaults, name)}
    return Recommended(spec.parse(values), values, " ".join(advice.why) if values else "")


def _within(spec: ModelSpec, name: str, value: Any) -> Any:
    """A number with two digits, and within what the setting allows."""
    if not isinstance(value, float):
        return value
    low, high = limits(spec.settings.model_fields[name])
    short = float(f"{value:.2g}")
    short = short if low is None else max(short, low)
    return short if high is None else min(short, high)
