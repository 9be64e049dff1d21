"""A setting's field with all that a form, the command line, the documents and training must know of it.

`title` is the label of the form; json_schema_extra carries `group` (Model, Penalties or Training) and, where it
applies, `log` (a logarithmic slider fits), `advanced` (fine to leave alone), `flags`, and `needs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field
from pydantic.fields import FieldInfo

# number: a value that the compiled program reads as it runs, so that another one needs no new trace. penalty: the same,
# but for whether it is 0. changeable: may become another one while a run trains. noise: what only training adds.
Flag = Literal["number", "penalty", "changeable", "noise"]
# Other settings, each with the values under which this one has an effect; SOME: any that is not none, 0, no or empty.
SOME = "some"
Needs = Mapping[str, tuple[Any, ...] | Literal["some"]]


def described(
    title: str,
    description: str,
    group: str,
    log: bool = False,
    advanced: bool = False,
    flags: tuple[Flag, ...] = (),
    needs: Needs | None = None,
    **limits: Any,
) -> Any:
    """A pydantic field with its label, help, limits, hints for a form, and flags for training."""
    extra = {"group": group, "log": log, "advanced": advanced, "flags": flags, "needs": needs or {}}
    return Field(title=title, description=description, json_schema_extra=extra, **limits)


def without_effect(fields: Mapping[str, FieldInfo], values: Mapping[str, Any]) -> dict[str, str]:
    """Why a setting has no effect with these values of all settings, by its name; nothing for one that has.

    A sentence that names the settings by their labels: *No effect: needs Output linear.*
    """
    reasons = {}
    for name, info in fields.items():
        for other, wanted in ((info.json_schema_extra or {}).get("needs") or {}).items():
            if other in fields and not _met(values.get(other), wanted):
                reasons.setdefault(name, f"No effect: {needed(fields[other].title or other, wanted)}.")
    return reasons


def needed(label: str, wanted: tuple[Any, ...] | Literal["some"]) -> str:
    """`needs Output linear`, or `needs Hidden layers` where any value will do."""
    if wanted == SOME or wanted == (True,):
        return f"needs {label}"
    return f"needs {label} {' or '.join('none' if value is None else str(value) for value in wanted)}"


def _met(value: Any, wanted: tuple[Any, ...] | Literal["some"]) -> bool:
    return bool(value) if wanted == SOME else value in wanted
