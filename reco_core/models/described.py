"""A setting's field with all that a form, the command line, the documents and training must know of it.

`title` is the label of the form; json_schema_extra carries `group` (Model, Penalties or Training) and, where it
applies, `log` (a logarithmic slider fits), `advanced` (fine to leave alone) and `flags`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

# number: a value that the compiled program reads as it runs, so that another one needs no new trace. penalty: the same,
# but for whether it is 0. changeable: may become another one while a run trains. noise: what only training adds.
Flag = Literal["number", "penalty", "changeable", "noise"]


def described(
    title: str,
    description: str,
    group: str,
    log: bool = False,
    advanced: bool = False,
    flags: tuple[Flag, ...] = (),
    **limits: Any,
) -> Any:
    """A pydantic field with its label, help, limits, hints for a form, and flags for training."""
    extra = {"group": group, "log": log, "advanced": advanced, "flags": flags}
    return Field(title=title, description=description, json_schema_extra=extra, **limits)
