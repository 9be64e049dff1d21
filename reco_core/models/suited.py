"""What models take from the facts of a dataset: how penalties, rates and starts follow its scale and its density.

The numbers were chosen on validation rows of MovieLens data, whole and cut thin, and of generated data
(`make bench ARGS="settings"` measures what comes of them). The defaults suit MovieLens 100K: its facts change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reco_core.models.data_facts import DataFacts
from reco_core.models.output_scale import is_in_stars
from reco_core.models.spec import Settings

WIDTH = 4.0  # of the scale that the defaults were chosen on, 1 to 5
ALIKE = 1.25  # a scale up to so many times as wide, or as narrow, such as 0.5 to 5, changes nothing
NEAR = 2.0  # an output in stars learns well on a scale up to so many times as wide, or as narrow
POSITIVE = 3.0  # the same, where vectors are never below 0
# DataFacts.per_row. With fewer ratings than FEW, little more than a damped mean can be learned of most rows.
FEW, MANY = 50.0, 150.0
COSTLIER, LONGER = 2.0, 2
_POWERS = {"mse": 2, "mae": 1, "bce": 0}  # of the scale's width, in the loss


@dataclass(frozen=True)
class Advice:
    """Settings that suit a dataset, and why, a sentence for each reason; empty where the defaults do."""

    values: Mapping[str, Any] = field(default_factory=dict)
    why: tuple[str, ...] = ()


def times_as_wide(facts: DataFacts) -> float:
    """How many times as wide as WIDTH the scale is, at most a million times either way, so that it can be squared."""
    return min(max(facts.width / WIDTH, 1e-6), 1e6)


def by_width(settings: Settings, facts: DataFacts) -> Advice:
    """The penalties as they count as much on a scale of this width; of an output in stars, also the steps.

    A squared error grows with the square of the width. Numbers before a sigmoid stay as they are, so that a penalty on
    them is to grow with the error. In stars biases grow with the width, and vectors with its root.
    """
    in_stars, power = is_in_stars(settings), _POWERS[settings.loss]
    if _within(ALIKE, facts) or (power == 0 and not in_stars):
        return Advice()
    wider, penalties = times_as_wide(facts), settings.flagged("penalty")
    loss, values = wider**power, {}
    if in_stars:
        values = {name: getattr(settings, name) * wider**0.5 for name in ("learning_rate", "init_sd")}
    costs = {"bias_l2": wider**2} if values else {}
    usual = wider if values else 1.0
    values |= {name: getattr(settings, name) * loss / costs.get(name, usual) for name in penalties}
    return Advice(values, (f"A scale {facts.width:g} wide: penalties to match.",))


def by_density(settings: Settings, facts: DataFacts, slower: float = 0.5) -> Advice:
    """By the scale and by how many ratings a row has (DataFacts.per_row): where these are few, a careful training.

    Biases then begin at damped means, so that the first epoch is about what the damped biases are; vectors cost more,
    steps are smaller (`slower` times, and with the root of the number), and there are more of them.
    """
    scaled = by_width(settings, facts)
    if facts.per_row >= FEW:
        return scaled
    now = {name: scaled.values.get(name, value) for name, value in settings}
    fewer = (facts.per_row / FEW) ** 0.5
    values = {name: now[name] * COSTLIER / fewer for name in settings.flagged("penalty") if name != "bias_l2"}
    values |= {"learning_rate": now["learning_rate"] * slower * fewer, "epochs": now["epochs"] * LONGER}
    if "bias_init" in now:
        values["bias_init"] = "damped"
    few = f"Few ratings per user or item (about {facts.per_row:.0f}): stronger penalties, smaller steps."
    return Advice({**scaled.values, **values}, (few, *scaled.why))


def cheaper_with_many(settings: Settings, facts: DataFacts) -> Advice:
    """by_density, and cheaper vectors where rows have many ratings."""
    advice = by_density(settings, facts)
    if facts.per_row <= MANY:
        return advice
    l2 = advice.values.get("l2", settings.l2) * (MANY / facts.per_row) ** 0.5
    many = f"Many ratings per user and item (about {facts.per_row:.0f}): a weaker penalty."
    return Advice({**advice.values, "l2": l2}, (many, *advice.why))


def bounded(settings: Settings, facts: DataFacts, then: Callable[[Settings, DataFacts], Advice] = by_density) -> Advice:
    """Advice as `then` gives it, with an output through a sigmoid on a scale far wider or narrower than MovieLens's."""
    if not is_in_stars(settings) or _within(NEAR, facts):
        return then(settings, facts)
    sigmoid = type(settings).model_validate(settings.model_dump() | {"output": "sigmoid"})
    advice = then(sigmoid, facts)
    return Advice({"output": "sigmoid", **advice.values}, advice.why)


def in_units(settings: Settings, facts: DataFacts) -> Advice:
    """For vectors that are never below 0: stars as shares of a scale that is far from MovieLens's or goes below 0.

    A dot product of about 0.6 instead of 3.5 then stands for the mean: vectors are shorter by its root, and cost more.
    """
    if not is_in_stars(settings) or (_within(POSITIVE, facts) and facts.low >= 0):
        return Advice()
    shorter, loss = 0.4, times_as_wide(facts) ** _POWERS[settings.loss]
    values = {name: getattr(settings, name) * shorter for name in ("learning_rate", "init_sd")}
    values |= {"units": "unit", "l2": settings.l2 * loss / shorter**2}
    return Advice(values, (f"A scale from {facts.low:g} to {facts.high:g}: learned as shares of it.",))


def _within(times: float, facts: DataFacts) -> bool:
    """Whether the scale is at most so many times as wide as WIDTH, or as narrow."""
    return 1 / times <= times_as_wide(facts) <= times
