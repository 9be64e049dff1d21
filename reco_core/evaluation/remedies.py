"""What to set otherwise in the next run: moves of settings, as words and values, that never contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reco_core.models.parsing import choices, limits
from reco_core.models.spec import ModelSpec, Settings

MORE, LESS = 1, -1


@dataclass(frozen=True)
class Remedy:
    """The run that would help: a model, and what to set in it on top of the run's own settings.

    For another model than the run's the settings go on top of its defaults.
    """

    model: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Move:
    """One setting made larger (MORE) or smaller (LESS)."""

    setting: str
    direction: int


class Advice:
    """Moves for one run: each setting goes in the direction that was first advised for it, never in both.

    So the gravest alarm is to ask first.
    """

    def __init__(self, spec: ModelSpec, settings: Settings) -> None:
        self._spec, self._settings = spec, settings
        self._taken: dict[str, int] = {}

    def take(self, *moves: Move, most: int = 2) -> dict[str, Any]:
        """The first `most` of the moves that this model can make and that agree with those taken before: new values."""
        values: dict[str, Any] = {}
        for move in moves:
            if len(values) == most:
                break
            value = moved(self._spec, self._settings, move)
            if value is None or self._taken.setdefault(move.setting, move.direction) != move.direction:
                continue
            values[move.setting] = value
        return values

    def words(self, values: Mapping[str, Any]) -> str:
        """`Try more l2 (0.06 to 0.18) and a smaller dim (40 to 20).`; empty for no values."""
        if not values:
            return ""
        return f"Try {' and '.join(self._each(values))}."

    def _each(self, values: Mapping[str, Any]) -> Iterable[str]:
        for name, value in values.items():
            before = getattr(self._settings, name)
            change = f"{_shown(before)} to {_shown(value)}"
            yield f"{_WORDS[name, self._taken[name]]} ({change})"


_WORDS = {
    ("l2", MORE): "more l2",
    ("l2", LESS): "less l2",
    ("dim", MORE): "a larger dim",
    ("dim", LESS): "a smaller dim",
    ("epochs", MORE): "more epochs",
    ("epochs", LESS): "fewer epochs",
    ("learning_rate", MORE): "a higher learning_rate",
    ("learning_rate", LESS): "a lower learning_rate",
    ("dropout", MORE): "more dropout",
    ("dropout", LESS): "less dropout",
    ("patience", LESS): "patience",
    ("output", LESS): "an output bounded to the scale",
}
_PATIENCE = 3
_LEAST_L2 = 0.01


def moved(spec: ModelSpec, settings: Settings, move: Move) -> Any:
    """The setting's value after the move; None where the model lacks it, or where there is no way further."""
    name, up = move.setting, move.direction == MORE
    info = type(settings).model_fields.get(name)
    if info is None:
        return None
    value, usual = getattr(settings, name), getattr(spec.parse(), name)
    if name == "patience":
        return None if value is not None else _PATIENCE
    if name == "output":
        return "sigmoid" if "sigmoid" in choices(info) and value != "sigmoid" and _takes(spec, settings) else None
    if name == "dropout":
        wanted = value + 0.2 if up else value - 0.2
    elif name == "l2" and up and value == 0:
        wanted = usual or _LEAST_L2
    elif name == "learning_rate" and not up and value > 1.5 * usual:
        wanted = usual
    elif name in ("dim", "epochs"):
        wanted = value * 2 if up else value // 2
    else:
        wanted = value * 3 if up else value / 3
    low, high = limits(info)
    wanted = max(low, min(high, wanted))
    wanted = float(f"{wanted:.2g}") if isinstance(wanted, float) else int(wanted)
    return None if wanted == value else wanted


def _takes(spec: ModelSpec, settings: Settings) -> bool:
    """Whether the settings allow a sigmoid as they are."""
    return getattr(settings, "units", None) != "stars"


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else "none" if value is None else str(value)
